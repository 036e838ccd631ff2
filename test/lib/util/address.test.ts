import test from 'ava';
import fc from 'fast-check';
import {formatAddress, parseAddress} from '../../../lib/util/address.ts';

const reads = test.macro({
	exec: (t, text: string, address: unknown) => t.deepEqual(parseAddress(text), address),
	title: (_, text, address) =>
		address === undefined ? `${JSON.stringify(text)} is no address` : `${text} is an address`,
});

test(reads, ':8080', {host: '::', port: 8080});
test(reads, '127.0.0.1:80', {host: '127.0.0.1', port: 80});
test(reads, '0.0.0.0:0', {host: '0.0.0.0', port: 0});
test(reads, '[::1]:8080', {host: '::1', port: 8080});
test(reads, 'LocalHost:1', {host: '127.0.0.1', port: 1});
for (const text of [
	'',
	'8080',
	':',
	':65536',
	'1.2.3:80',
	'::1:80',
	'[1.2.3.4]:80',
	'host:80',
	':80 ',
]) {
	test(reads, text, undefined);
}

test('every address reads as it was written', t => {
	const hosts = fc.oneof(fc.ipV4(), fc.ipV6(), fc.constant('::'));
	fc.assert(
		fc.property(hosts, fc.nat({max: 65535}), (host, port) => {
			t.deepEqual(parseAddress(formatAddress({host, port})), {host, port});
		}),
	);
});
