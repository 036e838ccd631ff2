import type {Socket} from 'node:net';
import type {Logger} from 'pino';
import type {SocketMaker} from '../../http/server.ts';
import {TcpListener} from '../../http/tcp-listener.ts';
import type {TcpAddress} from '../../http/tcp-listener.ts';
import type {RtmpConnectionFacts} from '../../media/session-facts.ts';
import type {RtmpIngest} from '../../native/rtmp.ts';
import {RateLimited} from '../../observe/rate-limited.ts';
import {maxOpenFiles} from '../../util/open-files.ts';
import {ServerConnection} from './server-connection.ts';
import {RtmpSession} from './session.ts';
import type {SessionServices} from './session.ts';

export type RtmpServerOptions = Pick<SessionServices, 'delivery' | 'gatekeeper'> & {
	addresses: readonly TcpAddress[];
	native: SocketMaker & {openRtmpIngest(): RtmpIngest};
	/** Asked anew each time, so that a reload takes effect at once. */
	settings: () => {
		/** Milliseconds in which a client has to say what it wants. */
		readonly readTimeout: number;
	};
	logger: Logger;
	/** Beyond it connections are hung up on. */
	maxConnections?: number;
};

/** Listens; rejects with LISTEN_REFUSED. */
export const createRtmpServer = async (options: RtmpServerOptions): Promise<RtmpServer> => {
	const server = new RtmpServer(options);
	try {
		await server.open();
	} catch (error) {
		await server.close();
		throw error;
	}
	return server;
};

/** Everybody who is connected over RTMP. */
export class RtmpServer {
	readonly #options: RtmpServerOptions;
	readonly #services: SessionServices;
	readonly #listeners: TcpListener[];
	readonly #sessions = new Set<RtmpSession>();
	readonly #turnedAway: RateLimited;
	readonly #bad: RateLimited;
	readonly #refusedPublishers: RateLimited;
	#lastConnection = 0;
	#sweep: NodeJS.Timeout | undefined;

	/** Use `createRtmpServer`. */
	constructor(options: RtmpServerOptions) {
		this.#options = options;
		const {delivery, gatekeeper, logger} = options;
		this.#turnedAway = new RateLimited({logger, periodMs: 60_000});
		this.#bad = new RateLimited({logger, periodMs: 60_000});
		const refusedPublishers = (this.#refusedPublishers = new RateLimited({logger}));
		this.#services = {delivery, gatekeeper, logger, refusedPublishers};
		this.#listeners = options.addresses.map(address => this.#listenerOf(address));
	}

	/** Port of each address by its name. */
	get ports(): Readonly<Record<string, number>> {
		return Object.fromEntries(this.#listeners.map(({name, port}) => [name, port]));
	}

	/** Called by `createRtmpServer`, once. */
	async open(): Promise<void> {
		for (const listener of this.#listeners) await listener.open();
		this.#sweep = setInterval(() => this.#check(), sweepMs).unref();
	}

	connections(): RtmpConnectionFacts[] {
		return [...this.#sessions].map(session => session.facts());
	}

	/** False: there is no such connection. */
	kick(id: string): boolean {
		const session = [...this.#sessions].find(it => it.id === id);
		session?.connection.close('it was kicked');
		return session !== undefined;
	}

	/** Hangs up on everybody. May be called twice. */
	async close(): Promise<void> {
		clearInterval(this.#sweep);
		for (const {connection} of this.#sessions) connection.close('the server ends');
		for (const log of [this.#turnedAway, this.#bad, this.#refusedPublishers]) log.close();
		await Promise.all(this.#listeners.map(async listener => listener.close()));
	}

	#listenerOf(address: TcpAddress): TcpListener {
		const {native, settings, maxConnections = usualMaxConnections, logger} = this.#options;
		const isTls = address.certificate !== undefined;
		const accept = (socket: Socket) => this.#accept(socket, isTls);
		const handshakeTimeoutMs = settings().readTimeout;
		const turnedAway = () => this.#turnAway();
		const limits = {handshakeTimeoutMs, maxConnections, turnedAway};
		return new TcpListener({protocol: 'RTMP', address, native, accept, ...limits, logger});
	}

	#turnAway(): void {
		const {maxConnections = usualMaxConnections} = this.#options;
		this.#turnedAway.note(`RTMP client turned away: there are ${maxConnections} connections`);
	}

	#accept(socket: Socket, isTls: boolean): void {
		const {maxConnections = usualMaxConnections, native, logger} = this.#options;
		if (this.#sessions.size >= maxConnections) {
			socket.destroy();
			return this.#turnAway();
		}
		socket.setNoDelay(true).setKeepAlive(true, keepAliveMs);
		const id = `rtmpconn-${++this.#lastConnection}`;
		const ingest = native.openRtmpIngest();
		const connection = new ServerConnection({id, socket, isTls, ingest});
		const session = new RtmpSession(connection, this.#services);
		this.#sessions.add(session);
		connection.once('closed', (reason, isBad) => {
			this.#sessions.delete(session);
			logger.debug({peer: connection.peer}, `RTMP connection closed: ${reason}`);
			if (isBad) this.#bad.note(`RTMP client ${connection.peer} hung up on: ${reason}`);
		});
	}

	/** Hangs up on who takes too long to say what it wants. */
	#check(): void {
		const {readTimeout} = this.#options.settings();
		for (const {silentMs, connection} of this.#sessions)
			if (silentMs > readTimeout)
				connection.close(`it asked for nothing in ${readTimeout / 1000} s`);
	}
}

const keepAliveMs = 10_000;
const sweepMs = 1000;
/** Cameras, files and other servers of this process have the rest of what it may open. */
const usualMaxConnections = Math.min(10_000, Math.floor(maxOpenFiles() / 4));
