import test from 'ava';
import fc from 'fast-check';
import {
	formatKeyMgmt,
	formatKeyMgmtHeader,
	parseKeyMgmtHeader,
} from '../../../../lib/protocols/rtsp/key-management.ts';
import {formatMikey, parseMikey} from '../../../../lib/protocols/rtsp/mikey.ts';
import {formatCrypto, parseCrypto} from '../../../../lib/protocols/rtsp/srtp-key.ts';
import type {SrtpKey} from '../../../../lib/protocols/rtsp/srtp-key.ts';

const key: fc.Arbitrary<SrtpKey> = fc.record({
	suite: fc.constantFrom('AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32'),
	key: fc.uint8Array({minLength: 30, maxLength: 30}),
});
const number = fc.integer({min: 0, max: 0xffff_ffff});
const sources = fc.array(fc.record({ssrc: number, rollovers: number}), {maxLength: 4});

const plain = ({suite, key: bytes}: SrtpKey) => ({suite, key: [...bytes]});

/** What GStreamer 1.22 makes of the key 00 01 02 ... 1d, with either length of the tag. */
const byGStreamer = {
	AES_CM_128_HMAC_SHA1_80:
		'AQAFAEUycNIBAAARIjNEAAAABwsA7rhulk/ttygKEJUeJH0SZWmigSAPJ6uY928BAAAAFQABAQEBEAIBAQMBCgcBAQgBAQoBAQAAACIAIAAeAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdAA==',
	AES_CM_128_HMAC_SHA1_32:
		'AQAFAFjedhUBAAARIjNEAAAABwsA7rhulk/4REkKEAjdWXPDYoNRCzLfe2fA6mwBAAAAFQABAQEBEAIBAQMBBAcBAQgBAQoBAQAAACIAIAAeAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdAA==',
};

for (const [suite, text] of Object.entries(byGStreamer))
	test(`the MIKEY message of GStreamer for ${suite} is understood`, t => {
		const message = parseMikey(Buffer.from(text, 'base64'));
		t.true(message.ok);
		if (!message.ok) return;
		const {sources: found, key: given} = message.value;
		t.deepEqual(found, [{ssrc: 0x11223344, rollovers: 7}]);
		t.deepEqual(plain(given), {
			suite: suite as SrtpKey['suite'],
			key: Array.from({length: 30}, (_, index) => index),
		});
	});

test('a MIKEY message reads back as it was written', t => {
	fc.assert(
		fc.property(key, sources, (given, list) => {
			const message = parseMikey(formatMikey({key: given, sources: list}));
			t.true(message.ok);
			if (!message.ok) return;
			t.deepEqual(message.value.sources, list);
			t.deepEqual(plain(message.value.key), plain(given));
		}),
	);
});

test('whatever bytes come as MIKEY, they give a message or a reason', t => {
	const whole = formatMikey({
		key: {suite: 'AES_CM_128_HMAC_SHA1_80', key: new Uint8Array(30)},
		sources: [],
	});
	const spoiled = fc
		.tuple(fc.nat({max: whole.length}), fc.uint8Array({maxLength: 20}))
		.map(([at, bytes]) => Buffer.concat([whole.subarray(0, at), bytes, whole.subarray(at + 3)]));
	fc.assert(
		fc.property(fc.oneof(spoiled, fc.uint8Array({maxLength: 200}).map(Buffer.from)), bytes => {
			const message = parseMikey(bytes);
			return message.ok ? message.value.key.key.length === 30 : message.reason !== '';
		}),
	);
	t.pass();
});

const isRefused = test.macro({
	exec(t, _why: string, change: (message: Buffer) => void, reason: RegExp) {
		const bytes = Buffer.from(byGStreamer.AES_CM_128_HMAC_SHA1_80, 'base64');
		change(bytes);
		const message = parseMikey(bytes);
		t.regex(message.ok ? '' : message.reason, reason);
	},
	title: (_, why) => `a MIKEY message with ${why} is refused`,
});
test(isRefused, 'another version', bytes => (bytes[0] = 2), /another kind/);
test(isRefused, 'a public key', bytes => (bytes[1] = 2), /another kind/);
test(
	isRefused,
	'another cipher',
	bytes => (bytes[bytes.indexOf('000101', 'hex') + 2] = 2),
	/cipher/,
);
test(isRefused, 'a key to be derived', bytes => (bytes[bytes.length - 34] = 0), /TGK/);

test('a=crypto reads back as it was written', t => {
	fc.assert(
		fc.property(key, given => {
			const found = parseCrypto(formatCrypto(given));
			t.deepEqual(found && plain(found), plain(given));
		}),
	);
});

const inline = 'inline:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd';
test('a=crypto with a lifetime is understood, with MKI, other suites or half the protection it is not', t => {
	const is = (text: string) => parseCrypto(text) !== undefined;
	t.true(is(`1 AES_CM_128_HMAC_SHA1_80 ${inline}|2^31`));
	t.true(is(`2 AES_CM_128_HMAC_SHA1_32 ${inline}|1048576 KDR=0`));
	t.false(is(`1 AES_CM_128_HMAC_SHA1_80 ${inline}|2^20|1:4`));
	t.false(is(`1 AES_CM_128_HMAC_SHA1_80 ${inline} UNENCRYPTED_SRTP`));
	t.false(is(`1 AEAD_AES_128_GCM ${inline}`));
	t.false(is('1 AES_CM_128_HMAC_SHA1_80 inline:AAAA'));
});

test('the header KeyMgmt reads back as it was written, behind others', t => {
	const mikey = {
		key: {suite: 'AES_CM_128_HMAC_SHA1_80' as const, key: new Uint8Array(30)},
		sources: [],
	};
	const header = formatKeyMgmtHeader('rtsp://camera/live/track', mikey);
	t.deepEqual(plain(parseKeyMgmtHeader(header)!.key), plain(mikey.key));
	t.truthy(parseKeyMgmtHeader(`prot=other;data="AAAA", ${header}`));
	t.is(parseKeyMgmtHeader('prot=mikey;data="AAAA"'), undefined);
	t.regex(formatKeyMgmt(mikey), /^mikey [\w+/]+=*$/);
});
