// This example shows how to:
// 1. ask a camera for its video over RTSP with nothing but Node's own modules (Basic and Digest included),
// 2. read what comes: SDP, SPS and PPS, RTP packets with sequence number, SSRC, payload type and marker, NAL units,
// 3. put whole frames together, tell I, P and B apart, and write them as a file that every player opens.
//
//    node examples/chain-in-typescript.ts rtsp://user:password@camera/stream film.h264 [SECONDS]
//
// It takes H.264 as the standards have it. What cameras make of them is what Sluice itself is for.
import {createHash} from 'node:crypto';
import {createWriteStream} from 'node:fs';
import {connect} from 'node:net';
import type {Socket} from 'node:net';

type Answer = {status: number; headers: Map<string, string>; body: string};
type Video = {control: string; payloadType: number; sets: Buffer[]};
type Packet = {
	payloadType: number;
	marker: boolean;
	sequence: number;
	timestamp: number;
	ssrc: number;
	payload: Buffer;
};
type Frame = {timestamp: number; packets: number; nals: Buffer[]; isWhole: boolean};

// --- RTSP (RFC 2326): questions and answers as text; behind `$` come packets on the same connection ---

class Camera {
	readonly #url: URL;
	readonly #socket: Socket;
	/** Takes what comes on the channels that SETUP named. */
	onPacket: (channel: number, bytes: Buffer) => void = () => undefined;
	#unread = Buffer.alloc(0);
	#answered: (answer: Answer) => void = () => undefined;
	#cseq = 0;
	#session: string | undefined;
	#challenge: string | undefined;

	constructor(url: URL) {
		this.#url = url;
		this.#socket = connect(Number(url.port || 554), url.hostname.replace(/^\[|\]$/g, ''));
		this.#socket.on('data', bytes => this.#take(bytes));
		this.#socket.on('error', error => fail(`the connection broke off: ${error.message}`));
		this.#socket.on('end', () => fail('the camera hung up'));
	}

	async ask(method: string, url: string, headers: Record<string, string> = {}): Promise<Answer> {
		const answer = await this.#askOnce(method, url, headers);
		const challenge = answer.headers.get('www-authenticate');
		if (answer.status !== 401 || !challenge || this.#url.username === '')
			return check(method, answer);
		this.#challenge = challenge;
		return check(method, await this.#askOnce(method, url, headers));
	}

	close(): void {
		this.#socket.removeAllListeners('end').end();
	}

	async #askOnce(method: string, url: string, headers: Record<string, string>): Promise<Answer> {
		const all = {
			CSeq: String(++this.#cseq),
			...headers,
			...(this.#session && {Session: this.#session}),
			...(this.#challenge && {Authorization: this.#authorize(this.#challenge, method, url)}),
		};
		const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
		this.#socket.write(`${method} ${url} RTSP/1.0\r\n${lines.join('')}\r\n`);
		const answer = await new Promise<Answer>(resolve => (this.#answered = resolve));
		this.#session ??= answer.headers.get('session')?.split(';')[0];
		return answer;
	}

	/** RFC 7617 (Basic) and RFC 7616 (Digest, by MD5). */
	#authorize(challenge: string, method: string, uri: string): string {
		const [user, password] = [this.#url.username, this.#url.password].map(decodeURIComponent);
		if (/^basic/i.test(challenge))
			return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
		const field = (name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(challenge)?.[1] ?? '';
		const md5 = (text: string) => createHash('md5').update(text).digest('hex');
		const [realm, nonce] = [field('realm'), field('nonce')];
		const secret = md5(`${user}:${realm}:${password}`);
		const [count, cnonce] = ['00000001', md5(String(this.#cseq))];
		const hasQop = field('qop').split(',').includes('auth');
		const quality = hasQop ? `${nonce}:${count}:${cnonce}:auth` : nonce;
		const response = md5(`${secret}:${quality}:${md5(`${method}:${uri}`)}`);
		return (
			`Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${response}"` +
			(hasQop ? `, qop=auth, nc=${count}, cnonce="${cnonce}"` : '')
		);
	}

	/** RFC 2326 section 10.12: `$`, channel, length, packet; everything else is an answer. */
	#take(bytes: Buffer): void {
		this.#unread = Buffer.concat([this.#unread, bytes]);
		for (let end = this.#takeOne(); end > 0; end = this.#takeOne())
			this.#unread = this.#unread.subarray(end);
	}

	/** How many bytes were used; 0 when more must come first. */
	#takeOne(): number {
		const bytes = this.#unread;
		if (bytes.length < 4) return 0;
		if (bytes[0] === 0x24) {
			const end = 4 + bytes.readUInt16BE(2);
			if (bytes.length < end) return 0;
			this.onPacket(bytes.readUInt8(1), bytes.subarray(4, end));
			return end;
		}
		const blank = bytes.indexOf('\r\n\r\n');
		if (blank < 0) return 0;
		const [first = '', ...lines] = bytes.toString('utf8', 0, blank).split('\r\n');
		const headers = new Map(lines.map(parseHeader));
		const end = blank + 4 + Number(headers.get('content-length') ?? 0);
		if (bytes.length < end) return 0;
		const status = Number(first.split(' ')[1]);
		this.#answered({status, headers, body: bytes.toString('utf8', blank + 4, end)});
		return end;
	}
}

const parseHeader = (line: string): [name: string, value: string] => {
	const colon = line.indexOf(':');
	return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
};

const check = (method: string, answer: Answer): Answer =>
	answer.status === 200 ? answer : fail(`expected 200 to ${method}, got ${answer.status}`);

// --- SDP (RFC 4566) and the parameters of H.264 in it (RFC 6184 section 8.1) ---

const findVideo = (sdp: string): Video => {
	const media = sdp
		.split(/^(?=m=)/m)
		.find(text => /^m=video/.test(text) && /H264\/90000/i.test(text));
	if (!media) fail('the camera describes no H.264');
	const payloadType = Number(/^a=rtpmap:(\d+) H264/im.exec(media)?.[1]);
	const sets = /sprop-parameter-sets=([^;\s]+)/.exec(media)?.[1]?.split(',') ?? [];
	const control = /^a=control:(\S+)/m.exec(media)?.[1] ?? '';
	return {payloadType, control, sets: sets.map(set => Buffer.from(set, 'base64'))};
};

// --- H.264 (ITU-T H.264): NAL units, parameter sets, slice headers ---

const names: Record<number, string> = {
	1: 'slice',
	5: 'IDR',
	6: 'SEI',
	7: 'SPS',
	8: 'PPS',
	9: 'AUD',
};
const typeOf = (nal: Buffer): number => nal.readUInt8(0) & 0x1f;
const nameOf = (nal: Buffer): string => names[typeOf(nal)] ?? String(typeOf(nal));
const isSlice = (nal: Buffer): boolean => typeOf(nal) === 1 || typeOf(nal) === 5;

/** Bits and Exp-Golomb codes (section 9.1) of a NAL unit, its emulation prevention taken out (7.3.1). */
class Bits {
	readonly #bytes: number[] = [];
	#at = 0;

	constructor(nal: Buffer) {
		let zeros = 0;
		for (const byte of nal.subarray(1)) {
			if (zeros < 2 || byte !== 3) this.#bytes.push(byte);
			zeros = byte === 0 ? zeros + 1 : 0;
		}
	}

	bits(count: number): number {
		let value = 0;
		for (let index = 0; index < count; index++, this.#at++)
			value = value * 2 + (((this.#bytes[this.#at >> 3] ?? 0) >> (7 - (this.#at & 7))) & 1);
		return value;
	}

	ue(): number {
		let zeros = 0;
		while (zeros < 32 && this.bits(1) === 0) zeros++;
		return 2 ** zeros - 1 + this.bits(zeros);
	}

	se(): number {
		const code = this.ue();
		return code % 2 ? (code + 1) / 2 : -code / 2;
	}
}

/** Section 7.3.2.1.1, up to the size of the picture. */
const describeSps = (sps: Buffer): string => {
	const bits = new Bits(sps);
	const [profile, , level] = [bits.bits(8), bits.bits(8), bits.bits(8)];
	bits.ue(); // seq_parameter_set_id
	const chroma = profile >= 100 || profile === 44 ? readChroma(bits) : 1;
	bits.ue(); // log2_max_frame_num_minus4
	skipPictureOrder(bits);
	bits.ue(); // max_num_ref_frames
	bits.bits(1);
	const [columns, rows, fields] = [bits.ue() + 1, bits.ue() + 1, 2 - bits.bits(1)];
	bits.bits(fields);
	const [left = 0, right = 0, top = 0, bottom = 0] = bits.bits(1)
		? [bits.ue(), bits.ue(), bits.ue(), bits.ue()]
		: [];
	const width = 16 * columns - (left + right) * (chroma === 1 || chroma === 2 ? 2 : 1);
	const height = 16 * rows * fields - (top + bottom) * (chroma === 1 ? 2 : 1) * fields;
	return `SPS: profile ${profile}, level ${level / 10}, ${width}x${height}`;
};

/** The high profiles tell more, and may have scaling lists of their own (section 7.3.2.1.1.1). */
const readChroma = (bits: Bits): number => {
	const chroma = bits.ue();
	if (chroma === 3) bits.bits(1);
	bits.ue();
	bits.ue();
	bits.bits(1);
	const lists = bits.bits(1) ? (chroma === 3 ? 12 : 8) : 0;
	for (let list = 0; list < lists; list++) {
		if (bits.bits(1) === 0) continue;
		for (let index = 0, next = 8; index < (list < 6 ? 16 : 64) && next !== 0; index++)
			next = (next + bits.se() + 256) % 256;
	}
	return chroma;
};

const skipPictureOrder = (bits: Bits): void => {
	const type = bits.ue();
	if (type === 0) bits.ue();
	if (type !== 1) return;
	bits.bits(1);
	bits.se();
	bits.se();
	for (let cycle = bits.ue(); cycle > 0; cycle--) bits.se();
};

/** Section 7.3.2.2. */
const describePps = (pps: Buffer): string => {
	const bits = new Bits(pps);
	const [id, spsId, isCabac] = [bits.ue(), bits.ue(), bits.bits(1)];
	return `PPS: ${id} of SPS ${spsId}, ${isCabac ? 'CABAC' : 'CAVLC'}`;
};

/** Table 7-6, of the most dependent slice: a B among them makes a B picture. */
const pictureType = (frame: Frame): 'I' | 'P' | 'B' | '?' => {
	const types = frame.nals.filter(isSlice).map(nal => {
		const bits = new Bits(nal.subarray(0, 32));
		bits.ue();
		return 'PBIPI'.charAt(bits.ue() % 5);
	});
	for (const type of ['B', 'P', 'I'] as const) if (types.includes(type)) return type;
	return '?';
};

// --- RTP (RFC 3550 section 5.1) and how H.264 lies in it (RFC 6184 section 5) ---

const parsePacket = (bytes: Buffer): Packet => {
	const first = bytes.readUInt8(0);
	const hasExtension = (first & 0x10) !== 0;
	const extensionAt = 12 + (first & 0x0f) * 4;
	const start = extensionAt + (hasExtension ? 4 + bytes.readUInt16BE(extensionAt + 2) * 4 : 0);
	const padding = first & 0x20 ? bytes.readUInt8(bytes.length - 1) : 0;
	return {
		payloadType: bytes.readUInt8(1) & 0x7f,
		marker: (bytes.readUInt8(1) & 0x80) !== 0,
		sequence: bytes.readUInt16BE(2),
		timestamp: bytes.readUInt32BE(4),
		ssrc: bytes.readUInt32BE(8),
		payload: bytes.subarray(start, bytes.length - padding),
	};
};

/** Packets in, whole frames out: all NAL units of one timestamp, ended by the marker or the next timestamp. */
class Assembler {
	readonly #onFrame: (frame: Frame) => void;
	#frame: Frame | undefined;
	#fragments: Buffer[] = [];
	#next: number | undefined;

	constructor(onFrame: (frame: Frame) => void) {
		this.#onFrame = onFrame;
	}

	push({sequence, timestamp, marker, payload}: Packet): void {
		const isGap = this.#next !== undefined && sequence !== this.#next;
		this.#next = (sequence + 1) & 0xffff;
		if (this.#frame && this.#frame.timestamp !== timestamp) this.#finish();
		this.#frame ??= {timestamp, packets: 0, nals: [], isWhole: true};
		if (isGap) this.#frame.isWhole = false;
		this.#frame.packets++;
		if (payload.length > 0) this.#takePayload(payload, this.#frame);
		if (marker) this.#finish();
	}

	#takePayload(payload: Buffer, frame: Frame): void {
		const type = typeOf(payload);
		if (type < 24) frame.nals.push(payload);
		else if (type === 24) this.#takeAggregate(payload, frame);
		else if (type === 28) this.#takeFragment(payload, frame);
		else frame.isWhole = false;
	}

	/** STAP-A: sizes and NAL units, one after the other. */
	#takeAggregate(payload: Buffer, frame: Frame): void {
		for (let at = 1; at + 2 < payload.length;) {
			const end = at + 2 + payload.readUInt16BE(at);
			frame.nals.push(payload.subarray(at + 2, end));
			at = end;
		}
	}

	/** FU-A: the header byte of the NAL unit is put together from the two of the first fragment. */
	#takeFragment(payload: Buffer, frame: Frame): void {
		const [indicator, header] = [payload.readUInt8(0), payload.readUInt8(1)];
		if (header & 0x80) this.#fragments = [Buffer.from([(indicator & 0xe0) | (header & 0x1f)])];
		this.#fragments.push(payload.subarray(2));
		if (header & 0x40) frame.nals.push(Buffer.concat(this.#fragments.splice(0)));
	}

	#finish(): void {
		const frame = this.#frame;
		this.#frame = undefined;
		this.#fragments = [];
		if (frame && frame.nals.some(isSlice)) this.#onFrame(frame);
	}
}

// --- The program ---

function fail(message: string): never {
	console.error(message);
	process.exit(1);
}

const [source = '', file = '', seconds = '10'] = process.argv.slice(2);
if (!/^rtsp:\/\//.test(source) || !URL.canParse(source) || file === '')
	fail('usage: chain-in-typescript.ts rtsp://user:password@camera/stream FILE.h264 [SECONDS]');
const url = new URL(source);
const plainUrl = `rtsp://${url.host}${url.pathname}${url.search}`;

const camera = new Camera(url);
await camera.ask('OPTIONS', plainUrl);
const described = await camera.ask('DESCRIBE', plainUrl, {Accept: 'application/sdp'});
console.log(described.body);
const video = findVideo(described.body);
for (const set of video.sets) console.log(typeOf(set) === 7 ? describeSps(set) : describePps(set));

const output = createWriteStream(file);
const startCode = Buffer.from([0, 0, 0, 1]);
let count = 0;
/** Nothing can be shown before a key frame, nor after a loss before the next one. */
let awaitsKey = true;

const assembler = new Assembler(frame => {
	const isKey = frame.nals.some(nal => typeOf(nal) === 5);
	if (!frame.isWhole) console.log(`frame at ${frame.timestamp} has lost packets`);
	awaitsKey = !frame.isWhole || (awaitsKey && !isKey);
	if (awaitsKey) return;
	const hasSets = frame.nals.some(nal => typeOf(nal) === 7);
	const nals = isKey && !hasSets ? [...video.sets, ...frame.nals] : frame.nals;
	output.write(Buffer.concat(nals.flatMap(nal => [startCode, nal])));
	const size = nals.reduce((sum, nal) => sum + nal.length, 0);
	const what = `${pictureType(frame)}${isKey ? ' key' : ''}`.padEnd(5);
	const shape = `${size} bytes in ${frame.packets} packets: ${nals.map(nameOf).join(' ')}`;
	console.log(`frame ${++count} ${what} time ${frame.timestamp}, ${shape}`);
});

let ssrc: number | undefined;
camera.onPacket = (channel, bytes) => {
	if (channel !== 0 || bytes.length < 12) return;
	const packet = parsePacket(bytes);
	if (packet.payloadType !== video.payloadType) return;
	if (ssrc !== packet.ssrc) console.log(`packets come from SSRC ${packet.ssrc.toString(16)}`);
	ssrc = packet.ssrc;
	assembler.push(packet);
};

const base = described.headers.get('content-base') ?? plainUrl;
const track = /^rtsp:/i.test(video.control)
	? video.control
	: `${base.replace(/\/$/, '')}/${video.control}`;
await camera.ask('SETUP', track, {Transport: 'RTP/AVP/TCP;unicast;interleaved=0-1'});
await camera.ask('PLAY', base, {Range: 'npt=0.000-'});
await Promise.race([
	new Promise(resolve => setTimeout(resolve, Number(seconds) * 1000)),
	new Promise(resolve => process.once('SIGINT', resolve)),
]);
await camera.ask('TEARDOWN', base);
camera.close();
output.end(() => {
	console.log(`${count} frames in ${file}`);
	process.exit(0);
});
