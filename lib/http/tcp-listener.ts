import {once} from 'node:events';
import {createServer} from 'node:net';
import type {Server, Socket} from 'node:net';
import {createServer as createTlsServer} from 'node:tls';
import type {Server as TlsServer} from 'node:tls';
import type {Logger} from 'pino';
import {RateLimited} from '../observe/rate-limited.ts';
import {namingSockets} from './listeners.ts';
import type {TlsCertificate, SocketMaker} from './server.ts';

/** One address that clients connect to. */
export type TcpAddress = {
	/** The key of the configuration. */
	name: string;
	host: string;
	/** 0 = any. */
	port: number;
	/** With it they speak TLS. */
	certificate?: TlsCertificate | undefined;
};

export type TcpListenerOptions = {
	/** What is spoken there, as the log calls it. */
	protocol: string;
	address: TcpAddress;
	native: SocketMaker;
	/** Takes a connection whose bytes are plain from now on. */
	accept: (socket: Socket) => void;
	/** Milliseconds for the handshake of TLS. */
	handshakeTimeoutMs: number;
	/** Beyond it handshakes are not begun. */
	maxConnections: number;
	turnedAway: () => void;
	logger: Logger;
};

/** Listens at one address, in plain or for TLS, until it is closed. */
export class TcpListener {
	readonly #options: TcpListenerOptions;
	readonly #server: Server;
	/** Under TLS: until its handshake is over nobody else knows of a connection. */
	readonly #underTls = new Set<Socket>();
	readonly #notAccepted: RateLimited;
	#port = 0;

	constructor(options: TcpListenerOptions) {
		this.#options = options;
		this.#notAccepted = new RateLimited({logger: options.logger, level: 'error'});
		this.#server = this.#createServer();
	}

	get name(): string {
		return this.#options.address.name;
	}

	/** Known when it is open. */
	get port(): number {
		return this.#port;
	}

	/** Rejects with LISTEN_REFUSED. */
	async open(): Promise<void> {
		const {protocol, address, native, logger} = this.#options;
		const {name, host, port} = address;
		const spec = {protocol: 'tcp', host, port, notSentLowWater, reusePort: false} as const;
		const {fd, port: given} = namingSockets(native, [{name, host, port}]).listen(spec);
		this.#port = given;
		this.#server.listen({fd});
		await once(this.#server, 'listening');
		this.#server.on('error', ({message}) =>
			this.#notAccepted.note(`${protocol} connection not accepted: ${message}`),
		);
		logger.info({listener: name, host, port: given}, 'listening');
	}

	/** Connections over TLS end with it, the others stay. May be called twice. */
	async close(): Promise<void> {
		for (const socket of this.#underTls) socket.destroy();
		this.#notAccepted.close();
		if (!this.#server.listening) return;
		const closed = once(this.#server, 'close');
		this.#server.close();
		await closed;
	}

	#createServer(): Server {
		const {address, accept} = this.#options;
		const {certificate} = address;
		return certificate ? this.#createTls(certificate) : createServer(accept);
	}

	#createTls(certificate: TlsCertificate): TlsServer {
		const {accept, handshakeTimeoutMs: handshakeTimeout, logger} = this.#options;
		const {maxConnections, turnedAway} = this.#options;
		const {key, cert} = certificate;
		const server = createTlsServer({key, cert, handshakeTimeout}, accept);
		certificate.on('changed', () =>
			server.setSecureContext({key: certificate.key, cert: certificate.cert}),
		);
		server.on('connection', (socket: Socket) => {
			this.#underTls.add(socket);
			socket.once('close', () => this.#underTls.delete(socket));
		});
		server.maxConnections = maxConnections;
		server.on('drop', turnedAway);
		server.on('tlsClientError', (error, socket) => {
			logger.debug({peer: socket.remoteAddress}, `no TLS with a client: ${error.message}`);
			socket.destroy();
		});
		return server;
	}
}

// What the kernel keeps unsent for one reader, in bytes; more would hide how late the reader is.
const notSentLowWater = 131_072;
