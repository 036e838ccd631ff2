import {once} from 'node:events';
import net from 'node:net';
import type {AddressInfo} from 'node:net';
import type {ExecutionContext} from 'ava';

export type DesyncProxy = {
	port: number;
	/** Connections so far, and RTP packets of them: that came, and that were cut. */
	connections: () => number;
	packets: () => number;
	cuts: () => number;
	packetsSinceCut: () => number;
	/** Nothing passes any more; connections stay. */
	hold: () => void;
};

/** Until the test is over. */
export const startDesyncProxy = async (
	t: ExecutionContext,
	cameraPort: number,
	how: DesyncOptions = {},
): Promise<DesyncProxy> => {
	const {close, ...proxy} = await openDesyncProxy(cameraPort, how);
	t.teardown(close);
	return proxy;
};

export type OpenDesyncProxy = DesyncProxy & {close: () => void};

type DesyncOptions = {every?: number; seed?: number};

/**
 * Stands before a camera and behaves like the ones of habr 213063: of every so many-th interleaved
 * frame only a part goes out, up to a byte that a seed decides, and the next frame follows at once.
 */
export const openDesyncProxy = async (
	cameraPort: number,
	{every = 50, seed = 7}: DesyncOptions = {},
): Promise<OpenDesyncProxy> => {
	let connections = 0;
	let cuts = 0;
	let frames = 0;
	let packets = 0;
	let packetsAtCut = 0;
	let isHeld = false;
	let state = seed;
	const sockets = new Set<net.Socket>();
	const cut = (frame: Buffer): Buffer => {
		if (isRtp(frame)) packets++;
		if (++frames % every !== 0 || frame.length < 200) return frame;
		cuts++;
		packetsAtCut = packets;
		state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
		return frame.subarray(0, 5 + ((state >>> 8) % (frame.length - 5)));
	};
	const server = net.createServer(client => {
		connections++;
		const camera = net.connect(cameraPort, '127.0.0.1');
		const split = splitter();
		camera.on('data', (bytes: Buffer) => {
			if (isHeld) return;
			for (const piece of split(bytes)) client.write(piece[0] === 0x24 ? cut(piece) : piece);
		});
		client.pipe(camera);
		for (const socket of [client, camera]) {
			sockets.add(socket);
			socket.on('error', () => undefined);
			socket.on('close', () => [client, camera].forEach(it => it.destroy()));
		}
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const close = () => {
		server.close();
		for (const socket of sockets) socket.destroy();
	};
	const {port} = server.address() as AddressInfo;
	return {
		port,
		connections: () => connections,
		packets: () => packets,
		cuts: () => cuts,
		packetsSinceCut: () => packets - packetsAtCut,
		hold: () => (isHeld = true),
		close,
	};
};

/** Tracks have even channels for RTP, odd ones for RTCP. */
const isRtp = (frame: Buffer): boolean => frame[1]! % 2 === 0;

/** Whole interleaved frames, and RTSP text as it comes. */
const splitter = () => {
	let rest = Buffer.alloc(0);
	let bodyBytes = 0;
	return (bytes: Buffer): Buffer[] => {
		rest = Buffer.concat([rest, bytes]);
		const pieces: Buffer[] = [];
		for (;;) {
			const length = pieceLength(rest, bodyBytes);
			if (length === 0 || rest.length < length) return pieces;
			const piece = rest.subarray(0, length);
			const isHead = bodyBytes === 0 && piece[0] !== 0x24;
			bodyBytes = isHead ? Number(/content-length: *(\d+)/i.exec(piece.toString())?.[1] ?? 0) : 0;
			pieces.push(piece);
			rest = rest.subarray(length);
		}
	};
};

/** 0 = not known yet. */
const pieceLength = (bytes: Buffer, bodyBytes: number): number => {
	if (bodyBytes > 0) return bodyBytes;
	if (bytes[0] === 0x24) return bytes.length < 4 ? 0 : 4 + bytes.readUInt16BE(2);
	const end = bytes.indexOf('\r\n\r\n');
	return end < 0 ? 0 : end + 4;
};
