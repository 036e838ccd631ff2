// RTSP within WebSocket (ONVIF Streaming Specification section 5.1.1.5), the camera's client.
import {EventEmitter} from 'node:events';
import type {Socket} from 'node:net';
import WebSocket from 'ws';
import {webSocketProtocol} from './http-head.ts';
import type {Line, LineEvents} from './line.ts';
import {notConnected, openSocket} from './socket.ts';
import type {SocketOptions, TakeBytes} from './socket.ts';
import {formatHost, portOf} from './url.ts';

type WebSocketLineOptions = SocketOptions & {take: TakeBytes; webSocketPath: string};

/** A WebSocket whose messages, one behind the other, are what the camera says. */
export const openWebSocketLine = async (options: WebSocketLineOptions): Promise<Line> => {
	const {url, webSocketPath, timeoutMs, signal, take} = options;
	const {take: _, ...plain} = options;
	const socket = await openSocket(plain);
	// TLS, where it is, has been begun.
	const address = `ws://${formatHost(url.host)}:${portOf(url)}${webSocketPath}`;
	const webSocket = new WebSocket(address, [webSocketProtocol], {
		createConnection: () => socket,
		perMessageDeflate: false,
		maxPayload: maxMessageBytes,
		headers: {'User-Agent': 'Sluice'},
	});
	const line = new WebSocketLine(webSocket, socket, take);
	const hangUp = (why: string) => () => socket.destroy(new Error(why));
	const timer = setTimeout(hangUp('no answer to the WebSocket in time'), timeoutMs);
	const abort = hangUp('closed');
	signal.addEventListener('abort', abort, {once: true});
	try {
		await opened(webSocket);
	} catch (cause) {
		socket.destroy();
		throw notConnected(url, cause);
	} finally {
		clearTimeout(timer);
		signal.removeEventListener('abort', abort);
	}
	return line;
};

const opened = async (webSocket: WebSocket): Promise<void> =>
	await new Promise((resolve, reject) => {
		webSocket.once('open', () => resolve());
		webSocket.once('error', reject);
		webSocket.once('close', () => reject(new Error('connection closed')));
	});

class WebSocketLine extends EventEmitter<LineEvents> implements Line {
	readonly #webSocket: WebSocket;
	readonly #socket: Socket;

	constructor(webSocket: WebSocket, socket: Socket, take: TakeBytes) {
		super();
		[this.#webSocket, this.#socket] = [webSocket, socket];
		webSocket.binaryType = 'nodebuffer';
		webSocket.on('message', (data: Buffer) => {
			if (!take(data, data.length)) webSocket.pause();
		});
		webSocket.on('error', error => {
			if (this.listenerCount('error') > 0) this.emit('error', error);
		});
		webSocket.on('close', () => this.emit('close'));
	}

	get remoteAddress(): string | undefined {
		return this.#socket.remoteAddress;
	}

	get writable(): boolean {
		return this.#webSocket.readyState === WebSocket.OPEN;
	}

	get writableLength(): number {
		return this.#webSocket.bufferedAmount;
	}

	get destroyed(): boolean {
		return this.#webSocket.readyState === WebSocket.CLOSED;
	}

	write(data: string | Uint8Array): void {
		this.#webSocket.send(Buffer.from(data), {binary: true});
	}

	pause(): void {
		this.#webSocket.pause();
	}

	resume(): void {
		this.#webSocket.resume();
	}

	destroy(error?: Error): void {
		if (error) this.emit('error', error);
		this.#webSocket.terminate();
	}
}

/** Cameras send a packet, a picture or a part of one as a message. */
const maxMessageBytes = 16 * 1024 * 1024;
