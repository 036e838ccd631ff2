// Messages that both sides write: chunk framing of what is small (RTMP 1.0, sections 5.3 to 7).
import {formatAmf0} from './amf0.ts';
import type {Amf} from './amf0.ts';

export const messageKind = {
	setChunkSize: 1,
	acknowledgement: 3,
	userControl: 4,
	windowSize: 5,
	peerBandwidth: 6,
	dataAmf3: 15,
	commandAmf3: 17,
	data: 18,
	command: 20,
} as const;

export const userControl = {
	streamBegin: 0,
	streamEnd: 1,
	bufferLength: 3,
	pingRequest: 6,
	pingResponse: 7,
} as const;

export type OutgoingMessage = {
	kind: number;
	/** Message stream. */
	stream?: number;
	payload: Buffer;
};

/** What is written before a side has said otherwise. */
export const firstChunkBytes = 128;

/** Native code tells how much it has read every 128 KB; who wants to hear it more often is read by Node. */
export const leastNativeWindow = 262_144;

/** With full headers: nothing hangs on what was written before. */
export const formatMessage = (
	{kind, stream = 0, payload}: OutgoingMessage,
	chunkBytes: number,
): Buffer => {
	const chunkStream = kind < messageKind.dataAmf3 ? controlChunks : commandChunks;
	const header = Buffer.alloc(12);
	header.writeUInt8(chunkStream);
	header.writeUIntBE(payload.length, 4, 3);
	header.writeUInt8(kind, 7);
	header.writeUInt32LE(stream, 8);
	const pieces = [header, payload.subarray(0, chunkBytes)];
	for (let at = chunkBytes; at < payload.length; at += chunkBytes)
		pieces.push(Buffer.from([continues | chunkStream]), payload.subarray(at, at + chunkBytes));
	return Buffer.concat(pieces);
};

export const command = (stream: number, ...values: Amf[]): OutgoingMessage => ({
	kind: messageKind.command,
	stream,
	payload: formatAmf0(values),
});

export const setChunkSize = (bytes: number): OutgoingMessage => ({
	kind: messageKind.setChunkSize,
	payload: word32(bytes),
});

export const acknowledgement = (bytesRead: number): OutgoingMessage => ({
	kind: messageKind.acknowledgement,
	payload: word32(bytesRead % 2 ** 32),
});

export const windowSize = (bytes: number): OutgoingMessage => ({
	kind: messageKind.windowSize,
	payload: word32(bytes),
});

/** `dynamic`: a limit that may be changed later. */
export const peerBandwidth = (bytes: number): OutgoingMessage => ({
	kind: messageKind.peerBandwidth,
	payload: Buffer.concat([word32(bytes), Buffer.from([dynamic])]),
});

export const streamBegin = (stream: number): OutgoingMessage => ({
	kind: messageKind.userControl,
	payload: Buffer.concat([Buffer.from([0, userControl.streamBegin]), word32(stream)]),
});

/** There is no more. */
export const streamEnd = (stream: number): OutgoingMessage => ({
	kind: messageKind.userControl,
	payload: Buffer.concat([Buffer.from([0, userControl.streamEnd]), word32(stream)]),
});

/** How many milliseconds a player keeps. */
export const bufferLength = (stream: number, milliseconds: number): OutgoingMessage => ({
	kind: messageKind.userControl,
	payload: Buffer.concat([
		Buffer.from([0, userControl.bufferLength]),
		word32(stream),
		word32(milliseconds),
	]),
});

/** What is told of the media: `|RtmpSampleAccess`, `onMetaData`. */
export const data = (stream: number, ...payload: Buffer[]): OutgoingMessage => ({
	kind: messageKind.data,
	stream,
	payload: Buffer.concat(payload),
});

/** `value` as it was asked. */
export const pingResponse = (value: Uint8Array): OutgoingMessage => ({
	kind: messageKind.userControl,
	payload: Buffer.concat([Buffer.from([0, userControl.pingResponse]), value]),
});

/** The number that it begins with; 0: it is too short. */
export const wordOf = (bytes: Uint8Array, size: 2 | 4): number =>
	bytes.length < size
		? 0
		: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).readUIntBE(0, size);

const dynamic = 2;
const controlChunks = 2;
const commandChunks = 3;
const continues = 0xc0;

const word32 = (value: number): Buffer => {
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32BE(value);
	return bytes;
};
