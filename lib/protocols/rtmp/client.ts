import {EventEmitter} from 'node:events';
import type {Socket} from 'node:net';
import {MediaError, toMediaError} from '../../errors.ts';
import type {ErrorCode} from '../../errors.ts';
import type {RtmpIngest, RtmpMessage} from '../../native/rtmp.ts';
import {formatAmf0, formatList, parseAmf0} from './amf0.ts';
import type {Amf, AmfObject} from './amf0.ts';
import {ClientCalls} from './client-calls.ts';
import {ClientHandshake} from './client-handshake.ts';
import {metadataIn} from './metadata.ts';
import {dial} from './dial.ts';
import {stopReading} from '../../readers/socket-info.ts';
import {asEncoder, asPlayer, understoodBy} from './codecs.ts';
import type {Understands} from './codecs.ts';
import {
	acknowledgement,
	bufferLength,
	command,
	firstChunkBytes,
	formatMessage,
	leastNativeWindow,
	messageKind,
	pingResponse,
	setChunkSize,
	userControl,
	windowSize,
	wordOf,
} from './messages.ts';
import type {OutgoingMessage} from './messages.ts';
import {farewells, infoOf, isMap, reconnectRequest, refused} from './status-info.ts';
import type {Info} from './status-info.ts';
import {resolveReconnect} from './url.ts';
import type {RtmpUrl} from './url.ts';

export type RtmpClientEvents = {
	/** What is known of the media that is played. */
	metadata: [metadata: AmfObject];
	/** It asks to connect anew, there; it goes on meanwhile. */
	reconnect: [url: RtmpUrl];
	/** The last one: why it is over. */
	closed: [error: MediaError];
};

export type RtmpClientOptions = {
	url: RtmpUrl;
	/** SHA-256 of the certificate to be shown; empty = one that a known authority signed. */
	fingerprint?: string;
	ingest: Pick<RtmpIngest, 'feed' | 'read' | 'on'>;
	/** For everything up to the permission to publish or to play. */
	timeoutMs: number;
	signal: AbortSignal;
};

/** Of what is written, from the answer to `connect` on. */
export const chunkBytes = 60_000;

/** After so many bytes of ours the server wants a word that they have come. */
const windowBytes = 2_500_000;
const bufferMs = 1000;
/** Milliseconds: a live stream, or else a recorded one. */
const liveOrRecorded = -2000;

/** One connection to a server that is to take a stream, or to give one. */
export class RtmpClient extends EventEmitter<RtmpClientEvents> {
	readonly #options: RtmpClientOptions;
	readonly #calls = new ClientCalls();
	#socket: Socket | undefined;
	#handshake: ClientHandshake | undefined = new ClientHandshake();
	#write: ((bytes: Uint8Array) => void) | undefined;
	#handshaken = () => {};
	/** Resolved by the permission to publish or to play. */
	#wish: Wish | undefined;
	#understands: Understands = () => false;
	#task: 'take' | 'send' = 'take';
	#allowedMs: number | undefined;
	#chunkBytes = firstChunkBytes;
	#window = Infinity;
	#acknowledged = 0;
	/** Its bytes are read where its media lives. */
	#isNative = false;
	#nativeBytes = 0;
	#messageStream = 0;
	#end: MediaError | undefined;

	constructor(options: RtmpClientOptions) {
		super();
		this.#options = options;
		options.ingest.on('message', message => this.#take(message));
		options.ingest.on('drained', () => {
			if (!this.#isNative) this.#socket?.resume();
		});
		options.ingest.on('progress', bytes => {
			this.#nativeBytes = bytes;
			this.#acknowledge();
		});
		options.ingest.on('ended', reason => this.#over(this.#lossCode, reason || this.#lossReason));
		options.ingest.on('broken', reason =>
			this.#over('RTMP_CONNECT', `what the server sends is no RTMP: ${reason}`),
		);
		options.signal.addEventListener('abort', () => this.close(), {once: true});
	}

	/** What is left for blocks of media; undefined once it is over. */
	get socket(): Socket | undefined {
		return this.#end ? undefined : this.#socket;
	}

	/** From now on others write to the socket as well, and everything that is said goes through `write`, until `finish`. */
	sendBy(write: (bytes: Uint8Array) => void): void {
		this.#write = write;
	}

	/** As the server made it; media goes there. */
	get messageStream(): number {
		return this.#messageStream;
	}

	/** As the server told it. */
	get understands(): Understands {
		return this.#understands;
	}

	/** Rejects with RTMP_CONNECT or RTMP_REFUSED; the message is the reason alone. */
	async publish(): Promise<void> {
		this.#task = 'take';
		await this.#within(async () => this.#askToPublish());
	}

	/** As `publish`; media goes into the ingest. */
	async play(): Promise<void> {
		this.#task = 'send';
		await this.#within(async () => this.#askToPlay());
	}

	/** What is played is read by the thread of its stream from now on, where Node need not decrypt it. */
	readNatively(): void {
		const {socket} = this;
		// Who wants to hear more often how much has come hears it from Node.
		if (!socket || this.#window < leastNativeWindow) return;
		const fd = stopReading(socket);
		if (fd === undefined) return;
		this.#isNative = true;
		this.#options.ingest.read(fd);
	}

	async #within(ask: () => Promise<void>): Promise<void> {
		const {timeoutMs} = this.#options;
		const timer = setTimeout(
			() => this.#over('RTMP_CONNECT', `no answer in ${timeoutMs / 1000} s`),
			timeoutMs,
		);
		try {
			await this.#connect();
			await ask();
			// With the permission, so that nobody listened yet.
			if (this.#end) throw this.#end;
		} catch (error) {
			const {code, message} = toMediaError(error);
			this.#over(code, message);
			throw this.#end ?? error;
		} finally {
			clearTimeout(timer);
		}
	}

	/** `onMetaData`: what players are told of the media. */
	sendMetadata(metadata: AmfObject): void {
		this.#send({
			kind: messageKind.data,
			stream: this.#messageStream,
			payload: Buffer.concat([formatAmf0(['@setDataFrame', 'onMetaData']), formatList(metadata)]),
		});
	}

	/**
	 * Says goodbye behind what is written; resolves when the server has hung up, or after a second. Rejects with why it was
	 * over before all was on its way.
	 */
	async finish(): Promise<void> {
		const socket = this.socket;
		if (!socket) throw this.#end ?? new MediaError('RTMP_LOST', this.#lossReason);
		this.#allowedMs = -Infinity; // it was taken, however short it was
		const closed = new Promise<MediaError>(resolve => this.once('closed', resolve));
		this.#write = undefined;
		const isSent = new Promise<boolean>(resolve => {
			socket.once('close', () => resolve(false));
			socket.write(this.#farewell('FCUnpublish', this.#options.url.name), error => resolve(!error));
		});
		socket.end(this.#farewell('deleteStream', this.#messageStream));
		if (!(await isSent)) throw await closed;
		const timer = setTimeout(() => this.close(), farewellMs);
		await closed;
		clearTimeout(timer);
	}

	#farewell(name: string, what: Amf): Buffer {
		return formatMessage(command(0, name, this.#calls.next(), null, what), this.#chunkBytes);
	}

	/** Ends it; the first reason counts. */
	close(code: ErrorCode = 'RTMP_CONNECT', reason = 'the connection was closed'): void {
		this.#over(code, reason);
	}

	async #connect(): Promise<void> {
		const socket = await dial(this.#options);
		if (this.#end) {
			socket.destroy();
			throw this.#end;
		}
		this.#socket = socket;
		socket.on('data', (bytes: Buffer) => this.#read(bytes));
		socket.on('error', ({message}) => this.#lose(message));
		// It takes nothing any more, whether it has said why or not.
		for (const event of ['end', 'close']) socket.on(event, () => this.#lose());
		await new Promise<void>((resolve, reject) => {
			this.#handshaken = resolve;
			this.once('closed', reject);
			const greeting = this.#handshake?.greeting();
			if (greeting) socket.write(greeting);
		});
	}

	async #askToPublish(): Promise<void> {
		const {name} = this.#options.url;
		await this.#introduce(asEncoder);
		this.#send(setChunkSize(chunkBytes));
		this.#chunkBytes = chunkBytes;
		// Servers that know these two do without answers.
		this.#send(command(0, 'releaseStream', this.#calls.next(), null, name));
		this.#send(command(0, 'FCPublish', this.#calls.next(), null, name));
		await this.#createStream();
		await this.#wait('NetStream.Publish.Start', ['publish', name, 'live']);
	}

	async #askToPlay(): Promise<void> {
		const {name} = this.#options.url;
		await this.#introduce(asPlayer);
		this.#send(windowSize(windowBytes));
		await this.#createStream();
		this.#send(bufferLength(this.#messageStream, bufferMs));
		await this.#wait('NetStream.Play.Start', ['play', name, liveOrRecorded]);
	}

	async #introduce(about: AmfObject): Promise<void> {
		const {application, applicationUrl} = this.#options.url;
		const told = await this.#call('connect', {app: application, tcUrl: applicationUrl, ...about});
		this.#understands = understoodBy(Object.assign({}, ...told.filter(isMap)) as AmfObject);
	}

	async #createStream(): Promise<void> {
		const [, id] = await this.#call('createStream', null);
		this.#messageStream = typeof id === 'number' ? id : 1;
	}

	/** For the status that grants what is asked. */
	async #wait(granted: string, [name, ...values]: [name: string, ...values: Amf[]]): Promise<void> {
		await new Promise<void>((resolve, reject) => {
			if (this.#end) return reject(this.#end);
			this.#wish = {granted, resolve, reject};
			this.#send(command(this.#messageStream, name, this.#calls.next(), null, ...values));
		});
	}

	/** Resolves with what follows the transaction. */
	async #call(name: string, ...values: Amf[]): Promise<Amf[]> {
		this.#send(command(0, name, this.#calls.next(), ...values));
		return this.#calls.answer();
	}

	#send(message: OutgoingMessage): void {
		const bytes = formatMessage(message, this.#chunkBytes);
		if (this.#write) this.#write(bytes);
		else this.socket?.write(bytes);
	}

	#read(bytes: Buffer): void {
		if (this.#end) return;
		const handshake = this.#handshake;
		if (!handshake) return this.#feed(bytes);
		const {reply, rest, refusal} = handshake.take(bytes);
		if (refusal !== undefined) return this.#over('RTMP_CONNECT', refusal);
		if (reply) this.#socket?.write(reply);
		if (!rest) return;
		this.#handshake = undefined;
		this.#handshaken();
		this.#feed(rest);
	}

	#feed(bytes: Uint8Array): void {
		if (!this.#options.ingest.feed(bytes, bytes.length)) this.#socket?.pause();
		this.#acknowledge();
	}

	#acknowledge(): void {
		const bytes = (this.#socket?.bytesRead ?? 0) + this.#nativeBytes;
		if (bytes - this.#acknowledged < this.#window) return;
		this.#acknowledged = bytes;
		this.#send(acknowledgement(bytes));
	}

	#take({kind, bytes}: RtmpMessage): void {
		if (this.#end) return;
		if (kind === messageKind.windowSize) this.#window = wordOf(bytes, 4) || Infinity;
		if (kind === messageKind.userControl) this.#control(bytes);
		if (kind === messageKind.data) this.#learn(bytes);
		if (kind === messageKind.dataAmf3) this.#learn(bytes.subarray(1));
		if (kind === messageKind.command) this.#obey(bytes);
		// Behind a byte that says which AMF it is, and so far all write the old one.
		if (kind === messageKind.commandAmf3) this.#obey(bytes.subarray(1));
	}

	#control(bytes: Uint8Array): void {
		const event = wordOf(bytes, 2);
		if (event === userControl.pingRequest) this.#send(pingResponse(bytes.subarray(2, 6)));
		if (event === userControl.streamEnd && this.#allowedMs !== undefined)
			this.#over(this.#endCode, 'the stream has ended');
	}

	#learn(bytes: Uint8Array): void {
		const metadata = metadataIn(bytes);
		if (metadata) this.emit('metadata', metadata);
	}

	#obey(bytes: Uint8Array): void {
		const values = parseAmf0(bytes);
		if (!values.ok) return this.#over('RTMP_CONNECT', `a command is no AMF0: ${values.reason}`);
		const [name, number, ...rest] = values.value;
		if (name === 'onStatus') return this.#status(infoOf(rest));
		if (name !== '_result' && name !== '_error') return;
		const answer = this.#calls.take(number);
		if (name === '_result') answer?.resolve(rest);
		else if (answer) answer.reject(refused(infoOf(rest)));
		// Of what needs no answer, but for the last question.
		else if (this.#wish && number === this.#calls.last) this.#status(infoOf(rest));
	}

	#status(info: Info): void {
		const {level, code} = info;
		const wish = this.#wish;
		if (wish && code === wish.granted) {
			this.#wish = undefined;
			this.#allowedMs = performance.now();
			wish.resolve();
		} else if (level === 'error') {
			this.#over('RTMP_REFUSED', refused(info).message);
		} else if (code === reconnectRequest) {
			this.#move(info.tcUrl);
		} else if (this.#allowedMs !== undefined && farewells.includes(code)) {
			const end = code.startsWith('NetStream.') ? this.#endCode : 'RTMP_LOST';
			this.#over(end, refused(info).message);
		}
	}

	#move(tcUrl: string): void {
		const next = resolveReconnect(this.#options.url, tcUrl);
		if (!next.ok) return this.#over('RTMP_LOST', `the server asks to connect anew: ${next.reason}`);
		this.emit('reconnect', next.value);
	}

	/** What the server said before it hung up is on its way through the ingest, and tells more; but a permission comes too late. */
	#lose(reason?: string): void {
		const code = this.#lossCode;
		const why = reason ?? this.#lossReason;
		setTimeout(() => this.#over(code, why), lastWordsMs);
	}

	/** Who answers and then hangs up does not want the stream; some (nginx) permit it first. */
	get #lossCode(): ErrorCode {
		if (this.#handshake) return 'RTMP_CONNECT';
		const isSettled = performance.now() - (this.#allowedMs ?? Infinity) > lastWordsMs;
		return isSettled ? 'RTMP_LOST' : 'RTMP_REFUSED';
	}

	/** Of a stream that its server says is over. */
	get #endCode(): ErrorCode {
		return this.#task === 'send' ? 'SOURCE_ENDED' : 'RTMP_LOST';
	}

	get #lossReason(): string {
		return this.#lossCode === 'RTMP_REFUSED'
			? `the server hung up when it was asked to ${this.#task} the stream`
			: 'the server hung up';
	}

	#over(code: ErrorCode, reason: string): void {
		if (this.#end) return;
		const error = (this.#end = new MediaError(code, reason));
		this.#socket?.destroy();
		this.#calls.end(error);
		this.#wish?.reject(error);
		this.emit('closed', error);
	}
}

type Wish = {granted: string; resolve: () => void; reject: (error: MediaError) => void};

const lastWordsMs = 100;
/** A server that does not hang up after the farewell is left. */
const farewellMs = 1000;
