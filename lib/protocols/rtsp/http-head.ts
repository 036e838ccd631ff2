// The heads of HTTP that tunnels for RTSP begin with: a GET with x-sessioncookie and a POST with the same one
// (the way of QuickTime, which cameras and GStreamer call RTSP over HTTP), or a WebSocket of ONVIF.
import {parsed, unparsed} from '../../util/parsed.ts';
import type {Parsed} from '../../util/parsed.ts';
import {headersOf, maxHeadBytes, parseHeaders} from './message.ts';
import type {Headers} from './message.ts';

export type HttpHead = {
	method: 'GET' | 'POST';
	target: string;
	headers: Headers;
};

/** As ONVIF registered it for RTSP within WebSocket (ONVIF Streaming Specification section 5.1.1.5). */
export const webSocketProtocol = 'rtsp.onvif.org';

/** Whether what has come so far is HTTP; `more` is needed where it may become so. */
export const looksLikeHttp = (bytes: Buffer): 'yes' | 'no' | 'more' => {
	const text = bytes.toString('latin1', 0, 5);
	if (/^(?:GET|POST) /.test(text)) return 'yes';
	return text !== '' && ['GET ', 'POST '].some(word => word.startsWith(text)) ? 'more' : 'no';
};

/**
 * Where the head ends, its blank line included; undefined: it is not all there. The first `searched` bytes have been
 * looked through in vain.
 */
export const headEnd = (bytes: Buffer, searched = 0): number | undefined => {
	const head = bytes.subarray(0, maxHeadBytes);
	const from = Math.max(0, searched - blankLines[0].length);
	const ends = blankLines.map(blank => {
		const at = head.indexOf(blank, from);
		return at < 0 ? Infinity : at + blank.length;
	});
	const end = Math.min(...ends);
	return end === Infinity ? undefined : end;
};

/** The one of the line that ends before it included. */
const blankLines = ['\n\r\n', '\n\n'] as const;

export const parseHttpHead = (text: string): Parsed<HttpHead> => {
	const [first = '', ...lines] = text.trimEnd().split(/\r?\n/);
	const request = /^(GET|POST) (\S+) HTTP\/1\.\d$/.exec(first.trim());
	if (!request) return unparsed(`no GET or POST of HTTP/1: ${JSON.stringify(first.slice(0, 60))}`);
	const [, method = '', target = ''] = request;
	return parsed({
		method: method === 'GET' ? 'GET' : 'POST',
		target,
		headers: parseHeaders(lines),
	});
};

/** Whether a connection of the HTTP server is one for the RTSP server. */
export const beginsTunnel = (bytes: Buffer): 'yes' | 'no' | 'more' => {
	const http = looksLikeHttp(bytes);
	if (http !== 'yes') return http;
	const end = headEnd(bytes);
	if (end === undefined) return bytes.length < maxTunnelHeadBytes ? 'more' : 'no';
	const head = parseHttpHead(bytes.toString('latin1', 0, end));
	return head.ok && (cookieOf(head.value) !== undefined || asksForWebSocket(head.value))
		? 'yes'
		: 'no';
};

/** What ties GET and POST of one tunnel together. */
export const cookieOf = (head: HttpHead): string | undefined => {
	const [cookie = ''] = headersOf(head, 'x-sessioncookie');
	return cookie === '' || cookie.length > maxCookie ? undefined : cookie;
};

export const asksForWebSocket = (head: HttpHead): boolean =>
	listed(head, 'Upgrade').includes('websocket') &&
	listed(head, 'Sec-WebSocket-Protocol').includes(webSocketProtocol);

const listed = (head: HttpHead, name: string): string[] =>
	headersOf(head, name).flatMap(value =>
		value
			.toLowerCase()
			.split(',')
			.map(word => word.trim()),
	);

/** Node takes no longer ones of HTTP. */
const maxTunnelHeadBytes = 16 * 1024;
const maxCookie = 256;
