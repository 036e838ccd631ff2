import test from 'ava';
import {rtspAddresses} from '../../../lib/config/rtsp-addresses.ts';
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
