import {open} from 'node:fs/promises';
import type {FileHandle} from 'node:fs/promises';
import type {IncomingMessage, OutgoingHttpHeaders, ServerResponse} from 'node:http';
import {pipeline} from 'node:stream/promises';
import {MediaError} from '../errors.ts';
import {parseRange} from './range.ts';
import type {ByteRange} from './range.ts';

/** A piece of native memory that was lent for one answer. */
export type Lent = {readonly data: ArrayBuffer; release(): void};

/**
 * Answers with the blocks, one after the other, without a copy; HEAD and Range are understood. Each block is
 * released once: after its last byte is with the kernel, or when the connection is gone.
 */
export const sendBlocks = (
	request: IncomingMessage,
	response: ServerResponse,
	{blocks, headers}: {blocks: readonly Lent[]; headers: OutgoingHttpHeaders},
): void => {
	const release = once(() => blocks.forEach(block => block.release()));
	try {
		const size = blocks.reduce((sum, {data}) => sum + data.byteLength, 0);
		const range = beginAnswer(request, response, {size, headers});
		if (!range || response.destroyed) {
			release();
			response.end();
			return;
		}
		response.once('close', release);
		writeRange(response, blocks, {range, onWritten: release});
	} catch (error) {
		release();
		throw error;
	}
};

/** The same for a file; what fails after the head is a connection cut short. */
export const sendFile = async (
	request: IncomingMessage,
	response: ServerResponse,
	{path, headers}: {path: string; headers: OutgoingHttpHeaders},
): Promise<void> => {
	const file = await openFile(path);
	try {
		const {size} = await file.stat();
		const range = beginAnswer(request, response, {size, headers});
		if (!range) return void response.end();
		const bytes = file.createReadStream({start: range.start, end: range.end - 1, autoClose: false});
		await pipeline(bytes, response).catch(() => response.destroy());
	} finally {
		await file.close();
	}
};

/** The same for bytes that JavaScript owns. */
export const sendBytes = (
	request: IncomingMessage,
	response: ServerResponse,
	{body, headers}: {body: Buffer; headers: OutgoingHttpHeaders},
): void => {
	const range = beginAnswer(request, response, {size: body.length, headers});
	response.end(range ? body.subarray(range.start, range.end) : undefined);
};

/** True: the peer has exactly this already and is told so (RFC 9110 section 13.1.2). */
export const answerUnchanged = (
	request: IncomingMessage,
	response: ServerResponse,
	headers: OutgoingHttpHeaders & {etag: string},
): boolean => {
	const known = request.headers['if-none-match']
		?.split(',')
		.map(tag => tag.trim().replace(/^W\//, ''));
	if (!known?.some(tag => tag === '*' || tag === headers.etag)) return false;
	response.writeHead(304, headers);
	response.end();
	return true;
};

const openFile = (path: string): Promise<FileHandle> =>
	open(path).catch((cause: NodeJS.ErrnoException) => {
		if (cause.code === 'ENOENT')
			throw new MediaError('HTTP_NOT_FOUND', 'The file is gone', {cause});
		throw new MediaError('FILE_UNREADABLE', 'Expected a file that can be read', {cause});
	});

/** Writes status and headers; gives the bytes to send, undefined for HEAD. */
const beginAnswer = (
	request: IncomingMessage,
	response: ServerResponse,
	{size, headers}: {size: number; headers: OutgoingHttpHeaders},
): ByteRange | undefined => {
	const range = parseRange(request.headers.range, size);
	if (range === 'none') {
		response.setHeader('content-range', `bytes */${size}`);
		throw new MediaError('HTTP_RANGE', `Expected a range within ${size} bytes`, {
			range: request.headers.range,
		});
	}
	const {start, end} = range ?? {start: 0, end: size};
	response.writeHead(range ? 206 : 200, {
		...headers,
		'accept-ranges': 'bytes',
		'content-length': end - start,
		...(range && {'content-range': `bytes ${start}-${end - 1}/${size}`}),
	});
	return request.method === 'HEAD' ? undefined : {start, end};
};

const writeRange = (
	response: ServerResponse,
	blocks: readonly Lent[],
	{range, onWritten}: {range: ByteRange; onWritten: () => void},
): void => {
	let at = 0;
	const pieces = blocks.flatMap(({data}) => {
		const from = Math.max(range.start - at, 0);
		const length = Math.min(range.end - at, data.byteLength) - from;
		at += data.byteLength;
		return length > 0 ? [Buffer.from(data, from, length)] : [];
	});
	response.cork();
	pieces.forEach((piece, index) => {
		response.write(piece, index === pieces.length - 1 ? onWritten : undefined);
	});
	if (pieces.length === 0) onWritten();
	response.uncork();
	response.end();
};

const once = (work: () => void): (() => void) => {
	let isDone = false;
	return () => {
		if (isDone) return;
		isDone = true;
		work();
	};
};
