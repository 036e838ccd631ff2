import type {Socket} from 'node:net';
import {Duplex} from 'node:stream';
import type WebSocket from 'ws';
import type {TunnelPeer} from './http-tunnel.ts';

/** A WebSocket that stands for a socket: each write is a message, and messages are read one behind the other. */
export class WebSocketTunnel extends Duplex {
	readonly sending: Socket;
	readonly remoteAddress: string;
	readonly remotePort: number | undefined;
	readonly #webSocket: WebSocket;
	#held = 0;

	constructor(webSocket: WebSocket, sending: Socket, {address, port}: TunnelPeer) {
		super();
		this.sending = sending;
		this.remoteAddress = address;
		this.remotePort = port;
		this.#webSocket = webSocket;
		// The WebSocket's own listener stands between these two.
		sending.prependListener('data', (bytes: Buffer) => (this.#held += bytes.length));
		sending.on('data', () => this.emit('held'));
		webSocket.on('message', (data: Buffer) => {
			this.#held = 0;
			if (data.length > 0 && !this.push(data)) webSocket.pause();
		});
		webSocket.on('error', error => this.destroy(error));
		webSocket.on('close', () => this.destroy());
	}

	/** Of a message that is not whole yet; `held` tells that they became more. */
	get heldBytes(): number {
		return this.destroyed ? 0 : this.#held;
	}

	get bytesRead(): number {
		return this.sending.bytesRead;
	}

	get bytesWritten(): number {
		return this.sending.bytesWritten;
	}

	override _read(): void {
		if (this.#webSocket.isPaused) this.#webSocket.resume();
	}

	/** The message has the chunk itself in it, behind its head: nothing is masked or packed, so nothing is copied. */
	override _write(chunk: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
		this.#webSocket.send(chunk, {binary: true}, done);
	}

	override _writev(chunks: {chunk: Buffer}[], done: (error?: Error | null) => void): void {
		const {sending} = this;
		sending.cork();
		for (const [index, {chunk}] of chunks.entries()) {
			const isLast = index === chunks.length - 1;
			this.#webSocket.send(chunk, {binary: true}, isLast ? done : undefined);
		}
		sending.uncork();
	}

	override _final(done: () => void): void {
		this.#webSocket.close();
		done();
	}

	override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
		this.#webSocket.terminate();
		done(error);
	}
}
