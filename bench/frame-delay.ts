// How long a picture takes through the server: pictures with the time in them are published over RTMP, and read over RTSP.
// Both ends are this process, so that their own part is in it.
import {once} from 'node:events';
import {connect} from 'node:net';
import type {Socket} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';
import {openNative} from '../lib/native/native.ts';
import {chunkBytes, RtmpClient} from '../lib/protocols/rtmp/client.ts';
import {formatMessage} from '../lib/protocols/rtmp/messages.ts';
import {parseRtmpUrl} from '../lib/protocols/rtmp/url.ts';
import type {Spread} from './delays.ts';
import {spreadOf} from './spread.ts';
import {withServer} from './work.ts';

const pictures = 1000;
const gop = 50;
const pictureMs = 40;
/** 3.2 Mbit/s. */
const bytesOf = (isKey: boolean): number => (isKey ? 60_000 : 15_000);

/** Of a server of its own, ended afterwards. */
export const measureFrameDelay = async (): Promise<Spread> =>
	withServer({'live/cam': {}}, async ({rtsp, rtmp}) => {
		const native = openNative();
		const client = await startPublishing(native, `${rtmp}/live/cam`);
		const publishing = publish(client);
		const delays: number[] = [];
		const reader = await read(`${rtsp}/live/cam`, delay => void delays.push(delay));
		await publishing;
		reader.destroy();
		client.close();
		native.close();
		if (delays.length < pictures / 2) throw new Error(`only ${delays.length} pictures came`);
		return spreadOf(delays);
	});

const startPublishing = async (
	native: ReturnType<typeof openNative>,
	target: string,
): Promise<RtmpClient> => {
	const url = parseRtmpUrl(target);
	if (!url.ok) throw new Error(url.reason);
	const {signal} = new AbortController();
	const ingest = native.openRtmpIngest();
	const client = new RtmpClient({url: url.value, ingest, timeoutMs: 10_000, signal});
	await client.publish();
	return client;
};

const videoKind = 9;

/** What H.264 decoders need: High, 320x240. */
const sps = Buffer.from(
	'6764000dacd94141fb0110000003001000000303 20f1429960'.replace(' ', ''),
	'hex',
);
const pps = Buffer.from('68ebe3cb22c0', 'hex');
const sized = (nal: Buffer): Buffer => {
	const size = Buffer.alloc(2);
	size.writeUInt16BE(nal.length);
	return Buffer.concat([size, nal]);
};
const decoderConfiguration = Buffer.concat([
	...[Buffer.from([1]), sps.subarray(1, 4), Buffer.from([0xff, 0xe1]), sized(sps)],
	...[Buffer.from([1]), sized(pps)],
]);

const write = (socket: Socket, head: number[], body: Buffer, atMs: number): void => {
	const payload = Buffer.concat([Buffer.from(head), body]);
	const message = formatMessage({kind: videoKind, stream: 1, payload}, chunkBytes);
	message.writeUIntBE(atMs, 1, 3);
	socket.write(message);
};

const publish = async ({socket}: RtmpClient): Promise<void> => {
	if (!socket) throw new Error('the publisher was hung up on');
	write(socket, [0x17, 0, 0, 0, 0], decoderConfiguration, 0);
	for (let index = 0; index < pictures; index++) {
		const isKey = index % gop === 0;
		write(socket, [isKey ? 0x17 : 0x27, 1, 0, 0, 0], stamped(isKey), index * pictureMs);
		await sleep(pictureMs);
	}
};

/** A slice whose first bytes behind its header tell when it was made. */
const stamped = (isKey: boolean): Buffer => {
	const nal = Buffer.alloc(bytesOf(isKey), 0x55);
	nal.writeUInt32BE(nal.length - 4);
	nal.writeUInt16BE(isKey ? 0x6588 : 0x419a, 4);
	nal.write(`@${performance.now().toFixed(3).padStart(20, '0')}@`, 6, 'latin1');
	return nal;
};

const stamp = /@(\d{16}\.\d{3})@/g;

/** Tells the delay of each picture whose stamp has come in one piece. */
const read = async (url: string, tell: (delayMs: number) => void): Promise<Socket> => {
	const {hostname, port} = new URL(url);
	const socket = connect(Number(port), hostname);
	await once(socket, 'connect');
	const ask = async (method: string, target: string, more = ''): Promise<string> => {
		socket.write(`${method} ${target} RTSP/1.0\r\nCSeq: 1\r\n${more}\r\n`);
		const [answer] = (await once(socket, 'data')) as [Buffer];
		const text = answer.toString('latin1');
		if (!text.startsWith('RTSP/1.0 200')) throw new Error(`${method}: ${text.split('\r\n')[0]}`);
		return text;
	};
	await ask('DESCRIBE', url);
	const transport = 'Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n';
	const setUp = await ask('SETUP', `${url}/trackID=0`, transport);
	const session = /^Session: *([^;\r]+)/im.exec(setUp)?.[1] ?? '';
	await ask('PLAY', url, `Session: ${session}\r\n`);
	socket.on('data', (bytes: Buffer) => {
		const nowMs = performance.now();
		for (const [, madeMs] of bytes.toString('latin1').matchAll(stamp)) tell(nowMs - Number(madeMs));
	});
	return socket;
};
