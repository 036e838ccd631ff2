import {headEnd, looksLikeHttp} from './http-head.ts';
import {contentLength, maxBodyBytes, maxHeadBytes, parseHeaders} from './message.ts';

/** What stands at the front of the bytes that came in. */
export type Piece =
	/** A whole message of `end` bytes (blank lines before it included). */
	| {type: 'message'; text: string; end: number}
	/** Bytes before `end` are nobody's: interleaved data before PLAY, or garbage. */
	| {type: 'skip'; end: number}
	/** It is not all there, and cannot be before there are `wanted` bytes; `searched` are for the next look at them. */
	| {type: 'more'; wanted: number; searched: number}
	| {type: 'bad'; reason: string};

/**
 * Finds the next RTSP message in the bytes that a camera sent before it was told to play. From then
 * on the native deframer does this. The first `searched` bytes have been looked through for the end of a head, which
 * was not there.
 */
export const nextPiece = (bytes: Buffer, searched = 0): Piece => {
	if (bytes.length === 0) return more(bytes);
	if (bytes[0] === dollar) return skipInterleaved(bytes);
	// Garbage of that length would not have been kept.
	const start = searched > maxBeginning ? 0 : messageStart(bytes);
	if (start > 0) return {type: 'skip', end: start};
	return start === 0 ? takeMessage(bytes, {searched}) : skipGarbage(bytes);
};

/** What stands at the front of the bytes that a client of ours sent. */
export type RequestPiece =
	| Exclude<Piece, {type: 'bad'}>
	/** One interleaved packet; `data` is a view. */
	| {type: 'interleaved'; channel: number; data: Buffer; end: number}
	/** What a tunnel begins with. */
	| {type: 'http'; head: string; end: number}
	/** Not RTSP; where the next request begins cannot be known. */
	| {type: 'bad'; reason: string};

/**
 * Finds the next request or interleaved packet; unlike cameras, clients must not send anything else. The first
 * `searched` bytes have been looked through for the end of its head, which was not there.
 */
export const nextRequest = (bytes: Buffer, searched = 0): RequestPiece => {
	const [first] = bytes;
	if (first === undefined) return more(bytes);
	if (first === dollar) return takeInterleaved(bytes);
	if (isLineEnd(first)) return {type: 'skip', end: lineEnds(bytes)};
	if (looksLikeHttp(bytes) === 'yes') return takeHttpHead(bytes, searched);
	const reason = searched < maxFirstLine ? wrongFirstLine(bytes) : undefined;
	if (reason !== undefined) return {type: 'bad', reason};
	return takeMessage(bytes, {maxBytes: maxRequestBodyBytes, searched});
};

const more = ({length}: Buffer): Extract<Piece, {type: 'more'}> => ({
	type: 'more',
	wanted: length + 1,
	searched: length,
});

const isLineEnd = (byte: number | undefined): boolean => byte === 0x0d || byte === 0x0a;

/** How many there are in a row. */
const lineEnds = (bytes: Buffer): number => {
	let count = 1;
	while (isLineEnd(bytes[count])) count++;
	return count;
};

const headTooLong = `head of more than ${maxHeadBytes} bytes`;
const dollar = 0x24;
const maxFirstLine = 4096;
/** Strangers say it before anybody asks who they are; a session description has some thousand bytes. */
const maxRequestBodyBytes = 128 * 1024;
/** A status line, or a request line whose method is one of RTSP's. */
const firstLine =
	/RTSP\/\d|(?:OPTIONS|ANNOUNCE|REDIRECT|SET_PARAMETER|GET_PARAMETER|TEARDOWN|DESCRIBE|PLAY|PAUSE) /;
/** Longer than the longest beginning that `firstLine` asks for. */
const maxBeginning = 16;

const skipInterleaved = (bytes: Buffer): Extract<Piece, {type: 'skip' | 'more'}> => {
	const end = bytes.length < 4 ? 4 : 4 + bytes.readUInt16BE(2);
	return bytes.length < end ? {type: 'more', wanted: end, searched: 0} : {type: 'skip', end};
};

const takeInterleaved = (bytes: Buffer): RequestPiece => {
	const piece = skipInterleaved(bytes);
	if (piece.type === 'more') return piece;
	const {end} = piece;
	return {type: 'interleaved', channel: bytes.readUInt8(1), data: bytes.subarray(4, end), end};
};

const takeHttpHead = (bytes: Buffer, searched: number): RequestPiece => {
	const end = headEnd(bytes, searched);
	if (end !== undefined) return {type: 'http', head: bytes.toString('latin1', 0, end), end};
	return openHead(bytes);
};

const openHead = (bytes: Buffer): Extract<Piece, {type: 'bad' | 'more'}> =>
	bytes.length < maxHeadBytes ? more(bytes) : {type: 'bad', reason: headTooLong};

/** Undefined: it is a request line, or may still become one. */
const wrongFirstLine = (bytes: Buffer): string | undefined => {
	const text = bytes.toString('latin1', 0, maxFirstLine);
	const end = text.search(/[\r\n]/);
	const line = end < 0 ? text : text.slice(0, end);
	if (!/^[A-Za-z_]+(?: |$)/.test(line)) return `no request line: ${shown(line)}`;
	if (end < 0) return text.length < maxFirstLine ? undefined : 'too long a request line';
	return / RTSP\/\d+\.\d+ *$/i.test(line) ? undefined : `no request line: ${shown(line)}`;
};

const shown = (line: string): string => JSON.stringify(line.slice(0, 60));

const messageStart = (bytes: Buffer): number => {
	const head = bytes.toString('latin1', 0, maxHeadBytes);
	return head.search(firstLine);
};

/** Keeps what may still become the beginning of a message. */
const skipGarbage = (bytes: Buffer): Piece => {
	const frame = bytes.indexOf(dollar);
	if (frame > 0) return {type: 'skip', end: frame};
	const end = Math.min(bytes.length, maxHeadBytes) - maxBeginning;
	return end > 0 ? {type: 'skip', end} : more(bytes);
};

const takeMessage = (bytes: Buffer, {maxBytes = maxBodyBytes, searched = 0} = {}): Piece => {
	const head = headEnd(bytes, searched);
	if (head === undefined) return openHead(bytes);
	const lines = bytes.toString('latin1', 0, head).split(/\r?\n/);
	const length = contentLength(parseHeaders(lines));
	if (length > maxBytes) return {type: 'bad', reason: `body of more than ${maxBytes} bytes`};
	const end = head + length;
	return bytes.length < end
		? {type: 'more', wanted: end, searched: 0}
		: {type: 'message', text: bytes.toString('utf8', 0, end), end};
};
