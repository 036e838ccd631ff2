import type {Socket} from 'node:net';
import type {Logger} from 'pino';
import type {Scheme} from '../../auth/gatekeeper.ts';
import {peerAddress} from '../../http/peer.ts';
import type {Delivery} from '../../media/delivery.ts';
import type {RtspConnectionFacts, RtspSessionFacts} from '../../media/session-facts.ts';
import {LifeLog} from '../../observe/life-log.ts';
import {RateLimited} from '../../observe/rate-limited.ts';
import {filesFor} from '../../util/open-files.ts';
import {countSent} from '../../readers/count-sent.ts';
import {bytesWrittenTo} from '../../readers/socket-sink.ts';
import type {Carrier} from '../../readers/carrier.ts';
import {fitOffer} from './carriage.ts';
import {parseHttpHead} from './http-head.ts';
import type {HttpHead} from './http-head.ts';
import type {TunnelPeer} from './http-tunnel.ts';
import {namingSockets} from '../../http/listeners.ts';
import {TcpListener} from '../../http/tcp-listener.ts';
import type {TcpAddress} from '../../http/tcp-listener.ts';
import {headersOf} from './message.ts';
import {respond} from './methods.ts';
import type {Client, MethodServices} from './methods.ts';
import {MulticastGroups} from './multicast-groups.ts';
import {MulticastSockets} from './multicast-sockets.ts';
import {Orphans} from './orphans.ts';
import {PairRoom} from './pair-room.ts';
import {PublishSession} from './publish.ts';
import type {PublishServices} from './publish.ts';
import {ReadSession} from './read.ts';
import type {ReadServices} from './read.ts';
import {ServerConnection} from './server-connection.ts';
import type {ServerConnectionOptions} from './server-connection.ts';
import type {ServerRequest} from './server-session.ts';
import {Tunnels} from './tunnels.ts';
import {UnreadBytes} from './unread-bytes.ts';
import type {Pair} from './transport.ts';
import type {Binder} from './udp-pair.ts';
import {UdpPorts} from './udp-ports.ts';
import {Ways} from './ways.ts';
import type {WaysOptions} from './ways.ts';

/** Of an IPv4 network; `interface` by name or address, empty = the system chooses. */
export type MulticastSettings = {range: string; ports: Pair; ttl: number; interface: string};

type UdpAddress = {readonly host: string; readonly port: number};

export type RtspSettings = ReturnType<WaysOptions['settings']> &
	ReturnType<ReadServices['settings']> &
	ReturnType<PublishServices['settings']> & {
		/** Milliseconds for a request that has begun, and for the first one. */
		readonly readTimeout: number;
		readonly rtspAuthMethods: readonly Scheme[];
		/** Readers over TLS are offered SRTP. */
		readonly rtspSrtp: boolean;
		/** What they say of the address of who begins a tunnel is believed. */
		readonly trustedProxies: readonly string[];
		/** Pages of other origins that may take media, by WebSocket here. */
		readonly hlsAllowOrigins: readonly string[];
	};

export type RtspServerOptions = {
	addresses: readonly TcpAddress[];
	/** Two ports that follow each other, the first one even, or two times 0 = any; undefined: no UDP. */
	udp: {rtp: UdpAddress; rtcp: UdpAddress} | undefined;
	/** Undefined: nothing is sent to multicast groups. */
	multicast: MulticastSettings | undefined;
	native: Binder & WaysOptions['native'] & PublishServices['native'];
	delivery: Pick<Delivery, 'join' | 'publish'>;
	/** Asked anew each time, so that a reload takes effect at once. */
	settings: () => RtspSettings;
	redirect: MethodServices['redirect'];
	gatekeeper: MethodServices['gatekeeper'];
	logger: Logger;
	/** Beyond it connections are hung up on. */
	maxConnections?: number;
	/** Of requests that are not whole, of all clients together. */
	maxUnreadBytes?: number;
	/** Of UDP ports, of all publishers together. */
	maxPublisherPairs?: number;
	/** Milliseconds without a sign of life after which a session is over; clients are told. */
	sessionTimeoutMs?: number;
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
	readonly #listeners: TcpListener[];
	readonly #tunnels: Tunnels;
	readonly #clients = new Map<string, Client>();
	readonly #services: MethodServices;
	readonly #life: LifeLog;
	readonly #turnedAway: RateLimited;
	readonly #late: RateLimited;
	readonly #bad: RateLimited;
	readonly #refusedPublishers: RateLimited;
	readonly #orphans = new Orphans();
	readonly #unread: UnreadBytes;
	readonly #sent = new Map<string, number>();
	#ways: Ways | undefined;
	#udp: UdpPorts | undefined;
	#multicast: MulticastSockets | undefined;
	#groups: MulticastGroups | undefined;
	#lastConnection = 0;
	#sweep: NodeJS.Timeout | undefined;

	/** Use `createRtspServer`. */
	constructor(options: RtspServerOptions) {
		this.#options = options;
		this.#unread = new UnreadBytes(options.maxUnreadBytes);
		const {delivery, redirect, gatekeeper, settings, logger} = options;
		const schemes = () => settings().rtspAuthMethods;
		this.#life = new LifeLog(logger);
		this.#turnedAway = new RateLimited({logger, periodMs: 60_000});
		this.#late = new RateLimited({logger, periodMs: 10_000});
		this.#bad = new RateLimited({logger, periodMs: 60_000});
		const opening: Pick<MethodServices, 'openReader' | 'openPublisher' | 'takeBack'> = {
			openReader: async (request, client, user) => this.#openReader(request, client, user),
			openPublisher: publisherOpener(options),
			takeBack: (connection, secret) => this.#orphans.giveTo(connection, secret),
		};
		const refusedPublishers = (this.#refusedPublishers = new RateLimited({logger}));
		const asking = {redirect, gatekeeper, schemes, offersSrtp: () => settings().rtspSrtp};
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
		const {native, settings} = this.#options;
		this.#udp = await this.#openUdp();
		this.#groups = await this.#openGroups();
		const udp = {ports: this.#udp, groups: this.#groups};
		this.#ways = new Ways({native, settings, ...udp, late: this.#late});
		for (const listener of this.#listeners) await listener.open();
		this.#sweep = setInterval(() => this.#check(), sweepMs).unref();
	}

	connections(): RtspConnectionFacts[] {
		return [...this.#clients.values()].map(({connection, session}) => ({
			id: connection.id,
			created: connection.openedAt.toISOString(),
			remoteAddr: connection.peer,
			bytesReceived: connection.socket.bytesRead,
			bytesSent: bytesWrittenTo(connection.socket),
			session: session?.id ?? null,
			isTls: connection.isTls,
			tunnel: connection.tunnel,
		}));
	}

	sessions(): RtspSessionFacts[] {
		const sessions = [...this.#clients.values()].flatMap(({session}) => session ?? []);
		return [...sessions, ...this.#orphans].map(session => session.facts());
	}

	/** False: there is no such session. */
	kick(id: string): boolean {
		const client = [...this.#clients.values()].find(({session}) => session?.id === id);
		if (client) hangUp(client, 'it was kicked');
		return client !== undefined || this.#orphans.kick(id);
	}

	/** False: there is no such connection. */
	kickConnection(id: string): boolean {
		const client = this.#clients.get(id);
		if (client) hangUp(client, 'it was kicked');
		return client !== undefined;
	}

	/** Bytes of media sent, by path. */
	bytesSent(): ReadonlyMap<string, number> {
		const sent = new Map(this.#sent);
		for (const {path, bytesSent} of this.sessions())
			sent.set(path, (sent.get(path) ?? 0) + bytesSent);
		for (const [path, bytes] of this.#groups?.sent() ?? [])
			sent.set(path, (sent.get(path) ?? 0) + bytes);
		return sent;
	}

	/** Hangs up on everybody. May be called twice. */
	async close(): Promise<void> {
		clearInterval(this.#sweep);
		this.#turnedAway.close();
		this.#late.close();
		this.#bad.close();
		this.#refusedPublishers.close();
		for (const client of this.#clients.values()) hangUp(client, 'the server ends');
		this.#orphans.close();
		this.#tunnels.close();
		this.#udp?.close();
		this.#udp = undefined;
		this.#multicast?.close();
		this.#multicast = undefined;
		this.#life.close();
		await Promise.all(this.#listeners.map(async listener => listener.close()));
	}

	#listenerOf(address: TcpAddress): TcpListener {
		const {native, settings, maxConnections = usualMaxConnections, logger} = this.#options;
		const isTls = address.certificate !== undefined;
		const accept = (socket: Socket) => this.accept(socket, {isTls});
		const handshakeTimeoutMs = settings().readTimeout;
		const turnedAway = () => this.#turnAway();
		const limits = {handshakeTimeoutMs, maxConnections, turnedAway};
		return new TcpListener({protocol: 'RTSP', address, native, accept, ...limits, logger});
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
		if (this.#clients.size + this.#tunnels.posts >= maxConnections) this.#makeRoom();
		if (this.#clients.size + this.#tunnels.posts >= maxConnections) {
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
			unread: this.#unread,
			handle: request => respond(request, client, this.#services),
		});
		const client: Client = {connection, session: undefined, described: undefined};
		this.#clients.set(id, client);
		connection.on('interleaved', (channel, data) => client.session?.interleaved?.(channel, data));
		connection.once('closed', (reason, isBad) => {
			this.#clients.delete(id);
			const {session} = client;
			client.session = undefined;
			if (session?.outlivesConnection) this.#orphans.take(session);
			else session?.close(reason);
			logger.debug({peer: connection.peer}, `RTSP connection closed: ${reason}`);
			if (isBad) this.#bad.note(`RTSP client ${connection.peer} hung up on: ${reason}`);
		});
		return connection;
	}

	/** Of those without a session the one that has been silent longest goes, so that nobody locks others out. */
	#makeRoom(): void {
		let idlest: Client | undefined;
		for (const client of this.#clients.values())
			if (!client.session && client.connection.idleMs > (idlest?.connection.idleMs ?? -1))
				idlest = client;
		if (!idlest) return;
		this.#clients.delete(idlest.connection.id);
		hangUp(idlest, 'it said nothing, and others had no room');
	}

	/** Whom a tunnel comes from, behind a proxy as well. */
	#peerOf(socket: Socket, head: HttpHead): TunnelPeer {
		const {remoteAddress, remotePort: port} = socket;
		const headers = {'x-forwarded-for': headersOf(head, 'X-Forwarded-For').join(', ')};
		const {trustedProxies} = this.#options.settings();
		return {address: peerAddress({headers, socket: {remoteAddress}}, trustedProxies), port};
	}

	async #openUdp(): Promise<UdpPorts | undefined> {
		const {udp, native, logger} = this.#options;
		if (!udp) return undefined;
		const listeners = [
			{name: 'rtpAddress', ...udp.rtp},
			{name: 'rtcpAddress', ...udp.rtcp},
		];
		// A port of any that is taken is no reason to fail.
		const binder = udp.rtp.port === 0 ? native : namingSockets(native, listeners);
		const ports = await UdpPorts.open(binder, udp);
		logger.info({listener: 'rtpAddress', host: udp.rtp.host, port: ports.pair[0]}, 'listening');
		return ports;
	}

	async #openGroups(): Promise<MulticastGroups | undefined> {
		const {multicast, native} = this.#options;
		if (!multicast) return undefined;
		const sockets = await MulticastSockets.open(native, multicast);
		this.#multicast = sockets;
		const onEnded = (path: string, bytes: number) => countSent(this.#sent, path, bytes);
		return new MulticastGroups({
			...{native, sockets, ...multicast, onEnded},
			refused: this.#late,
		});
	}

	/** Undefined: by no way that the client offers. */
	async #openReader(
		request: ServerRequest,
		{connection}: Client,
		user: string,
	): Promise<ReadSession | undefined> {
		const ways = this.#ways;
		if (!ways || !mayFit(request, connection, ways)) return undefined;
		const {native, delivery, settings} = this.#options;
		const {sessionTimeoutMs: timeoutMs = idleTimeoutMs} = this.#options;
		return ReadSession.open(request, connection, {
			...{user, delivery, settings, timeoutMs, logger: this.#life, ways},
			nowUs: () => native.nowUs(),
			tcpInfo: fd => native.tcpInfo(fd),
			onClosed: ({path, bytesSent}) => countSent(this.#sent, path, bytesSent),
		});
	}

	#check(): void {
		const {readTimeout} = this.#options.settings();
		for (const client of this.#clients.values()) {
			client.session?.check();
			checkTime(client, readTimeout);
		}
		this.#orphans.check();
	}
}

/** In plain, or by the keys that it was offered. */
const mayFit = (request: ServerRequest, connection: ServerConnection, ways: Ways): boolean =>
	fitOffer(request, ways.givenTo(connection)) !== undefined ||
	(connection.offeredKeys.has(request.target.path) &&
		fitOffer(request, ways.givenTo(connection, encrypted), encrypted) !== undefined);

const encrypted = {isEncrypted: true};

/** Its session is over with it. */
const hangUp = ({connection, session}: Client, reason: string): void => {
	session?.close(reason);
	connection.close(reason);
};

/** Hangs up on who takes too long. */
const checkTime = (client: Client, readTimeout: number): void => {
	const {connection, session} = client;
	const {halfMs, requests} = connection;
	if (halfMs > readTimeout) return connection.refuse({status: 408}, 'its request did not end');
	const idleMs = Math.min(connection.idleMs, session?.silentMs ?? Infinity);
	const patienceMs = requests === 0 ? readTimeout : (session?.timeoutMs ?? idleTimeoutMs);
	if (idleMs > patienceMs) hangUp(client, `it asked for nothing in ${patienceMs / 1000} s`);
};

const publisherOpener = ({
	native,
	delivery,
	settings,
	udp,
	sessionTimeoutMs: timeoutMs = idleTimeoutMs,
	maxPublisherPairs,
}: RtspServerOptions): MethodServices['openPublisher'] => {
	const room = udp && new PairRoom(maxPublisherPairs);
	const services = {native, delivery, settings, timeoutMs, room};
	return async (request, {connection}, user) =>
		PublishSession.open(request, connection, {...services, user});
};

const keepAliveMs = 10_000;
const sweepMs = 1000;
const idleTimeoutMs = 60_000;
const usualMaxConnections = Math.min(20_000, filesFor('rtspClients'));
