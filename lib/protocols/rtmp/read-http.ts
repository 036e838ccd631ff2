import type {IncomingMessage, ServerResponse} from 'node:http';
import type {Socket} from 'node:net';
import type WebSocket from 'ws';
import type {ReadAccess} from '../../http/access.ts';
import {allowOrigins} from '../../http/cors.ts';
import {MediaError} from '../../errors.ts';
import {answer, goneSignal, requireRead, splitName} from '../../http/handler.ts';
import type {HttpHandler, HttpLogger} from '../../http/handler.ts';
import {peerName} from '../../http/peer.ts';
import {WebSockets} from '../../http/web-sockets.ts';
import type {Upgrade} from '../../http/web-sockets.ts';
import type {Delivery} from '../../media/delivery.ts';
import type {ReaderFacts} from '../../media/reader-facts.ts';
import {RateLimited} from '../../observe/rate-limited.ts';
import type {Logger} from 'pino';
import type {FlvSpec} from '../../native/ring-output.ts';
import {countSent} from '../../readers/count-sent.ts';
import type {RingOutput} from '../../readers/fan-out.ts';
import {FanOuts} from '../../readers/fan-outs.ts';
import {serverClock} from '../../readers/server-clock.ts';
import type {AskKernel} from '../../readers/socket-info.ts';
import {FlvSession} from './flv-session.ts';
import type {FlvCarrier, FlvServices} from './flv-session.ts';
import type {StreamMetadata} from './stream-metadata.ts';
import {authorizationOf} from './target.ts';

export type FlvReaderOptions = {
	native: {openFlv(spec: FlvSpec): RingOutput; nowUs(): number; tcpInfo: AskKernel};
	delivery: Pick<Delivery, 'join'>;
	access: ReadAccess;
	metadata: StreamMetadata;
	settings: () => ReturnType<FlvServices['settings']> & {
		readonly hlsAllowOrigins: readonly string[];
	};
	logger: Logger & HttpLogger;
};

export type FlvReader = HttpHandler & {
	/** Bytes of media sent to players, by path. */
	bytesSent(): ReadonlyMap<string, number>;
	readers(): ReaderFacts[];
	close(): Promise<void>;
};

/** Serves `/<path>/live.flv`, over HTTP and within a WebSocket. */
export const createFlvReader = (options: FlvReaderOptions): FlvReader => {
	const reader = new Reader(options);
	return {
		name: 'flv',
		handle: (request, response, url) => reader.handle(request, response, url),
		upgrade: (request, socket, head, url) => reader.upgrade({request, socket, head}, url),
		bytesSent: () => reader.bytesSent(),
		readers: () => reader.readers(),
		close: async () => reader.close(),
	};
};

class Reader {
	readonly #options: FlvReaderOptions;
	readonly #services: FlvServices;
	readonly #late: RateLimited;
	readonly #sessions = new Set<FlvSession>();
	readonly #carriers = new Set<FlvCarrier>();
	/** Of players that have left, by path. */
	readonly #sent = new Map<string, number>();
	readonly #sweep: NodeJS.Timeout;
	readonly #closing = new AbortController();
	readonly #webSockets: WebSockets;

	constructor(options: FlvReaderOptions) {
		this.#options = options;
		const {native, settings, metadata, logger} = options;
		this.#late = new RateLimited({logger});
		const origins = () => settings().hlsAllowOrigins;
		this.#webSockets = new WebSockets({maxMessageBytes, origins});
		this.#services = {
			fanOuts: new FanOuts({
				open: spec => native.openFlv(spec),
				onLate: () =>
					this.#late.note('FLV players lost pictures, because this machine is too slow'),
			}),
			settings,
			nowUs: serverClock(native),
			tcpInfo: fd => native.tcpInfo(fd),
			metadata,
		};
		this.#sweep = setInterval(() => {
			for (const session of this.#sessions) session.check();
		}, sweepMs).unref();
	}

	handle(request: IncomingMessage, response: ServerResponse, url: URL): boolean {
		const path = pathOf(url);
		if (path === undefined) return false;
		const {settings, logger} = this.#options;
		answer(response, logger, async () => {
			if (allowOrigins(request, response, settings().hlsAllowOrigins)) return;
			requireRead(request, response);
			await this.#admit(request, path, url);
			response.setHeader('content-type', 'video/x-flv').setHeader('cache-control', 'no-store');
			if (request.method === 'HEAD') response.end();
			else await this.#play(path, request, goneSignal(response), () => overHttp(response));
		});
		return true;
	}

	/** False: nothing of ours is there. */
	upgrade(asked: Upgrade, url: URL): boolean {
		const path = pathOf(url);
		if (path === undefined) return false;
		const {request} = asked;
		this.#webSockets.accept(asked, webSocket => {
			webSocket.on('error', () => webSocket.terminate());
			const gone = new AbortController();
			webSocket.once('close', () => gone.abort(new Error('The peer went away')));
			void this.#playOver(webSocket, {request, path, url, signal: gone.signal});
		});
		return true;
	}

	bytesSent(): ReadonlyMap<string, number> {
		const sent = new Map(this.#sent);
		for (const {path, bytesSent} of this.#sessions) countSent(sent, path, bytesSent);
		return sent;
	}

	readers(): ReaderFacts[] {
		return [...this.#sessions].map(session => session.facts());
	}

	close(): void {
		clearInterval(this.#sweep);
		this.#closing.abort(new Error('The server is closing'));
		for (const carrier of this.#carriers) carrier.destroy();
		this.#late.close();
	}

	/** Why it is refused is the reason with which a WebSocket is closed. */
	async #playOver(
		webSocket: WebSocket,
		{
			request,
			path,
			url,
			signal,
		}: {request: IncomingMessage; path: string; url: URL; signal: AbortSignal},
	): Promise<void> {
		try {
			await this.#admit(request, path, url);
			await this.#play(path, request, signal, () => overWebSocket(webSocket, request.socket));
		} catch (error) {
			const {message} = error instanceof MediaError ? error : {message: 'Internal error'};
			if (!(error instanceof MediaError))
				this.#options.logger.error({err: error}, 'WebSocket failed');
			webSocket.close(refusedCode, message.slice(0, maxReason));
		}
	}

	/** Browsers give a WebSocket no headers, and old players none at all. */
	async #admit(request: IncomingMessage, path: string, url: URL): Promise<void> {
		const inQuery = authorizationOf(url.search);
		if (inQuery !== undefined) request.headers.authorization ??= inQuery;
		await this.#options.access(request, path);
	}

	async #play(
		path: string,
		request: IncomingMessage,
		gone: AbortSignal,
		open: () => FlvCarrier,
	): Promise<void> {
		const signal = AbortSignal.any([gone, this.#closing.signal]);
		const rules = {start: true, counted: true, holds: true};
		const wish = {path, protocol: 'flv', peer: peerName(request), ...rules} as const;
		const admission = await this.#options.delivery.join(wish, signal);
		const carrier = open();
		let session;
		try {
			session = new FlvSession({path, peer: wish.peer, admission}, carrier, this.#services);
		} catch (error) {
			admission.leave();
			throw error;
		}
		this.#hold(session, carrier);
		const {peer} = wish;
		this.#options.logger.info({path, peer}, `reads FLV over HTTP: ${session.codecs.join(', ')}`);
		await session.start();
	}

	#hold(session: FlvSession, carrier: FlvCarrier): void {
		this.#sessions.add(session);
		this.#carriers.add(carrier);
		const leave = () => {
			session.close();
			this.#carriers.delete(carrier);
			if (this.#sessions.delete(session)) countSent(this.#sent, session.path, session.bytesSent);
		};
		if (carrier.socket.destroyed) leave();
		else carrier.socket.once('close', leave);
	}
}

const overHttp = (response: ServerResponse): FlvCarrier => {
	// All up to the end of the connection is the file: no chunks around blocks.
	response.removeHeader('transfer-encoding');
	const socket = response.socket as Socket;
	return {
		socket,
		write: (block, done) => void block.writeTo(response, done),
		begin: bytes => void response.write(bytes),
		end: () => void response.end(),
		destroy: () => void response.destroy(),
	};
};

const overWebSocket = (webSocket: WebSocket, socket: Socket): FlvCarrier => {
	const write = (bytes: Buffer, done: () => void): boolean => {
		webSocket.send(bytes, {binary: true}, done);
		return true;
	};
	return {
		socket,
		write: (block, done) => void block.writeTo({write}, done),
		begin: bytes => void write(bytes, () => {}),
		end: () => webSocket.close(endedCode),
		destroy: () => webSocket.terminate(),
	};
};

const pathOf = (url: URL): string | undefined => {
	const asked = splitName(url);
	return asked?.file === 'live.flv' ? asked.name : undefined;
};

const sweepMs = 1000;
/** A player has nothing to say. */
const maxMessageBytes = 1024;
/** RFC 6455 section 7.4: it has ended, and it may not. A reason has 123 bytes at most. */
const endedCode = 1000;
const refusedCode = 1008;
const maxReason = 120;
