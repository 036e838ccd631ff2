import type {Socket} from 'node:net';
import type {IncomingMessage} from 'node:http';
import {WebSocketServer} from 'ws';
import {isAllowedOrigin} from '../../http/cors.ts';
import type {Carrier} from '../../readers/carrier.ts';
import {placeOf} from '../../util/network.ts';
import {asksForWebSocket, cookieOf, webSocketProtocol} from './http-head.ts';
import type {HttpHead} from './http-head.ts';
import {HttpTunnel} from './http-tunnel.ts';
import type {TunnelPeer} from './http-tunnel.ts';
import {headerOf} from './message.ts';
import {WebSocketTunnel} from './web-socket-tunnel.ts';

/** A connection that turned out to speak HTTP, and what it said. */
export type Opening = {
	socket: Socket;
	head: HttpHead;
	/** What came behind the head. */
	rest: Buffer;
	isTls: boolean;
	peer: TunnelPeer;
};

export type TunnelsOptions = {
	/** Takes a tunnel, which is a client like one with a socket of its own. */
	accept: (carrier: Carrier, kind: 'http' | 'websocket', opening: Opening) => void;
	/** Milliseconds for the GET of a POST that came first. */
	patienceMs: () => number;
	/** Pages that may open a WebSocket beside those of this server. */
	origins: () => readonly string[];
};

/** Ties the connections of HTTP tunnels together. */
export class Tunnels {
	readonly #options: TunnelsOptions;
	readonly #webSockets = new WebSocketServer({
		noServer: true,
		clientTracking: false,
		perMessageDeflate: false,
		maxPayload: maxMessageBytes,
		handleProtocols: () => webSocketProtocol,
	});
	/** By cookie and place of the client, as all that follow. */
	readonly #open = new Map<string, HttpTunnel>();
	/** Connections of POSTs whose GET has not come yet. */
	readonly #early = new Map<string, Socket>();

	constructor(options: TunnelsOptions) {
		this.#options = options;
	}

	/** Connections that carry what others say: one to each tunnel, and those that wait for theirs. */
	get posts(): number {
		return this.#open.size + this.#early.size;
	}

	/** Whatever it is, it is answered. */
	take(opening: Opening): void {
		const {socket, head} = opening;
		socket.on('error', () => {});
		if (asksForWebSocket(head)) return this.#upgrade(opening);
		const cookie = cookieOf(head);
		if (cookie === undefined) refuse(socket, '404 Not Found');
		else if (head.method === 'GET') this.#openTunnel(keyOf(cookie, opening), opening);
		else this.#join(keyOf(cookie, opening), opening);
	}

	/** May be called twice. */
	close(): void {
		for (const socket of this.#early.values()) socket.destroy();
		for (const tunnel of this.#open.values()) tunnel.destroy();
	}

	/** Browsers say for which page they ask; others say nothing. */
	#upgrade(opening: Opening): void {
		const {socket, head, rest, peer} = opening;
		const [origin, host] = [headerOf(head, 'Origin'), headerOf(head, 'Host')];
		const isOwn = origin !== undefined && URL.parse(origin)?.host === host;
		if (origin !== undefined && !isOwn && !isAllowedOrigin(origin, this.#options.origins()))
			return refuse(socket, '403 Forbidden');
		this.#webSockets.handleUpgrade(asRequest(head), socket, rest, webSocket => {
			const tunnel = new WebSocketTunnel(webSocket, socket, peer);
			this.#options.accept(tunnel, 'websocket', opening);
			socket.resume();
		});
	}

	/** A cookie that is in use belongs to somebody else. */
	#openTunnel(key: string, opening: Opening): void {
		const {socket, peer} = opening;
		if (this.#open.has(key)) return refuse(socket, '409 Conflict');
		socket.write(accepted);
		const tunnel = new HttpTunnel(socket, peer);
		this.#open.set(key, tunnel);
		tunnel.once('close', () => this.#open.delete(key));
		this.#options.accept(tunnel, 'http', opening);
		const early = this.#early.get(key);
		this.#early.delete(key);
		if (early) give(tunnel, early);
	}

	#join(key: string, {socket, rest}: Opening): void {
		if (rest.length > 0) socket.unshift(rest);
		const tunnel = this.#open.get(key);
		if (tunnel) give(tunnel, socket);
		else this.#wait(key, socket);
	}

	/** QuickTime sends both at once, so that either may come first. */
	#wait(key: string, socket: Socket): void {
		if (this.#early.has(key) || this.#early.size >= maxEarly)
			return refuse(socket, '503 Service Unavailable');
		this.#early.set(key, socket);
		socket.pause();
		const giveUp = () => {
			if (this.#early.get(key) === socket) refuse(socket, '404 Not Found');
		};
		const timer = setTimeout(giveUp, this.#options.patienceMs());
		socket.once('close', () => {
			clearTimeout(timer);
			if (this.#early.get(key) === socket) this.#early.delete(key);
		});
	}
}

/** Whoever knows or guesses a cookie is none the wiser elsewhere. */
const keyOf = (cookie: string, {peer}: Opening): string => `${placeOf(peer.address)} ${cookie}`;

const maxEarly = 1000;
/** Longer than any request, and than any packet; so many may wait for the end of a message. */
const maxMessageBytes = 256 * 1024;

/** As much of a request as an upgrade looks at. */
const asRequest = ({method, target, headers: all}: HttpHead): IncomingMessage => {
	const headers = Object.fromEntries(all.map(([name, value]) => [name.toLowerCase(), value]));
	return {method, url: target, headers} as unknown as IncomingMessage;
};

/** QuickTime, ffmpeg and GStreamer look for no answer to a POST; gortsplib waits for one. */
const give = (tunnel: HttpTunnel, post: Socket): void => {
	post.write(accepted);
	tunnel.receive(post);
};

const headers = [
	'Server: Sluice',
	'Connection: close',
	'Cache-Control: no-store',
	'Pragma: no-cache',
	'Content-Type: application/x-rtsp-tunnelled',
]
	.map(line => `${line}\r\n`)
	.join('');

const accepted = `HTTP/1.0 200 OK\r\n${headers}\r\n`;

const refuse = (socket: Socket, status: string): void => {
	socket.end(`HTTP/1.0 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`, () =>
		socket.destroy(),
	);
};
