import {once} from 'node:events';
import type {Socket} from 'node:net';
import type {Logger} from 'pino';
import type {SocketMaker} from '../../http/server.ts';
import {TcpListener} from '../../http/tcp-listener.ts';
import type {TcpAddress} from '../../http/tcp-listener.ts';
import type {RtmpConnectionFacts} from '../../media/session-facts.ts';
import type {RtmpIngest} from '../../native/rtmp.ts';
import {RateLimited} from '../../observe/rate-limited.ts';
import {filesFor} from '../../util/open-files.ts';
import type {FlvSpec} from '../../native/ring-output.ts';
import {countSent} from '../../readers/count-sent.ts';
import type {RingOutput} from '../../readers/fan-out.ts';
import {FanOuts} from '../../readers/fan-outs.ts';
import {serverClock} from '../../readers/server-clock.ts';
import type {AskKernel} from '../../readers/socket-info.ts';
import {ServerConnection} from './server-connection.ts';
import {RtmpSession} from './session.ts';
import type {SessionServices} from './session.ts';

export type RtmpServerOptions = Pick<SessionServices, 'delivery' | 'gatekeeper' | 'metadata'> & {
	addresses: readonly TcpAddress[];
	native: SocketMaker & {
		openRtmpIngest(): RtmpIngest;
		openFlv(spec: FlvSpec): RingOutput;
		nowUs(): number;
		tcpInfo: AskKernel;
	};
	/** Asked anew each time, so that a reload takes effect at once. */
	settings: () => {
		/** Milliseconds in which a client has to say what it wants. */
		readonly readTimeout: number;
	} & ReturnType<SessionServices['settings']>;
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
	readonly #refused: RateLimited;
	readonly #late: RateLimited;
	/** Of readers that have left, by path. */
	readonly #sent = new Map<string, number>();
	#lastConnection = 0;
	#isClosing = false;
	#sweep: NodeJS.Timeout | undefined;

	/** Use `createRtmpServer`. */
	constructor(options: RtmpServerOptions) {
		this.#options = options;
		const {delivery, gatekeeper, metadata, native, settings, logger} = options;
		this.#turnedAway = new RateLimited({logger, periodMs: 60_000});
		this.#bad = new RateLimited({logger, periodMs: 60_000});
		const refused = (this.#refused = new RateLimited({logger}));
		this.#late = new RateLimited({logger});
		const fanOuts = new FanOuts<FlvSpec>({
			open: spec => native.openFlv(spec),
			onLate: () => this.#late.note('RTMP players lost pictures, because this machine is too slow'),
		});
		const nowUs = serverClock(native);
		const tcpInfo = (fd: number) => native.tcpInfo(fd);
		const onClosed = (path: string, bytes: number) => countSent(this.#sent, path, bytes);
		const reading = {fanOuts, settings, nowUs, tcpInfo, onClosed};
		this.#services = {delivery, gatekeeper, metadata, logger, refused, ...reading};
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

	/** Bytes of media sent to readers, by path. */
	bytesSent(): ReadonlyMap<string, number> {
		const sent = new Map(this.#sent);
		for (const {reader} of this.#sessions)
			if (reader) countSent(sent, reader.target.path, reader.bytesSent);
		return sent;
	}

	/** False: there is no such connection. */
	kick(id: string): boolean {
		const session = [...this.#sessions].find(it => it.id === id);
		session?.connection.close('it was kicked');
		return session !== undefined;
	}

	/** Asks a client to connect anew. Undefined: there is no such connection; false: its client does not know that. */
	askToReconnect(id: string, tcUrl: string): boolean | undefined {
		return [...this.#sessions].find(it => it.id === id)?.askToReconnect(tcUrl);
	}

	/** Hangs up on everybody; who knows a reconnect request gets one, and tries again at once. May be called twice. */
	async close(): Promise<void> {
		clearInterval(this.#sweep);
		this.#isClosing = true;
		await Promise.all([...this.#sessions].map(async session => this.#leave(session)));
		for (const log of [this.#turnedAway, this.#bad, this.#refused, this.#late]) log.close();
		await Promise.all(this.#listeners.map(async listener => listener.close()));
	}

	async #leave(session: RtmpSession): Promise<void> {
		const closed = once(session.connection, 'closed');
		session.leave('the server ends');
		await closed;
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
		if (this.#isClosing) return void socket.destroy();
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

	/** Hangs up on who takes too long to say what it wants, or takes nothing. */
	#check(): void {
		const {readTimeout} = this.#options.settings();
		for (const session of this.#sessions) {
			session.check();
			if (session.silentMs > readTimeout)
				session.connection.close(`it asked for nothing in ${readTimeout / 1000} s`);
		}
	}
}

const keepAliveMs = 10_000;
const sweepMs = 1000;
const usualMaxConnections = Math.min(10_000, filesFor('rtmpClients'));
