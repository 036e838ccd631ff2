import type {IncomingMessage, ServerResponse} from 'node:http';
import type {Socket} from 'node:net';
import {MediaError, toMediaError} from '../errors.ts';
import {isSegment} from '../util/path-words.ts';
import {sendError} from './errors.ts';

/** One row of the table that every request goes through, before Koa. */
export type HttpHandler = {
	name: string;
	/** True: this handler answers, now or later. */
	handle(request: IncomingMessage, response: ServerResponse, url: URL): boolean;
	/** The same for a WebSocket; `head` is what came behind the request. */
	upgrade?(request: IncomingMessage, socket: Socket, head: Buffer, url: URL): boolean;
};

/** The part of pino's logger that HTTP needs. */
export type HttpLogger = {
	info(fields: object, message: string): void;
	warn(fields: object, message: string): void;
	error(fields: object, message: string): void;
};

/** Runs what answers a request; what it throws becomes the answer. */
export const answer = (
	response: ServerResponse,
	logger: HttpLogger,
	work: () => Promise<void> | void,
): void => {
	const fail = (thrown: unknown) => {
		if (toMediaError(thrown).kind === 'internal') logger.error({err: thrown}, 'request failed');
		sendError(response, thrown);
	};
	void (async () => work())().catch(fail);
};

/** Segments of a URL's path, decoded; undefined when the encoding is broken. */
export const decodePath = (url: URL): string[] | undefined => {
	try {
		return url.pathname.split('/').slice(1).map(decodeURIComponent);
	} catch {
		return undefined;
	}
};

/** The path's name and the last segment: `/a/b/index.m3u8` is `a/b` and `index.m3u8`. */
export const splitName = (url: URL): {name: string; file: string} | undefined => {
	const segments = decodePath(url);
	const file = segments?.pop();
	if (!segments || file === undefined || segments.length === 0) return undefined;
	return segments.every(isSegment) ? {name: segments.join('/'), file} : undefined;
};

/** Only to be read; throws what answers any other method. */
export const requireRead = (request: IncomingMessage, response: ServerResponse): void => {
	if (request.method === 'GET' || request.method === 'HEAD') return;
	response.setHeader('allow', 'GET, HEAD, OPTIONS');
	throw new MediaError('HTTP_METHOD_UNSUPPORTED', `Expected GET or HEAD, got ${request.method}`);
};

/** Aborts when the peer goes away before it has its answer. */
export const goneSignal = (response: ServerResponse): AbortSignal => {
	const controller = new AbortController();
	const onClose = () => {
		if (!response.writableFinished) controller.abort(new Error('The peer went away'));
	};
	if (response.destroyed) onClose();
	else response.once('close', onClose);
	return controller.signal;
};
