import type {Socket} from 'node:net';
import type {Logger} from 'pino';
import type {Scheme} from '../../auth/gatekeeper.ts';
import {peerAddress} from '../../http/peer.ts';
import type {SocketMaker} from '../../http/server.ts';
import type {Delivery} from '../../media/delivery.ts';
import type {RtspConnectionFacts, RtspSessionFacts} from '../../media/session-facts.ts';
import {RateLimited} from '../../observe/rate-limited.ts';
import {maxOpenFiles} from '../../util/open-files.ts';
import type {Carrier} from './carrier.ts';
import {FanOuts} from './fan-out.ts';
import type {RtpNative} from './fan-out.ts';
import {parseHttpHead} from './http-head.ts';
import type {HttpHead} from './http-head.ts';
import type {TunnelPeer} from './http-tunnel.ts';
import {RtspListener} from './listener.ts';
import type {RtspAddress} from './listener.ts';
import {headersOf} from './message.ts';
import {respond} from './methods.ts';
import type {Client, MethodServices} from './methods.ts';
import type {TcpInfo} from '../../native/binding.ts';
import {PublishSession} from './publish.ts';
import type {PublishServices} from './publish.ts';
import {fitTransport, ReadSession} from './read.ts';
import type {ReadSettings} from './read.ts';
import {ServerConnection} from './server-connection.ts';
import type {ServerConnectionOptions} from './server-connection.ts';
import {Tunnels} from './tunnels.ts';

export type RtspSettings = ReadSettings & {
	/** Milliseconds for a request that has begun, and for the first one. */
	readonly readTimeout: number;
	readonly rtspAuthMethods: readonly Scheme[];
	/** What they say of the address of who begins a tunnel is believed. */
	readonly trustedProxies: readonly string[];
	/** Pages of other origins that may take media, by WebSocket here. */
	readonly hlsAllowOrigins: readonly string[];
};

export type RtspServerOptions = {
	addresses: readonly RtspAddress[];
	native: SocketMaker &
		RtpNative &
		PublishServices['native'] & {nowUs(): number; tcpInfo(fd: number): TcpInfo | undefined};
	delivery: Pick<Delivery, 'join' | 'publish'>;
	/** Asked anew each time, so that a reload takes effect at once. */
	settings: () => RtspSettings;
	redirect: MethodServices['redirect'];
	gatekeeper: MethodServices['gatekeeper'];
	logger: Logger;
	/** Beyond it connections are hung up on. */
	maxConnections?: number;
};

type ClientKind = Pick<ServerConnectionOptions, 'isTls' | 'tunnel'>;

/** Listens; rejects with LISTEN_REFUSED. */
export const createRtspServer = async (options: RtspServerOptions): Promise<RtspServer> => {
	const server = new RtspServer(options);
	await server.open();
	return server;
};

/** Everybody who is connected over RTSP. */
export class RtspServer {
	readonly #options: RtspServerOptions;
	readonly #listeners: RtspListener[];
	readonly #tunnels: Tunnels;
	readonly #clients = new Map<string, Client>();
	readonly #services: MethodServices;
	readonly #turnedAway: RateLimited;
	readonly #late: RateLimited;
	readonly #refusedPublishers: RateLimited;
	readonly #sent = new Map<string, number>();
	#lastConnection = 0;
	#sweep: NodeJS.Timeout | undefined;

	/** Use `createRtspServer`. */
	constructor(options: RtspServerOptions) {
		this.#options = options;
		const {delivery, redirect, gatekeeper, settings, logger} = options;
		const schemes = () => settings().rtspAuthMethods;
		this.#turnedAway = new RateLimited({logger, periodMs: 60_000});
		this.#late = new RateLimited({logger, periodMs: 10_000});
		const openReader = readerOpener(options, {sent: this.#sent, late: this.#late});
		const openPublisher = publisherOpener(options);
		const opening = {openReader, openPublisher};
		const refusedPublishers = (this.#refusedPublishers = new RateLimited({logger}));
		const asking = {redirect, gatekeeper, schemes};
		this.#services = {delivery, logger, refusedPublishers, ...asking, ...opening};
		this.#tunnels = new Tunnels({
			accept: (carrier, tunnel, {isTls}) => this.#begin(carrier, {isTls, tunnel}),
			origins: () => settings().hlsAllowOrigins,
			patienceMs: () => settings().readTimeout,
		});
		this.#listeners = options.addresses.map(address => this.#listenerOf(address));
	}

	/** Port of each address by its name. */
	get ports(): Readonly<Record<string, number>> {
		return Object.fromEntries(this.#listeners.map(({name, port}) => [name, port]));
	}

	/** Called by `createRtspServer`, once. */
	async open(): Promise<void> {
		for (const listener of this.#listeners) await listener.open();
		this.#sweep = setInterval(() => this.#check(), sweepMs).unref();
	}

	connections(): RtspConnectionFacts[] {
		return [...this.#clients.values()].map(({connection, session}) => ({
			id: connection.id,
			created: connection.openedAt.toISOString(),
			remoteAddr: connection.peer,
			bytesReceived: connection.socket.bytesRead,
			bytesSent: connection.socket.bytesWritten,
			session: session?.id ?? null,
			isTls: connection.isTls,
			tunnel: connection.tunnel,
		}));
	}

	sessions(): RtspSessionFacts[] {
		return [...this.#clients.values()].flatMap(({session}) => session?.facts() ?? []);
	}

	/** False: there is no such session. */
	kick(id: string): boolean {
		const client = [...this.#clients.values()].find(({session}) => session?.id === id);
		client?.connection.close('it was kicked');
		return client !== undefined;
	}

	/** Bytes of media sent, by path. */
	bytesSent(): ReadonlyMap<string, number> {
		const sent = new Map(this.#sent);
		for (const {path, bytesSent} of this.sessions())
			sent.set(path, (sent.get(path) ?? 0) + bytesSent);
		return sent;
	}

	/** Hangs up on everybody. May be called twice. */
	async close(): Promise<void> {
		clearInterval(this.#sweep);
		this.#turnedAway.close();
		this.#late.close();
		this.#refusedPublishers.close();
		for (const {connection} of this.#clients.values()) connection.close('the server ends');
		this.#tunnels.close();
		await Promise.all(this.#listeners.map(async listener => listener.close()));
	}

	#listenerOf(address: RtspAddress): RtspListener {
		const {native, settings, maxConnections = usualMaxConnections, logger} = this.#options;
		const isTls = address.certificate !== undefined;
		const accept = (socket: Socket) => this.accept(socket, {isTls});
		const handshakeTimeoutMs = settings().readTimeout;
		const turnedAway = () => this.#turnAway();
		const limits = {handshakeTimeoutMs, maxConnections, turnedAway};
		return new RtspListener({address, native, accept, ...limits, logger});
	}

	#turnAway(): void {
		const {maxConnections = usualMaxConnections} = this.#options;
		this.#turnedAway.note(`RTSP client turned away: there are ${maxConnections} connections`);
	}

	/** Takes a connection that speaks RTSP, or HTTP where a tunnel begins. */
	accept(socket: Socket, {isTls}: {isTls: boolean}): void {
		socket.setNoDelay(true).setKeepAlive(true, keepAliveMs);
		const connection = this.#begin(socket, {isTls, tunnel: 'none'});
		connection?.once('http', (text, rest) => {
			this.#clients.delete(connection.id);
			const head = parseHttpHead(text);
			if (!head.ok) return socket.destroy();
			this.#tunnels.take({
				socket,
				head: head.value,
				rest,
				isTls,
				peer: this.#peerOf(socket, head.value),
			});
		});
	}

	/** A new client, unless there are too many. */
	#begin(carrier: Carrier, {isTls, tunnel}: ClientKind): ServerConnection | undefined {
		const {maxConnections = usualMaxConnections, logger} = this.#options;
		if (this.#clients.size >= maxConnections) {
			carrier.destroy();
			this.#turnAway();
			return undefined;
		}
		const id = `rtspconn-${++this.#lastConnection}`;
		const connection = new ServerConnection({
			id,
			socket: carrier,
			tunnel,
			isTls,
			handle: request => respond(request, client, this.#services),
		});
		const client: Client = {connection, session: undefined, described: undefined};
		this.#clients.set(id, client);
		connection.on('interleaved', (channel, data) => client.session?.interleaved?.(channel, data));
		connection.once('closed', reason => {
			this.#clients.delete(id);
			client.session?.close(reason);
			client.session = undefined;
			logger.debug({peer: connection.peer}, `RTSP connection closed: ${reason}`);
		});
		return connection;
	}

	/** Whom a tunnel comes from, behind a proxy as well. */
	#peerOf(socket: Socket, head: HttpHead): TunnelPeer {
		const {remoteAddress, remotePort: port} = socket;
		const headers = {'x-forwarded-for': headersOf(head, 'X-Forwarded-For').join(', ')};
		const {trustedProxies} = this.#options.settings();
		return {address: peerAddress({headers, socket: {remoteAddress}}, trustedProxies), port};
	}

	#check(): void {
		const {readTimeout} = this.#options.settings();
		for (const client of this.#clients.values()) {
			client.session?.check();
			checkTime(client, readTimeout);
		}
	}
}

/** Hangs up on who takes too long. */
const checkTime = ({connection, session}: Client, readTimeout: number): void => {
	const {halfMs, idleMs, requests} = connection;
	if (halfMs > readTimeout) return connection.refuse({status: 408}, 'its request did not end');
	if (session?.livesByItself) return;
	const patienceMs = requests === 0 ? readTimeout : (session?.timeoutMs ?? idleTimeoutMs);
	if (idleMs > patienceMs) connection.close(`it asked for nothing in ${patienceMs / 1000} s`);
};

const readerOpener = (
	options: RtspServerOptions,
	{sent, late}: {sent: Map<string, number>; late: RateLimited},
): MethodServices['openReader'] => {
	const {native, delivery, settings, logger} = options;
	const fanOuts = new FanOuts(native, late);
	const offsetUs = native.nowUs() - performance.now() * 1000;
	const nowUs = () => performance.now() * 1000 + offsetUs;
	const tcpInfo = (fd: number) => native.tcpInfo(fd);
	const onClosed = ({path, bytesSent}: RtspSessionFacts) => count(sent, path, bytesSent);
	const services = {delivery, fanOuts, settings, nowUs, tcpInfo, logger, onClosed};
	return async (request, {connection}, user) =>
		fitTransport(request, settings())
			? ReadSession.open(request, connection, {...services, user})
			: undefined;
};

const publisherOpener =
	({native, delivery, settings}: RtspServerOptions): MethodServices['openPublisher'] =>
	async (request, {connection}, user) =>
		PublishSession.open(request, connection, {native, delivery, settings, user});

/** Of so many paths that names chosen by strangers cannot fill the memory. */
const count = (sent: Map<string, number>, path: string, bytes: number): void => {
	const before = sent.get(path) ?? 0;
	sent.delete(path);
	sent.set(path, before + bytes);
	const [oldest] = sent.keys();
	if (sent.size > maxPathsCounted && oldest !== undefined) sent.delete(oldest);
};

const maxPathsCounted = 10_000;
const keepAliveMs = 10_000;
const sweepMs = 1000;
const idleTimeoutMs = 60_000;
/** Cameras, files and other servers of this process have their half of what it may open. */
const usualMaxConnections = Math.min(20_000, Math.floor(maxOpenFiles() / 2));
