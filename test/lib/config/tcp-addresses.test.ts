import test from 'ava';
import {rtmpAddresses, rtspAddresses} from '../../../lib/config/tcp-addresses.ts';
import {load} from '../../helpers/config.ts';

const namesOf = (yaml: string) => rtspAddresses(load(yaml).config).map(({name}) => name);

const says = test.macro({
	exec: (t, yaml: string, names: string[]) => t.deepEqual(namesOf(yaml), names),
	title: (_, yaml: string, names: string[]) =>
		`${yaml || 'nothing'}: ${names.join(' and ') || 'nowhere'}`,
});
test(says, '', ['rtspAddress']);
test(says, 'rtspEncryption: optional', ['rtspAddress', 'rtspsAddress']);
test(says, 'rtspEncryption: strict', ['rtspsAddress']);
test(says, 'encryption: strict', ['rtspsAddress']);
test(says, '{rtspEncryption: optional, rtspAddress: off}', ['rtspsAddress']);
test(says, '{rtspEncryption: strict, rtspsAddress: off}', []);
test(says, '{rtsp: no, rtspEncryption: optional}', []);

test('RTMP has the same words for itself', t => {
	const names = (yaml: string) => rtmpAddresses(load(yaml).config).map(({name}) => name);
	t.deepEqual(names(''), ['rtmpAddress']);
	t.deepEqual(names('rtmpEncryption: optional'), ['rtmpAddress', 'rtmpsAddress']);
	t.deepEqual(names('rtmpEncryption: strict'), ['rtmpsAddress']);
	t.deepEqual(names('rtmpDisable: yes'), []);
});
