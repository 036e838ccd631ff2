// WebSockets of pages and players (RFC 6455).
import type {IncomingMessage} from 'node:http';
import type {Socket} from 'node:net';
import {WebSocketServer} from 'ws';
import type WebSocket from 'ws';
import {isAllowedOrigin} from './cors.ts';

export type WebSocketsOptions = {
	/** Of a message of the peer's; longer ones end it. */
	maxMessageBytes: number;
	/** Whose pages may open one, beside those of this server. */
	origins: () => readonly string[];
};

/** A request that asks for a WebSocket; `head` is what came behind it. */
export type Upgrade = {request: IncomingMessage; socket: Socket; head: Buffer};

/** Makes WebSockets of requests. Nothing is packed, so that whole messages may be written to their sockets as well. */
export class WebSockets {
	readonly #origins: () => readonly string[];
	readonly #server: WebSocketServer;

	constructor({maxMessageBytes, origins}: WebSocketsOptions) {
		this.#origins = origins;
		const usual = {noServer: true, clientTracking: false, perMessageDeflate: false};
		this.#server = new WebSocketServer({...usual, maxPayload: maxMessageBytes});
	}

	/** Whoever may not have one is answered with 403. */
	accept({request, socket, head}: Upgrade, take: (webSocket: WebSocket) => void): void {
		if (isWelcome(request, this.#origins()))
			return this.#server.handleUpgrade(request, socket, head, take);
		socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n');
	}
}

/** Browsers say for which page they ask; others say nothing. */
const isWelcome = ({headers}: IncomingMessage, origins: readonly string[]): boolean => {
	const {origin, host} = headers;
	if (origin === undefined || URL.parse(origin)?.host === host) return true;
	return isAllowedOrigin(origin, origins);
};
