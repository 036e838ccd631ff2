import {EventEmitter} from 'node:events';
import {plainAddress} from '../../util/network.ts';
import type {Carrier} from '../../readers/carrier.ts';
import type {Feed} from './connection.ts';
import {Flood} from '../../util/flood.ts';
import {Inlet} from './inlet.ts';
import {nextRequest} from './splitter.ts';
import {formatMessage, headerOf, parseMessage} from './message.ts';
import type {Headers, RtspRequest} from './message.ts';
import {reasons} from './status.ts';
import type {RtspAnswer} from './status.ts';
import {OfferedKeys} from './reader-keys.ts';
import type {UnreadBytes} from './unread-bytes.ts';

export type ServerConnectionEvents = {
	/** One packet that the client sent on an interleaved channel; `data` is valid during the call. */
	interleaved: [channel: number, data: Buffer];
	/** It is no client: it speaks HTTP, and its socket is free. Nothing follows. */
	http: [head: string, rest: Buffer];
	/** The last event; the reason in words. `isBad`: what it sent was no request. */
	closed: [reason: string, isBad: boolean];
};

export type ServerConnectionOptions = {
	/** As it is listed; unique within the process. */
	id: string;
	socket: Carrier;
	tunnel: 'none' | 'http' | 'websocket';
	/** Its bytes were secret on the way. */
	isTls: boolean;
	/** Of all clients. */
	unread: UnreadBytes;
	/** Answers one request; the next one waits for it. Must not reject. */
	handle: (request: RtspRequest, connection: ServerConnection) => Promise<RtspAnswer>;
};

/**
 * One client's TCP connection. Requests are answered one after the other, in the order in which they came.
 * Bytes are read here until `feedTo`; after it they are an ingest's, which gives the text back.
 */
export class ServerConnection extends EventEmitter<ServerConnectionEvents> {
	readonly id: string;
	/** Address and port. */
	readonly peer: string;
	/** Address alone. */
	readonly address: string;
	readonly openedAt = new Date();
	readonly socket: Carrier;
	readonly tunnel: ServerConnectionOptions['tunnel'];
	readonly isTls: boolean;
	/** Of SRTP, to readers. */
	readonly offeredKeys = new OfferedKeys();
	readonly #handle: ServerConnectionOptions['handle'];
	readonly #waiting: (RtspRequest | Nonsense)[] = [];
	readonly #gone = new AbortController();
	readonly #inlet = new Inlet(nextRequest);
	readonly #unread: UnreadBytes;
	/** As it was told of. */
	#unreadBytes = 0;
	readonly #flood = new Flood(maxPacketsASecond);
	#feed: Feed | undefined;
	/** It takes no more until it has drained. */
	#isFeedFull = false;
	#isBusy = false;
	/** Nothing of it is heard any more: it sent nonsense, or its last answer is on its way. */
	#isEnding = false;
	#isBad = false;
	#isClosed = false;
	#unsentAnswers = 0;
	#reason: string | undefined;
	#requests = 0;
	/** Monotonic milliseconds: of the last whole request, and of the first byte of one that is not whole yet. */
	#lastRequestMs = performance.now();
	#halfSinceMs: number | undefined;

	constructor({id, socket, tunnel, isTls, unread, handle}: ServerConnectionOptions) {
		super();
		this.id = id;
		this.socket = socket;
		this.tunnel = tunnel;
		this.isTls = isTls;
		this.#unread = unread;
		this.#handle = handle;
		this.address = plainAddress(socket.remoteAddress ?? '');
		this.peer = `${this.address.includes(':') ? `[${this.address}]` : this.address}:${socket.remotePort ?? 0}`;
		socket.on('data', this.#onData);
		socket.on('held', this.#onHeld);
		socket.on('error', this.#onError);
		socket.on('close', this.#onClose);
	}

	/** As the lists of a path call it. */
	get protocol(): 'rtsp' | 'rtsps' {
		return this.isTls ? 'rtsps' : 'rtsp';
	}

	/** Aborts when the client is gone. */
	get signal(): AbortSignal {
		return this.#gone.signal;
	}

	get isClosed(): boolean {
		return this.#isClosed;
	}

	/** Whole requests so far. */
	get requests(): number {
		return this.#requests;
	}

	/** Milliseconds since the last whole request, or since the connection was made. */
	get idleMs(): number {
		return this.#isBusy ? 0 : performance.now() - this.#lastRequestMs;
	}

	/** For how long a request has been coming that is not whole yet. */
	get halfMs(): number {
		return this.#halfSinceMs === undefined ? 0 : performance.now() - this.#halfSinceMs;
	}

	/** All bytes that come from now on go to `feed`, which gives requests back as text; undefined: they are read here again. */
	feedTo(feed: Feed | undefined): void {
		this.#feed?.off('text', this.#hear);
		this.#feed = feed;
		this.#isFeedFull = false;
		feed?.on('text', this.#hear);
		const unread = this.#inlet.take();
		this.#countUnread();
		if (unread.length > 0) this.#take(unread);
		else this.#resume();
	}

	/** What is answered to nobody's request: 408 before the connection is closed. */
	refuse(answer: RtspAnswer, reason: string): void {
		this.#because(reason);
		this.#isBad = true;
		this.#send(undefined, {...answer, isLast: true});
	}

	/** Reports for a publisher, framed as they go out; left out as long as it takes nothing. */
	report(bytes: Uint8Array): void {
		const {writable, writableLength} = this.socket;
		if (writable && writableLength < maxUnsentBytes) this.socket.write(bytes);
	}

	/** May be called twice. */
	close(reason: string): void {
		this.#because(reason);
		this.socket.destroy();
	}

	#because(reason: string): void {
		this.#reason ??= reason;
	}

	readonly #onData = (bytes: Buffer) => this.#hearOut(() => this.#take(bytes));
	readonly #onHeld = () => this.#boundUnread();
	readonly #onError = (error: Error) => this.#because(error.message);
	readonly #onClose = () => this.#finish();

	/** What a client says can end its own connection and nothing else. */
	#hearOut(work: () => void): void {
		try {
			if (!this.#isEnding) work();
		} catch (error) {
			this.close(
				`it could not be served: ${error instanceof Error ? error.message : String(error)}`,
			);
		}
	}

	#take(bytes: Buffer): void {
		const feed = this.#feed;
		if (!feed) return this.#read(bytes);
		if (feed.feed(bytes, bytes.length)) return;
		this.#isFeedFull = true;
		this.socket.pause();
		feed.once('drained', () => {
			if (this.#feed !== feed) return;
			this.#isFeedFull = false;
			this.#resume();
		});
	}

	#read(bytes: Buffer): void {
		this.#inlet.push(bytes);
		while (!this.#feed && !this.#isEnding && this.#takePiece());
		this.#halfSinceMs =
			this.#inlet.length === 0 ? undefined : (this.#halfSinceMs ?? performance.now());
		if (this.#isFull) this.socket.pause();
		this.#boundUnread();
	}

	#boundUnread(): void {
		if (!this.#countUnread() && !this.#isEnding)
			this.refuse({status: 503}, 'clients have sent too much of requests that are not whole');
	}

	/** False: it is too much. */
	#countUnread(): boolean {
		const before = this.#unreadBytes;
		const held = this.#feed ? 0 : (this.socket.heldBytes ?? 0);
		this.#unreadBytes = this.#inlet.length + held;
		return this.#unread.change(before, this.#unreadBytes);
	}

	/** False: more bytes are needed, or those that are there have to wait. */
	#takePiece(): boolean {
		if (this.#isFull) return false;
		const piece = this.#inlet.next();
		if (piece.type === 'more') return false;
		if (piece.type === 'bad') {
			this.#takeNonsense(piece.reason);
			return false;
		}
		this.#halfSinceMs = undefined;
		if (piece.type === 'http') {
			this.#takeHttp(piece.head);
			return false;
		}
		if (piece.type === 'message') this.#hear(piece.text);
		else if (this.#flood.note()) {
			this.#isBad = true;
			this.close(`it sent more than ${maxPacketsASecond} packets a second`);
			return false;
		}
		if (piece.type === 'interleaved') this.emit('interleaved', piece.channel, piece.data);
		return true;
	}

	/** Within a tunnel, or behind a request, it means nothing. */
	#takeHttp(head: string): void {
		if (this.tunnel !== 'none' || this.#requests > 0)
			return this.#takeNonsense('HTTP in the midst of RTSP');
		this.#isEnding = true;
		this.socket.off('data', this.#onData);
		this.socket.off('error', this.#onError);
		this.socket.off('close', this.#onClose);
		this.socket.pause();
		const rest = this.#inlet.take();
		this.#countUnread();
		this.emit('http', head, rest);
	}

	/** Requests that are sent ahead of their answers wait where they are. */
	get #isFull(): boolean {
		return this.#waiting.length >= maxAhead;
	}

	readonly #hear = (text: string): void => {
		const parsed = parseMessage(text);
		if (!parsed.ok || parsed.value.type === 'response')
			return this.#takeNonsense(parsed.ok ? 'an answer' : parsed.reason);
		this.#requests++;
		this.#lastRequestMs = performance.now();
		// What an ingest gives back cannot be held up.
		if (this.#waiting.length >= 2 * maxAhead)
			return this.close('it sent too many requests at once');
		this.#waiting.push(parsed.value);
		void this.#serve();
	};

	#forgetUnread(): void {
		this.#inlet.take();
		this.#countUnread();
	}

	/** What was asked before it is answered first. */
	#takeNonsense(reason: string): void {
		this.#forgetUnread();
		this.#isEnding = true;
		this.#waiting.push({type: 'nonsense', reason});
		void this.#serve();
	}

	async #serve(): Promise<void> {
		if (this.#isBusy) return;
		this.#isBusy = true;
		for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
			if (next.type === 'nonsense') this.refuse({status: 400}, `it sent ${next.reason}`);
			else this.#send(next, await this.#handle(next, this));
			// Others have their turn, and Node tells what was written.
			if (this.#unsentAnswers >= maxAhead) await nextTurn();
			this.#resume();
		}
		this.#isBusy = false;
		this.#lastRequestMs = performance.now();
	}

	#resume(): void {
		if (this.#isEnding || this.#isFull || this.#isFeedFull) return;
		if (!this.#feed && this.#inlet.length > 0) this.#read(Buffer.alloc(0));
		this.socket.resume();
	}

	#send(request: RtspRequest | undefined, given: RtspAnswer): void {
		if (!this.socket.writable) return;
		const {status, headers = [], body = '', afterwards, isLast = false} = given;
		const all: Headers = [...echoOf(request), ...headers, ['Server', 'Sluice']];
		const reason = reasons[status];
		const text = formatMessage({type: 'response', status, reason, headers: all, body});
		// Who asks and asks and takes no answer.
		if (++this.#unsentAnswers > maxUnsentAnswers) return this.close('it does not read');
		this.socket.write(text, () => this.#unsentAnswers--);
		if (isLast) this.#end();
		else afterwards?.();
	}

	/** The client may take a moment to read its last answer. */
	#end(): void {
		this.#isEnding = true;
		this.socket.end();
		setTimeout(() => this.socket.destroy(), farewellMs).unref();
	}

	#finish(): void {
		if (this.#isClosed) return;
		this.#isClosed = true;
		this.#isEnding = true;
		this.#waiting.length = 0;
		this.#forgetUnread();
		this.feedTo(undefined);
		const reason = this.#reason ?? 'the client hung up';
		this.#gone.abort(new Error(reason));
		this.emit('closed', reason, this.#isBad);
	}
}

/** Where the next request would begin cannot be known. */
type Nonsense = {type: 'nonsense'; reason: string};

const nextTurn = async (): Promise<void> => new Promise(resolve => setImmediate(resolve));

const maxAhead = 16;
const maxUnsentAnswers = 64;
/** Of RTP and RTCP that nobody asked for yet: readers send a few reports, publishers wait for the answer to RECORD. */
const maxPacketsASecond = 1000;
const maxUnsentBytes = 16_384;
const farewellMs = 1000;

const echoOf = (request: RtspRequest | undefined): Headers => {
	const cseq = request && headerOf(request, 'CSeq');
	return cseq === undefined ? [] : [['CSeq', cseq]];
};
