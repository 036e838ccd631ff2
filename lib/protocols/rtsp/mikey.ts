// MIKEY (RFC 3830) as RTSP uses it (RFC 4567): one message that brings a master key of SRTP as it is, because the
// connection that it comes by is secret itself. Keys that are encrypted or derived (TGK) are not understood.
import {randomBytes} from 'node:crypto';
import {parsed, unparsed} from '../../util/parsed.ts';
import type {Parsed} from '../../util/parsed.ts';
import {keyBytes} from './srtp-key.ts';
import type {SrtpKey, SrtpSuite} from './srtp-key.ts';

/** Section 6.1.1: a source, and how often its sequence numbers have passed 0 (RFC 3711 section 3.2.1). */
export type MikeySource = {ssrc: number; rollovers: number};

export type Mikey = {key: SrtpKey; sources: MikeySource[]};

export const parseMikey = (bytes: Buffer): Parsed<Mikey> => {
	try {
		return readMikey(new Reader(bytes));
	} catch (error) {
		if (error instanceof RangeError) return unparsed('a MIKEY message that is cut short');
		throw error;
	}
};

/** With the time of now and random numbers of its own. */
export const formatMikey = ({key, sources}: Mikey, nowMs = Date.now()): Buffer =>
	Buffer.concat([
		Buffer.from([1, typePsk, payload.time, 0]),
		randomBytes(4),
		Buffer.from([sources.length, mapSrtp]),
		...sources.map(formatSource),
		Buffer.from([payload.random, timeNtpUtc]),
		ntpTime(nowMs),
		Buffer.from([payload.policy, randomLength]),
		randomBytes(randomLength),
		formatPolicy(key.suite),
		Buffer.from([payload.none, nullEncryption, 0, 4 + keyBytes]),
		Buffer.from([payload.none, keyTek << 4, 0, keyBytes]),
		key.key,
		Buffer.from([nullMac]),
	]);

const typePsk = 0;
const mapSrtp = 0;
const timeNtpUtc = 0;
const randomLength = 16;
const nullEncryption = 0;
const nullMac = 0;
/** Section 6.13: a key of traffic, without or with a salt beside it. */
const keyTek = 2;
const keyTekAndSalt = 3;
/** Section 6.1, "Next payload". */
const payload = {none: 0, kemac: 1, time: 5, id: 6, verify: 9, policy: 10, random: 11};
const extension = 21;

/** Section 6.10.1. */
const parameter = {
	encryption: 0,
	keyLength: 1,
	authentication: 2,
	authenticationKeyLength: 3,
	rtpEncrypted: 7,
	rtcpEncrypted: 8,
	rtpAuthenticated: 10,
	tagLength: 11,
};

const tagLengths: Record<SrtpSuite, number> = {
	AES_CM_128_HMAC_SHA1_80: 10,
	AES_CM_128_HMAC_SHA1_32: 4,
};

const formatSource = ({ssrc, rollovers}: MikeySource): Buffer => {
	const bytes = Buffer.alloc(9);
	bytes.writeUInt32BE(ssrc, 1);
	bytes.writeUInt32BE(rollovers, 5);
	return bytes;
};

/** GStreamer reads the length of the tag where that of the key should stand. */
const formatPolicy = (suite: SrtpSuite): Buffer => {
	const list = [
		[parameter.encryption, 1],
		[parameter.keyLength, 16],
		[parameter.authentication, 1],
		[parameter.authenticationKeyLength, tagLengths[suite]],
		[parameter.rtpEncrypted, 1],
		[parameter.rtcpEncrypted, 1],
		[parameter.rtpAuthenticated, 1],
		[parameter.tagLength, tagLengths[suite]],
	].flatMap(([type = 0, value = 0]) => [type, 1, value]);
	return Buffer.from([payload.kemac, 0, 0, 0, list.length, ...list]);
};

const ntpTime = (ms: number): Buffer => {
	const bytes = Buffer.alloc(8);
	bytes.writeUInt32BE((Math.floor(ms / 1000) + 2_208_988_800) % 2 ** 32, 0);
	bytes.writeUInt32BE(Math.floor(((ms % 1000) / 1000) * 2 ** 32), 4);
	return bytes;
};

/** Throws a RangeError at the end of the bytes. */
class Reader {
	readonly #bytes: Buffer;
	#at = 0;

	constructor(bytes: Buffer) {
		this.#bytes = bytes;
	}

	number(size: number): number {
		const value = this.#bytes.readUIntBE(this.#at, size);
		this.#at += size;
		return value;
	}

	bytes(size: number): Buffer {
		if (this.#at + size > this.#bytes.length) throw new RangeError('end');
		this.#at += size;
		return this.#bytes.subarray(this.#at - size, this.#at);
	}
}

type Found = {suite: SrtpSuite; key: Buffer | undefined; why: string | undefined};

const readMikey = (reader: Reader): Parsed<Mikey> => {
	const version = reader.number(1);
	const type = reader.number(1);
	let next = reader.number(1);
	reader.bytes(5);
	const count = reader.number(1);
	if (version !== 1 || type !== typePsk) return unparsed('a MIKEY message of another kind');
	if (reader.number(1) !== mapSrtp) return unparsed('a MIKEY message that is not about SRTP');
	const sources = Array.from({length: count}, () => readSource(reader));
	const found: Found = {suite: 'AES_CM_128_HMAC_SHA1_80', key: undefined, why: undefined};
	while (next !== payload.none && found.why === undefined) {
		const read = readers[next];
		if (!read) return unparsed(`a MIKEY message with payload ${next}`);
		next = reader.number(1);
		read(reader, found);
	}
	if (found.why !== undefined) return unparsed(found.why);
	if (!found.key) return unparsed('a MIKEY message without a key');
	return parsed({key: {suite: found.suite, key: found.key}, sources});
};

const readSource = (reader: Reader): MikeySource => {
	reader.bytes(1);
	return {ssrc: reader.number(4), rollovers: reader.number(4)};
};

const timeSizes = [8, 8, 4];

/** By type; each behind its "next payload". */
const readers: Record<number, (reader: Reader, found: Found) => void> = {
	[payload.time]: (reader, found) => {
		const size = timeSizes[reader.number(1)];
		if (size === undefined) found.why = 'a MIKEY message with an unknown time';
		else reader.bytes(size);
	},
	[payload.id]: reader => {
		reader.bytes(1);
		reader.bytes(reader.number(2));
	},
	[payload.verify]: reader => {
		reader.bytes(reader.number(1) === nullMac ? 0 : 20);
	},
	[payload.random]: reader => {
		reader.bytes(reader.number(1));
	},
	[extension]: reader => {
		reader.bytes(1);
		reader.bytes(reader.number(2));
	},
	[payload.policy]: (reader, found) => readPolicy(reader, found),
	[payload.kemac]: (reader, found) => readKeys(reader, found),
};

const readPolicy = (reader: Reader, found: Found): void => {
	reader.bytes(2);
	const list = reader.bytes(reader.number(2));
	const values = new Map<number, number>();
	const parameters = new Reader(list);
	for (let left = list.length; left > 0;) {
		const type = parameters.number(1);
		const value = parameters.bytes(parameters.number(1));
		values.set(type, value.at(-1) ?? 0);
		left -= 2 + value.length;
	}
	found.why = whyNot(values);
	const tag =
		values.get(parameter.tagLength) ?? values.get(parameter.authenticationKeyLength) ?? 10;
	if (tag === 4) found.suite = 'AES_CM_128_HMAC_SHA1_32';
};

const whyNot = (values: Map<number, number>): string | undefined => {
	const is = (type: number, wanted: number) => (values.get(type) ?? wanted) === wanted;
	if (!is(parameter.encryption, 1) || !is(parameter.keyLength, 16))
		return 'another cipher than AES-CM with 128 bits';
	if (!is(parameter.authentication, 1) || !is(parameter.rtpAuthenticated, 1))
		return 'another authentication than HMAC-SHA1';
	const isOn = is(parameter.rtpEncrypted, 1) && is(parameter.rtcpEncrypted, 1);
	return isOn ? undefined : 'a policy without encryption';
};

const readKeys = (reader: Reader, found: Found): void => {
	const encryption = reader.number(1);
	const keys = reader.bytes(reader.number(2));
	reader.bytes(reader.number(1) === nullMac ? 0 : 20);
	if (encryption !== nullEncryption) found.why = 'a MIKEY message whose key is encrypted';
	else found.key = readKey(new Reader(keys), found);
};

const readKey = (reader: Reader, found: Found): Buffer | undefined => {
	reader.bytes(1);
	const type = reader.number(1) >> 4;
	const key = reader.bytes(reader.number(2));
	const salt = type === keyTekAndSalt ? reader.bytes(reader.number(2)) : Buffer.alloc(0);
	const whole = Buffer.concat([key, salt]);
	if (type !== keyTek && type !== keyTekAndSalt) found.why = 'a key that others are made of (TGK)';
	else if (whole.length !== keyBytes) found.why = `a key of ${whole.length} bytes`;
	return whole;
};
