import {EventEmitter} from 'node:events';
import type {Socket} from 'node:net';
import type {RtmpIngest, RtmpMessage} from '../../native/rtmp.ts';
import {stopReading} from '../../readers/socket-info.ts';
import {plainAddress} from '../../util/network.ts';
import {parseAmf0} from './amf0.ts';
import type {Amf, AmfObject} from './amf0.ts';
import {
	acknowledgement,
	command,
	data,
	firstChunkBytes,
	formatMessage,
	leastNativeWindow,
	messageKind,
	peerBandwidth,
	pingResponse,
	setChunkSize,
	streamBegin,
	streamEnd,
	userControl,
	windowSize,
} from './messages.ts';
import type {OutgoingMessage} from './messages.ts';
import {metadataIn} from './metadata.ts';
import {ServerHandshake} from './server-handshake.ts';
import {isMap, reconnectRequest} from './status-info.ts';

export type ServerConnectionEvents = {
	/** What the client asks for, in its order. */
	command: [asked: RtmpCommand];
	/** What is known of the media. */
	metadata: [metadata: AmfObject];
	/** The last event; the reason in words. `isBad`: what it sent was no RTMP. */
	closed: [reason: string, isBad: boolean];
};

export type RtmpCommand = {
	name: string;
	/** 0 = no answer is wanted. */
	transaction: number;
	/** Message stream. */
	stream: number;
	/** Behind the command object. */
	values: readonly Amf[];
	/** The command object. */
	object: AmfObject | undefined;
};

export type ServerConnectionOptions = {
	id: string;
	socket: Socket;
	isTls: boolean;
	ingest: RtmpIngest;
};

/** One client's connection: its handshake, and the messages behind it that are not media. */
export class ServerConnection extends EventEmitter<ServerConnectionEvents> {
	readonly id: string;
	/** Address and port. */
	readonly peer: string;
	/** Address alone. */
	readonly address: string;
	readonly openedAt = new Date();
	readonly socket: Socket;
	readonly isTls: boolean;
	readonly ingest: RtmpIngest;
	#handshake: ServerHandshake | undefined = new ServerHandshake();
	#chunkBytes = firstChunkBytes;
	#window = Infinity;
	#acknowledged = 0;
	/** Its bytes are read where its media lives. */
	#isNative = false;
	#nativeBytes = 0;
	#reason: string | undefined;
	#isBad = false;
	#isClosed = false;
	#lastCommandMs = performance.now();
	#maxUnsentBytes = usualMaxUnsentBytes;

	constructor({id, socket, isTls, ingest}: ServerConnectionOptions) {
		super();
		this.id = id;
		this.socket = socket;
		this.isTls = isTls;
		this.ingest = ingest;
		this.address = plainAddress(socket.remoteAddress ?? '');
		this.peer = `${this.address.includes(':') ? `[${this.address}]` : this.address}:${socket.remotePort ?? 0}`;
		socket.on('data', (bytes: Buffer) => this.#read(bytes));
		socket.on('error', ({message}) => this.#because(message));
		socket.on('close', () => this.#finish());
		ingest.on('message', message => this.#take(message));
		ingest.on('drained', () => {
			if (!this.#isNative) socket.resume();
		});
		ingest.on('progress', bytes => this.#count(bytes));
		ingest.on('ended', reason => {
			this.#because(reason === '' ? 'the client hung up' : reason);
			socket.destroy();
		});
		ingest.on('broken', reason => this.#refuse(`it sent ${reason}`));
	}

	/** Milliseconds since it last asked for something, or since it was there. */
	get idleMs(): number {
		return performance.now() - this.#lastCommandMs;
	}

	get bytesReceived(): number {
		return this.socket.bytesRead + this.#nativeBytes;
	}

	/** Its media has a place: the thread there reads it from now on, where Node need not decrypt it. */
	readNatively(): void {
		// Who wants to hear more often how much has come hears it from Node.
		if (this.#window < leastNativeWindow) return;
		const fd = stopReading(this.socket);
		if (fd === undefined) return;
		this.#isNative = true;
		this.ingest.read(fd);
	}

	/** Sizes that hold for both directions, before the answer to `connect`. */
	begin(): void {
		this.#send(windowSize(windowBytes));
		this.#send(peerBandwidth(windowBytes));
		this.#send(setChunkSize(ownChunkBytes));
		this.#chunkBytes = ownChunkBytes;
	}

	result({transaction}: RtmpCommand, ...values: Amf[]): void {
		if (transaction > 0) this.#send(command(0, '_result', transaction, ...values));
	}

	error({transaction}: RtmpCommand, code: string, description: string): void {
		const info = {level: 'error', code, description};
		this.#send(command(0, '_error', transaction, null, info));
	}

	status(stream: number, level: 'status' | 'error', code: string, description: string): void {
		this.#send(command(stream, 'onStatus', 0, null, {level, code, description}));
	}

	/** To `tcUrl`, or to the same place (Enhanced RTMP version 2, reconnect request). */
	askToReconnect(tcUrl: string): void {
		const description = 'This server asks to connect anew';
		const info = {level: 'status', code: reconnectRequest, description};
		this.#send(command(0, 'onStatus', 0, null, tcUrl === '' ? info : {...info, tcUrl}));
	}

	streamBegin(stream: number): void {
		this.#send(streamBegin(stream));
	}

	streamEnd(stream: number): void {
		this.#send(streamEnd(stream));
	}

	data(stream: number, ...payload: Buffer[]): void {
		this.#send(data(stream, ...payload));
	}

	/** Media waits beside the answers, so much of it. */
	allowUnsent(bytes: number): void {
		this.#maxUnsentBytes = bytes + usualMaxUnsentBytes;
	}

	/** When what was written last has left, or the client takes too long. */
	end(reason: string): void {
		this.#because(reason);
		this.socket.end();
		setTimeout(() => this.socket.destroy(), farewellMs).unref();
	}

	/** May be called twice. */
	close(reason: string): void {
		this.#because(reason);
		this.socket.destroy();
	}

	#because(reason: string): void {
		this.#reason ??= reason;
	}

	#refuse(reason: string): void {
		this.#isBad = true;
		this.close(reason);
	}

	#read(bytes: Buffer): void {
		if (this.#isClosed) return;
		if (!this.#handshake) return this.#feed(bytes);
		const {reply, rest, refusal} = this.#handshake.take(bytes);
		if (refusal !== undefined) return this.#refuse(`it sent ${refusal}`);
		if (reply) this.socket.write(reply);
		if (!rest) return;
		this.#handshake = undefined;
		if (rest.length > 0) this.#feed(rest);
	}

	#feed(bytes: Uint8Array): void {
		if (!this.ingest.feed(bytes, bytes.length)) this.socket.pause();
		this.#acknowledge();
	}

	#count(nativeBytes: number): void {
		this.#nativeBytes = nativeBytes;
		this.#acknowledge();
	}

	#acknowledge(): void {
		const {bytesReceived} = this;
		if (bytesReceived - this.#acknowledged < this.#window) return;
		this.#acknowledged = bytesReceived;
		this.#send(acknowledgement(bytesReceived));
	}

	#take({kind, stream, bytes}: RtmpMessage): void {
		if (this.#isClosed) return;
		const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
		if (kind === messageKind.windowSize && view.length >= 4)
			this.#window = view.readUInt32BE() || Infinity;
		if (kind === messageKind.userControl && view.length >= 6) this.#answerPing(view);
		if (kind === messageKind.command) this.#hear(stream, view);
		// Behind a byte that says which AMF it is, and so far all write the old one.
		if (kind === messageKind.commandAmf3) this.#hear(stream, view.subarray(1));
		if (kind === messageKind.data) this.#learn(view);
		if (kind === messageKind.dataAmf3) this.#learn(view.subarray(1));
	}

	#answerPing(view: Buffer): void {
		if (view.readUInt16BE() === userControl.pingRequest)
			this.#send(pingResponse(view.subarray(2, 6)));
	}

	#hear(stream: number, bytes: Buffer): void {
		const parsed = parseAmf0(bytes);
		if (!parsed.ok) return this.#refuse(`it sent a command that is no AMF0: ${parsed.reason}`);
		const [name, transaction, object, ...values] = parsed.value;
		if (typeof name !== 'string') return this.#refuse('it sent a command without a name');
		this.#lastCommandMs = performance.now();
		const number = typeof transaction === 'number' ? transaction : 0;
		const given = isMap(object) ? object : undefined;
		this.emit('command', {name, transaction: number, stream, values, object: given});
	}

	#learn(bytes: Buffer): void {
		const metadata = metadataIn(bytes);
		if (metadata) this.emit('metadata', metadata);
	}

	#send(message: OutgoingMessage): void {
		if (!this.socket.writable) return;
		// Who asks and asks and takes no answer.
		if (this.socket.writableLength > this.#maxUnsentBytes) return this.close('it does not read');
		this.socket.write(formatMessage(message, this.#chunkBytes));
	}

	#finish(): void {
		if (this.#isClosed) return;
		this.#isClosed = true;
		this.ingest.close();
		this.emit('closed', this.#reason ?? 'the client hung up', this.#isBad);
	}
}

/** After so many bytes each side wants a word that they have come. */
const windowBytes = 2_500_000;
const ownChunkBytes = 4096;
const usualMaxUnsentBytes = 65_536;
const farewellMs = 1000;
