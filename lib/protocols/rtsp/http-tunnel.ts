import type {Socket} from 'node:net';
import {Duplex} from 'node:stream';
import {Base64Stream} from './base64-stream.ts';

/** Who is on the other side of a tunnel. */
export type TunnelPeer = {address: string; port: number | undefined};

/**
 * Two HTTP connections that stand for one socket: what is written leaves raw as the answer to the GET, what the bodies of
 * POSTs say in base64 is read. It lives as long as the GET.
 */
export class HttpTunnel extends Duplex {
	/** The connection of the GET. */
	readonly sending: Socket;
	readonly remoteAddress: string;
	readonly remotePort: number | undefined;
	/** The connection of the POST that speaks now. */
	#receiving: Socket | undefined;
	#pastBytes = 0;

	/** `sending` has had its answer's head. */
	constructor(sending: Socket, {address, port}: TunnelPeer) {
		super();
		this.sending = sending;
		this.remoteAddress = address;
		this.remotePort = port;
		sending.on('error', error => this.destroy(error));
		sending.on('close', () => this.destroy());
		// A GET has no body; who sends one is not listened to.
		sending.resume();
	}

	get bytesRead(): number {
		return this.#pastBytes + (this.#receiving?.bytesRead ?? 0);
	}

	get bytesWritten(): number {
		return this.sending.bytesWritten;
	}

	/** Reads from this connection from now on, where another one was before: clients begin a new POST now and then. */
	receive(socket: Socket): void {
		const last = this.#receiving;
		this.#pastBytes += last?.bytesRead ?? 0;
		this.#receiving = socket;
		last?.destroy();
		const base64 = new Base64Stream();
		socket.on('error', () => {});
		socket.on('data', (bytes: Buffer) => this.#take(base64, bytes));
		socket.on('close', () => this.#forget(socket));
		if (this.destroyed) socket.destroy();
		else socket.resume();
	}

	override _read(): void {
		this.#receiving?.resume();
	}

	override _write(chunk: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
		this.sending.write(chunk, done);
	}

	override _writev(chunks: {chunk: Buffer}[], done: (error?: Error | null) => void): void {
		const {sending} = this;
		sending.cork();
		for (const [index, {chunk}] of chunks.entries())
			sending.write(chunk, index === chunks.length - 1 ? done : undefined);
		sending.uncork();
	}

	override _final(done: () => void): void {
		this.sending.end();
		done();
	}

	override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
		this.sending.destroy();
		this.#receiving?.destroy();
		done(error);
	}

	#take(base64: Base64Stream, bytes: Buffer): void {
		const decoded = base64.take(bytes);
		if (!decoded) this.destroy(new Error('it sent no base64'));
		else if (decoded.length > 0 && !this.push(decoded)) this.#receiving?.pause();
	}

	#forget(socket: Socket): void {
		if (this.#receiving !== socket) return;
		this.#pastBytes += socket.bytesRead;
		this.#receiving = undefined;
	}
}
