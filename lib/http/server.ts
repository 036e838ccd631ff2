import {createServer as createPlainServer} from 'node:http';
import type {IncomingMessage, RequestListener, Server, ServerResponse} from 'node:http';
import {createServer as createTlsServer} from 'node:https';
import {once} from 'node:events';
import type {AddressInfo, Socket} from 'node:net';
import type {Duplex} from 'node:stream';
import {MediaError} from '../errors.ts';
import {sendError} from './errors.ts';
import {FirstBytes} from './first-bytes.ts';
import type {OtherProtocol} from './first-bytes.ts';
import {decodePath} from './handler.ts';
import type {HttpHandler, HttpLogger} from './handler.ts';
import {refuseRtsp, refuseRtspRequest} from './refuse-rtsp.ts';

/** One address that the server listens on. */
export type HttpListener = {
	/** As it is configured: `httpAddress`, `hlsAddress` ... */
	name: string;
	/** An IP literal; `::` takes IPv4 as well. */
	host: string;
	/** 0 = any. */
	port: number;
};

/** Makes listening sockets whose kernel buffers are kept short. */
export type SocketMaker = {
	listen(spec: {
		protocol: 'tcp' | 'udp';
		host: string;
		port: number;
		notSentLowWater: number;
		reusePort: boolean;
	}): {
		fd: number;
		port: number;
	};
};

/** A certificate and its key in PEM, which may be others later. */
export type TlsCertificate = {
	readonly key: Buffer;
	readonly cert: Buffer;
	on(event: 'changed', listener: () => void): unknown;
};

export type HttpServerOptions = {
	listeners: readonly HttpListener[];
	/** The first that takes a request answers it. */
	handlers: readonly HttpHandler[];
	/** Without it Node makes the sockets itself. */
	native?: SocketMaker;
	/** With it every listener speaks HTTPS. */
	tls?: TlsCertificate;
	/** Whose connections are not for HTTP. */
	other?: OtherProtocol;
	/** Milliseconds a connection may stand still within an answer or between two requests. */
	idleTimeout?: number;
	logger: HttpLogger;
};

export type HttpServer = {
	/** Port of each listener by its name. */
	readonly ports: Readonly<Record<string, number>>;
	/** Takes no more requests, lets those that run end for two seconds. May be called twice. */
	close(): Promise<void>;
};

/** Opens every listener; what is open already is closed when one of them fails. */
export const createHttpServer = async (options: HttpServerOptions): Promise<HttpServer> => {
	const listener = dispatcher(options);
	const readable = options.tls ? 'secureConnection' : 'connection';
	const servers: Server[] = [];
	const looks: FirstBytes[] = [];
	const ports: Record<string, number> = {};
	const close = async () => {
		for (const look of looks.splice(0)) look.close();
		await Promise.all(servers.splice(0).map(closeServer));
	};
	try {
		for (const address of distinct(options.listeners)) {
			const server = makeServer(options, listener);
			servers.push(server);
			if (options.other) looks.push(new FirstBytes(server, readable, options.other));
			ports[address.name] = await listen(server, address, options);
			const {host, name} = address;
			options.logger.info({listener: name, host, port: ports[name]}, 'listening');
		}
	} catch (error) {
		await close();
		throw error;
	}
	return {ports, close};
};

/** The listener that gives each request to the first handler that takes it. */
export const dispatcher =
	({handlers, logger}: Pick<HttpServerOptions, 'handlers' | 'logger'>): RequestListener =>
	(request, response) => {
		// A peer that goes away is no event of ours; without listeners it would end the process.
		request.on('error', () => {});
		response.on('error', () => {});
		const rtsp = refuseRtspRequest(request);
		if (rtsp !== undefined) return void request.socket.end(rtsp);
		inTurn(request, response, () => {
			try {
				dispatch(handlers, request, response);
			} catch (error) {
				if (!(error instanceof MediaError)) logger.error({err: error}, 'request failed');
				sendError(response, error);
			}
		});
	};

// Requests that one connection may send ahead of their answers; players and browsers send none.
const maxAhead = 16;

const ahead = new WeakMap<Socket, number>();

/**
 * A request that was sent behind another on its connection is looked at when it is its turn: Node tells nobody of
 * an answer that has not begun when the connection goes, and what was lent for it would be lost.
 */
const inTurn = (request: IncomingMessage, response: ServerResponse, serve: () => void): void => {
	if (response.socket) return serve();
	const {socket} = request;
	const count = (ahead.get(socket) ?? 0) + 1;
	if (count > maxAhead) {
		socket.destroy();
		return;
	}
	ahead.set(socket, count);
	response.once('socket', () => {
		ahead.set(socket, (ahead.get(socket) ?? 1) - 1);
		serve();
	});
};

const dispatch = (
	handlers: readonly HttpHandler[],
	request: IncomingMessage,
	response: ServerResponse,
): void => {
	response.setHeader('x-content-type-options', 'nosniff');
	const url = parseTarget(request.url ?? '');
	if (!url || !decodePath(url)) {
		throw new MediaError('HTTP_INVALID', 'Expected a URL with valid percent-encoding');
	}
	if (handlers.some(handler => handler.handle(request, response, url))) return;
	throw new MediaError('HTTP_NOT_FOUND', `Nothing is served at ${url.pathname}`);
};

/** Origin form or absolute form (RFC 9112 section 3.2); the host in it means nothing here. */
const parseTarget = (target: string): URL | undefined => {
	const absolute = /^https?:\/\/[^/?#]+(.*)$/i.exec(target);
	const path = absolute ? absolute[1] || '/' : target;
	if (!path.startsWith('/') && !(absolute && path.startsWith('?'))) return undefined;
	const text = `http://localhost${path}`;
	return URL.canParse(text) ? new URL(text) : undefined;
};

// A peer has this long for its headers and for its request, and 16 KB for the headers.
const limits = {
	headersTimeout: 10_000,
	requestTimeout: 30_000,
	keepAliveTimeout: 65_000,
	connectionsCheckingInterval: 2_000,
	maxHeaderSize: 16_384,
	// Whoever would rather speak HTTP/2 is answered all the same.
	shouldUpgradeCallback: ({headers}: IncomingMessage) =>
		headers.upgrade?.toLowerCase() === 'websocket',
};

const makeServer = (options: HttpServerOptions, listener: RequestListener) => {
	const {tls, idleTimeout = 60_000} = options;
	const server = tls ? makeTlsServer(tls, listener) : createPlainServer(limits, listener);
	server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) =>
		upgrade(options, request, {socket, head}),
	);
	server.timeout = idleTimeout;
	server.maxHeadersCount = 100;
	server.on('clientError', refuseBroken);
	return server;
};

const makeTlsServer = (certificate: TlsCertificate, listener: RequestListener) => {
	const {key, cert} = certificate;
	const server = createTlsServer({...limits, key, cert}, listener);
	certificate.on('changed', () =>
		server.setSecureContext({key: certificate.key, cert: certificate.cert}),
	);
	return server;
};

/** A WebSocket goes to the handler that has something for it. */
const upgrade = (
	{handlers, logger}: Pick<HttpServerOptions, 'handlers' | 'logger'>,
	request: IncomingMessage,
	{socket, head}: {socket: Socket; head: Buffer},
): void => {
	socket.on('error', () => {});
	const url = parseTarget(request.url ?? '');
	try {
		const isKnown = url && decodePath(url);
		if (isKnown && handlers.some(it => it.upgrade?.(request, socket, head, url))) return;
	} catch (error) {
		logger.error({err: error}, 'request failed');
	}
	socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n');
};

/** Not HTTP, or too large or too slow a head: one line, and the connection is closed. */
const refuseBroken = (error: NodeJS.ErrnoException, socket: Duplex): void => {
	if (error.code === 'ECONNRESET' || !socket.writable) {
		socket.destroy();
		return;
	}
	const {rawPacket} = error as {rawPacket?: Buffer};
	const rtsp = rawPacket && refuseRtsp(rawPacket);
	if (rtsp !== undefined) {
		socket.end(rtsp, () => socket.destroy());
		return;
	}
	const [status, message] = refusals[error.code ?? ''] ?? ['400 Bad Request', 'Expected HTTP/1.1'];
	const body = JSON.stringify({error: message, code: 'HTTP_INVALID', context: {}});
	socket.end(
		`HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n` +
			`Connection: close\r\n\r\n${body}`,
		() => socket.destroy(),
	);
};

const refusals: Record<string, [status: string, message: string]> = {
	HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'Expected at most 16 KB of headers'],
	ERR_HTTP_REQUEST_TIMEOUT: [
		'408 Request Timeout',
		'Expected the headers within 10 s, the request within 30 s',
	],
};

/** Addresses that are configured twice are opened once. */
const distinct = (listeners: readonly HttpListener[]): HttpListener[] =>
	listeners.filter(
		({host, port}, index) =>
			port === 0 ||
			listeners.findIndex(other => other.host === host && other.port === port) === index,
	);

// What the kernel keeps unsent for one peer, in bytes; more would hide how late the peer is.
const notSentLowWater = 131_072;

const listen = async (
	server: Server,
	{host, port}: HttpListener,
	{native, logger}: Pick<HttpServerOptions, 'native' | 'logger'>,
): Promise<number> => {
	const opened = native?.listen({protocol: 'tcp', host, port, notSentLowWater, reusePort: false});
	server.listen(opened ? {fd: opened.fd} : {host, port});
	await once(server, 'listening');
	// Without a listener, a connection that cannot be accepted (no descriptor is left) would end the process.
	server.on('error', err => logger.error({err}, 'connection not accepted'));
	return opened?.port ?? (server.address() as AddressInfo).port;
};

// How long requests that run may go on after close().
const graceMs = 2_000;

const closeServer = async (server: Server): Promise<void> => {
	if (!server.listening) return;
	const timer = setTimeout(() => server.closeAllConnections(), graceMs);
	const closed = once(server, 'close');
	server.close();
	server.closeIdleConnections();
	await closed;
	clearTimeout(timer);
};
