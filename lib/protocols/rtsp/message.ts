// RFC 2326 sections 4 and 12, read as tolerantly as cameras need it: bare line feeds, header names
// in any case, headers that come twice, blanks in odd places.
import {parsed, unparsed} from '../../util/parsed.ts';
import type {Parsed} from '../../util/parsed.ts';

/** Name and value in the order of the wire; names keep their case and may repeat. */
export type Headers = (readonly [name: string, value: string])[];

export type RtspRequest = {
	type: 'request';
	method: string;
	url: string;
	/** Undefined: 1.0, which is what is written. */
	version?: string;
	headers: Headers;
	body: string;
};

export type RtspResponse = {
	type: 'response';
	status: number;
	reason: string;
	/** Lines of its head end with a line feed alone. */
	hasBareLineFeeds?: true;
	headers: Headers;
	body: string;
};

export type RtspMessage = RtspRequest | RtspResponse;

/** In bytes; a head or body beyond it is refused. */
export const maxHeadBytes = 64 * 1024;
export const maxBodyBytes = 1024 * 1024;
const maxHeaders = 256;

/** The first value of a header, whatever its case. */
export const headerOf = (message: {headers: Headers}, name: string): string | undefined =>
	headersOf(message, name)[0];

/** All values of a header that may come more than once (WWW-Authenticate). */
export const headersOf = ({headers}: {headers: Headers}, name: string): string[] => {
	const wanted = name.toLowerCase();
	return headers.filter(([key]) => key.toLowerCase() === wanted).map(([, value]) => value);
};

/** The methods that a Public (or Allow) header lists, in upper case. */
export const parsePublic = (message: {headers: Headers}): Set<string> => {
	const lists = [...headersOf(message, 'Public'), ...headersOf(message, 'Allow')];
	return new Set(
		lists.flatMap(list => list.toUpperCase().split(/[\s,]+/)).filter(word => word !== ''),
	);
};

/** One whole message: head, blank line and body. */
export const parseMessage = (text: string): Parsed<RtspMessage> => {
	const {head, body} = splitHead(text.replace(/^[\r\n]+/, ''));
	if (head.length > maxHeadBytes) return unparsed(`head of more than ${maxHeadBytes} bytes`);
	const [first = '', ...lines] = head.split(/\r\n|\n|\r/);
	const headers = parseHeaders(lines);
	if (headers.length > maxHeaders) return unparsed(`more than ${maxHeaders} headers`);
	const length = contentLength(headers);
	if (length > maxBodyBytes) return unparsed(`body of more than ${maxBodyBytes} bytes`);
	const message = parseFirstLine(first.trim(), headers, cutBytes(body, length));
	return message.ok ? parsed(withLineEnds(message.value, head)) : message;
};

/** The bytes of a message as they go out; Content-Length comes from the body. */
export const formatMessage = (message: RtspMessage): string => {
	const first =
		message.type === 'request'
			? `${message.method} ${message.url} RTSP/1.0`
			: `RTSP/1.0 ${message.status} ${message.reason}`;
	const headers = message.headers.filter(([name]) => name.toLowerCase() !== 'content-length');
	if (message.body !== '') headers.push(['Content-Length', `${Buffer.byteLength(message.body)}`]);
	const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`);
	return `${first}\r\n${lines.join('')}\r\n${message.body}`;
};

/** How many bytes of body the head announces; 0 when it does not say, or nonsense. */
export const contentLength = (headers: Headers): number => {
	const value = headerOf({headers}, 'Content-Length') ?? '';
	return /^\d{1,9}/.test(value) ? Number.parseInt(value, 10) : 0;
};

export const parseHeaders = (lines: string[]): Headers => {
	const headers: Headers = [];
	for (const line of lines) {
		const colon = line.indexOf(':');
		const last = headers.at(-1);
		if (/^[ \t]/.test(line) && last) {
			headers[headers.length - 1] = [last[0], `${last[1]} ${line.trim()}`.trim()];
		} else if (colon > 0) {
			headers.push([line.slice(0, colon).trim(), line.slice(colon + 1).trim()]);
		}
	}
	return headers;
};

const splitHead = (text: string): {head: string; body: string} => {
	const blank = /\r?\n\r?\n/.exec(text);
	return blank
		? {head: text.slice(0, blank.index), body: text.slice(blank.index + blank[0].length)}
		: {head: text, body: ''};
};

const cutBytes = (body: string, length: number): string =>
	Buffer.byteLength(body) <= length ? body : Buffer.from(body).subarray(0, length).toString();

const withLineEnds = (message: RtspMessage, head: string): RtspMessage =>
	message.type === 'response' && /(?:^|[^\r])\n/.test(head)
		? {...message, hasBareLineFeeds: true}
		: message;

const parseFirstLine = (line: string, headers: Headers, body: string): Parsed<RtspMessage> => {
	const answer = /^RTSP\/\d+\.\d+\s+(\d{3})(?:\s+(.*))?$/i.exec(line);
	if (answer) {
		const [, status = '', reason = ''] = answer;
		return parsed({type: 'response', status: Number(status), reason, headers, body});
	}
	const request = /^([A-Z_]+)\s+(\S+)\s+RTSP\/(\d+\.\d+)$/i.exec(line);
	if (!request) return unparsed(`neither request nor status line: ${line.slice(0, 80)}`);
	const [, method = '', url = '', version = '1.0'] = request;
	const other = version === '1.0' ? {} : {version};
	return parsed({type: 'request', method: method.toUpperCase(), url, ...other, headers, body});
};
