import test from 'ava';
import fc from 'fast-check';
import {inNetworks, isNetwork} from '../../../lib/util/network.ts';

test('addresses and networks are told from other texts', t => {
	for (const text of ['10.0.0.1', '10.0.0.0/8', '::1', 'fd00::/8', '0.0.0.0/0'])
		t.true(isNetwork(text), text);
	for (const text of [
		'',
		'10.0.0.0/33',
		'10.0.0',
		'fd00::/129',
		'1.2.3.4/',
		'1.2.3.4/8/8',
		'host',
		'fe80::1%eth0',
	]) {
		t.false(isNetwork(text), text);
	}
});

test('a peer is in a network, also as IPv4 inside IPv6', t => {
	t.true(inNetworks('10.1.2.3', ['192.168.0.0/16', '10.0.0.0/8']));
	t.true(inNetworks('::ffff:10.1.2.3', ['10.0.0.0/8']));
	t.true(inNetworks('::1', ['::1']));
	t.true(inNetworks('fe80::1%eth0', ['fe80::/10']));
	t.false(inNetworks('11.1.2.3', ['10.0.0.0/8']));
	t.false(inNetworks('10.1.2.3', []));
	t.false(inNetworks('', ['0.0.0.0/0']));
});

test('no text makes the look-up throw', t => {
	fc.assert(
		fc.property(fc.string(), fc.array(fc.string()), (ip, networks) => {
			inNetworks(ip, networks);
		}),
	);
	t.pass();
});
