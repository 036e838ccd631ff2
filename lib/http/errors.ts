import type {ServerResponse} from 'node:http';
import {toMediaError} from '../errors.ts';
import type {ErrorCode, ErrorKind, MediaError} from '../errors.ts';

/** What every failed request is answered with. */
export type ErrorBody = {error: string; code: ErrorCode; context: Record<string, unknown>};

/** The HTTP status of an error. */
export const statusOf = (error: MediaError): number =>
	statusOfCode[error.code] ?? statusOfKind[error.kind];

/** The body of an error; of an internal one the message stays in the log. */
export const errorBody = (error: MediaError): ErrorBody => ({
	error: error.kind === 'internal' ? 'Internal error, the log has its cause' : error.message,
	code: error.code,
	context: error.kind === 'internal' ? {} : error.context,
});

/**
 * Answers with the error; where the answer has begun already, the connection is cut instead. No cache keeps it unless
 * `cache-control` has been set.
 */
export const sendError = (response: ServerResponse, thrown: unknown): void => {
	if (response.headersSent || response.destroyed) {
		response.destroy();
		return;
	}
	const error = toMediaError(thrown);
	const body = JSON.stringify(errorBody(error));
	for (const name of ['content-encoding', 'etag']) response.removeHeader(name);
	if (error.kind === 'unauthenticated') response.setHeader('www-authenticate', basicChallenge);
	if (!response.hasHeader('cache-control')) response.setHeader('cache-control', 'no-store');
	response.writeHead(statusOf(error), {
		'content-type': 'application/json; charset=utf-8',
		'content-length': Buffer.byteLength(body),
	});
	response.end(response.req.method === 'HEAD' ? undefined : body);
};

/** For browsers and players, which know no other kind that is worth it over HTTPS. */
export const basicChallenge = 'Basic realm="sluice", charset="UTF-8"';

const statusOfKind: Record<ErrorKind, number> = {
	invalid: 400,
	unauthenticated: 401,
	denied: 403,
	'not-found': 404,
	conflict: 409,
	unsupported: 415,
	exhausted: 429,
	unavailable: 502,
	internal: 500,
};

const statusOfCode: Partial<Record<ErrorCode, number>> = {
	API_BODY_TOO_LARGE: 413,
	API_METHOD_UNSUPPORTED: 405,
	FILE_UNWRITABLE: 507,
	HLS_NO_NEWS: 503,
	HLS_TIMEOUT: 504,
	HTTP_METHOD_UNSUPPORTED: 405,
	HTTP_RANGE: 416,
	PATH_TIMEOUT: 504,
	SERVER_NOT_READY: 503,
	SNAPSHOT_TIMEOUT: 504,
};
