import type {Socket} from 'node:net';
import type {Carrier} from './carrier.ts';
import {cookieOf} from './http-head.ts';
import type {HttpHead} from './http-head.ts';
import {HttpTunnel} from './http-tunnel.ts';
import type {TunnelPeer} from './http-tunnel.ts';

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
	accept: (carrier: Carrier, opening: Opening) => void;
	/** Milliseconds for the GET of a POST that came first. */
	patienceMs: () => number;
};

/** Ties the connections of HTTP tunnels together. */
export class Tunnels {
	readonly #options: TunnelsOptions;
	readonly #open = new Map<string, HttpTunnel>();
	/** Connections of POSTs whose GET has not come yet. */
	readonly #early = new Map<string, Socket>();

	constructor(options: TunnelsOptions) {
		this.#options = options;
	}

	/** Whatever it is, it is answered. */
	take(opening: Opening): void {
		const {socket, head} = opening;
		socket.on('error', () => {});
		const cookie = cookieOf(head);
		if (cookie === undefined) refuse(socket, '404 Not Found');
		else if (head.method === 'GET') this.#openTunnel(cookie, opening);
		else this.#join(cookie, opening);
	}

	/** May be called twice. */
	close(): void {
		for (const socket of this.#early.values()) socket.destroy();
		for (const tunnel of this.#open.values()) tunnel.destroy();
	}

	/** A cookie that is in use belongs to somebody else. */
	#openTunnel(cookie: string, opening: Opening): void {
		const {socket, peer} = opening;
		if (this.#open.has(cookie)) return refuse(socket, '409 Conflict');
		socket.write(`HTTP/1.0 200 OK\r\n${headers}\r\n`);
		const tunnel = new HttpTunnel(socket, peer);
		this.#open.set(cookie, tunnel);
		tunnel.once('close', () => this.#open.delete(cookie));
		this.#options.accept(tunnel, opening);
		const early = this.#early.get(cookie);
		this.#early.delete(cookie);
		if (early) tunnel.receive(early);
	}

	/** A POST is answered when it ends, which it never does. */
	#join(cookie: string, {socket, rest}: Opening): void {
		if (rest.length > 0) socket.unshift(rest);
		const tunnel = this.#open.get(cookie);
		if (tunnel) tunnel.receive(socket);
		else this.#wait(cookie, socket);
	}

	/** QuickTime sends both at once, so that either may come first. */
	#wait(cookie: string, socket: Socket): void {
		if (this.#early.has(cookie) || this.#early.size >= maxEarly)
			return refuse(socket, '503 Service Unavailable');
		this.#early.set(cookie, socket);
		socket.pause();
		const giveUp = () => {
			if (this.#early.get(cookie) === socket) refuse(socket, '404 Not Found');
		};
		const timer = setTimeout(giveUp, this.#options.patienceMs());
		socket.once('close', () => {
			clearTimeout(timer);
			if (this.#early.get(cookie) === socket) this.#early.delete(cookie);
		});
	}
}

const maxEarly = 1000;

const headers = [
	'Server: Sluice',
	'Connection: close',
	'Cache-Control: no-store',
	'Pragma: no-cache',
	'Content-Type: application/x-rtsp-tunnelled',
]
	.map(line => `${line}\r\n`)
	.join('');

const refuse = (socket: Socket, status: string): void => {
	socket.end(`HTTP/1.0 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`, () =>
		socket.destroy(),
	);
};
