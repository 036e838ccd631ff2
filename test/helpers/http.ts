import type {IncomingMessage, ServerResponse} from 'node:http';
import {connect} from 'node:net';
import {once} from 'node:events';
import type {ExecutionContext} from 'ava';
import type {HttpHandler, HttpLogger} from '../../lib/http/handler.ts';
import {createHttpServer} from '../../lib/http/server.ts';
import type {HttpServerOptions} from '../../lib/http/server.ts';

/** Says nothing. */
export const quiet: HttpLogger = {info: () => {}, warn: () => {}, error: () => {}};

/** A server on a port of its own with these handlers, closed when the test is over. */
export const startHttp = async (
	t: ExecutionContext,
	handlers: readonly HttpHandler[],
	options: Partial<HttpServerOptions> = {},
) => {
	const listeners = [{name: 'httpAddress', host: '127.0.0.1', port: 0}];
	const server = await createHttpServer({listeners, handlers, logger: quiet, ...options});
	t.teardown(() => server.close());
	const port = server.ports['httpAddress']!;
	return {server, port, url: `http://127.0.0.1:${port}`};
};

/** Writes bytes as they are, and gives all that comes back until the server hangs up. */
export const exchange = async (port: number, request: string): Promise<string> => {
	const socket = connect({host: '127.0.0.1', port});
	const chunks: Buffer[] = [];
	socket.on('data', (chunk: Buffer) => chunks.push(chunk));
	socket.on('error', () => {});
	socket.write(request);
	await once(socket, 'close');
	return Buffer.concat(chunks).toString('latin1');
};

/** A handler that answers everything with what `work` does. */
export const handlerOf = (
	work: (request: IncomingMessage, response: ServerResponse, url: URL) => unknown,
): HttpHandler => ({
	name: 'test',
	handle: (request, response, url) => {
		work(request, response, url);
		return true;
	},
});
