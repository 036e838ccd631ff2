import type {IncomingMessage, ServerResponse} from 'node:http';

/**
 * Lets pages of other origins use media; never called for the API. `origins` may hold `*`, alone or
 * within one. True: the request was a preflight and is answered.
 */
export const allowOrigins = (
	request: IncomingMessage,
	response: ServerResponse,
	origins: readonly string[],
): boolean => {
	const origin = allowedOrigin(request.headers.origin, origins);
	if (origin !== '*') response.setHeader('vary', 'origin');
	if (origin !== undefined) {
		response.setHeader('access-control-allow-origin', origin);
		response.setHeader('access-control-expose-headers', exposed);
	}
	if (request.method !== 'OPTIONS') return false;
	response.writeHead(204, {
		'access-control-allow-methods': 'GET, HEAD, OPTIONS',
		'access-control-allow-headers': 'range, if-none-match, content-type, authorization',
		// How long a browser may keep this answer, in seconds.
		'access-control-max-age': '7200',
		'content-length': 0,
	});
	response.end();
	return true;
};

const exposed = 'age, content-length, content-range, date, etag, x-sluice-state';

const allowedOrigin = (origin: string | undefined, allowed: readonly string[]) => {
	if (allowed.includes('*')) return '*';
	return origin !== undefined && isAllowedOrigin(origin, allowed) ? origin : undefined;
};

/** Whether pages of this origin may use media. */
export const isAllowedOrigin = (origin: string, allowed: readonly string[]): boolean =>
	allowed.some(pattern => matches(pattern, origin));

const matches = (pattern: string, origin: string): boolean => {
	const [head = '', ...tails] = pattern.split('*');
	if (tails.length === 0) return pattern === origin;
	const tail = tails.join('*');
	return (
		origin.length >= head.length + tail.length && origin.startsWith(head) && origin.endsWith(tail)
	);
};
