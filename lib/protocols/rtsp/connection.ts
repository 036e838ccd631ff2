import {EventEmitter} from 'node:events';
import {MediaError, toMediaError} from '../../errors.ts';
import type {Ingest, IngestEvents} from '../../native/native.ts';
import {plainDescriptor} from '../../readers/socket-info.ts';
import {plainAddress} from '../../util/network.ts';
import {formatMessage, headerOf, parseMessage} from './message.ts';
import type {Headers, RtspRequest, RtspResponse} from './message.ts';
import {parseNumber} from './parameters.ts';
import {dial} from './dial.ts';
import type {DialOptions} from './dial.ts';
import {Inlet} from './inlet.ts';
import type {Line} from './line.ts';
import {otherLanguage} from './other-language.ts';
import {nextPiece} from './splitter.ts';

export type ConnectionEvents = {
	/** The camera asks something of us; whoever listens answers. */
	request: [request: RtspRequest];
	/** The last event. */
	closed: [error: MediaError];
};

export type Question = {method: string; url: string; headers: Headers; timeoutMs: number};

/** What takes media from a connection: an ingest, or what stands for one. */
export type Feed = Pick<Ingest, 'feed'> & Pick<EventEmitter<IngestEvents>, 'on' | 'off' | 'once'>;

/** What can take a connection's bytes by itself. */
export type ReadingFeed = Feed & Pick<Ingest, 'read'>;

/**
 * One connection to a camera. Answers find their questions by CSeq, and in the order of asking
 * where the camera repeats or omits it. Bytes are text until `feedTo`; after it they are the ingest's,
 * which gives the text back.
 */
export class RtspConnection extends EventEmitter<ConnectionEvents> {
	readonly #pending = new Map<number, Pending>();
	/** Questions given up: what answers them later answers no other. */
	readonly #late = new Set<number>();
	#socket: Line | undefined;
	readonly #inlet = new Inlet(nextPiece);
	#feed: ReadingFeed | undefined;
	#cseq = 0;
	#hasHeard = false;
	/** Those over TLS, and tunnels, have been answered when they are open. */
	#isPlain = false;
	#cancelled: MediaError | undefined;
	#closedBy: MediaError | undefined;
	#isClosed = false;

	/** Rejects with RTSP_CONNECT. */
	async open(options: Omit<DialOptions, 'take'>): Promise<void> {
		const take = (buffer: Uint8Array, length: number) => this.#take(buffer, length);
		const socket = await dial({...options, take});
		this.#socket = socket;
		this.#isPlain = !options.url.isTls && options.url.tunnel === 'none';
		socket.on('error', cause => {
			this.#closedBy ??= lost('Connection to the camera broke off', cause);
		});
		socket.on('end', () => socket.destroy());
		socket.on('close', () => this.#finish());
		if (socket.destroyed) this.#finish();
	}

	/** IP address of the camera, once it is open. */
	get peer(): string {
		return plainAddress(this.#socket?.remoteAddress ?? '');
	}

	/** Rejects with RTSP_TIMEOUT, RTSP_LOST, or what `cancel` was given. */
	async ask(question: Question, {isFarewell = false} = {}): Promise<RtspResponse> {
		if (this.#isClosed) throw this.#closedBy ?? lost('Connection to the camera is closed');
		if (this.#cancelled && !isFarewell) throw this.#cancelled;
		const {method, url, timeoutMs} = question;
		const cseq = ++this.#cseq;
		const headers: Headers = [['CSeq', `${cseq}`], ...question.headers];
		this.write(formatMessage({type: 'request', method, url, headers, body: ''}));
		return await new Promise((resolve, reject) => {
			const timer = setTimeout(() => this.#giveUp(cseq, question), timeoutMs);
			this.#pending.set(cseq, {resolve, reject, timer});
		});
	}

	/** To a request of the camera. */
	answer(request: RtspRequest, status: number, reason: string, more: Headers = []): void {
		const headers: Headers = ['CSeq', 'Session'].flatMap(name => {
			const value = headerOf(request, name);
			return value === undefined ? [] : [[name, value] as const];
		});
		headers.push(...more);
		this.write(formatMessage({type: 'response', status, reason, headers, body: ''}));
	}

	/** A camera that asks and asks but takes no answer is hung up on. */
	write(data: string | Uint8Array): void {
		const socket = this.#socket;
		if (!socket?.writable) return;
		socket.write(data);
		if (socket.writableLength > maxUnsentBytes)
			this.#fail(lost(`Expected the camera to read, it has left ${maxUnsentBytes} bytes and more`));
	}

	/** From now on all bytes go to `feed`, those that are not read yet first; it reads a plain connection by itself. */
	feedTo(feed: ReadingFeed): void {
		this.#leaveFeed();
		this.#feed = feed;
		feed.on('text', this.#hear);
		feed.on('ended', this.#end);
		const unread = this.#inlet.take();
		const fd = this.#socket && plainDescriptor(this.#socket);
		if (fd !== undefined) {
			this.#socket?.pause();
			feed.feed(unread, unread.length);
			feed.read(fd);
		} else if (unread.length === 0 || this.#take(unread, unread.length)) this.#socket?.resume();
		else this.#socket?.pause();
	}

	/** Rejects all questions that are open, and all further ones but the farewell. */
	cancel(error: MediaError): void {
		this.#cancelled ??= error;
		this.#rejectAll(this.#cancelled);
	}

	close(): void {
		this.#leaveFeed();
		if (this.#socket) this.#socket.destroy();
		else this.#finish();
	}

	#take(buffer: Uint8Array, length: number): boolean {
		const feed = this.#feed;
		if (!feed) return this.#read(buffer.subarray(0, length));
		if (feed.feed(buffer, length)) return true;
		feed.once('drained', () => this.#socket?.resume());
		return false;
	}

	#read(bytes: Uint8Array): boolean {
		this.#inlet.push(Buffer.from(bytes));
		const other = this.#hasHeard ? undefined : otherLanguage(this.#inlet.bytes);
		if (other !== undefined) this.#fail(new MediaError('RTSP_BAD_RESPONSE', other));
		while (!this.#feed && !this.#isClosed) {
			const piece = this.#inlet.next();
			if (piece.type === 'more') break;
			if (piece.type === 'bad') {
				this.#fail(badResponse(piece.reason));
				break;
			}
			if (piece.type === 'message') this.#hear(piece.text);
		}
		return true;
	}

	readonly #hear = (text: string): void => {
		this.#hasHeard = true;
		const result = parseMessage(text);
		if (!result.ok) return this.#fail(badResponse(result.reason));
		if (result.value.type === 'response') return this.#resolve(result.value);
		try {
			this.emit('request', result.value);
		} catch (error) {
			// What a camera says can end its own connection and nothing else.
			this.#fail(toMediaError(error));
		}
	};

	#leaveFeed(): void {
		this.#feed?.off('text', this.#hear);
		this.#feed?.off('ended', this.#end);
		this.#feed = undefined;
	}

	readonly #end = (reason: string): void => {
		this.#socket?.destroy(reason === '' ? undefined : new Error(reason));
	};

	#resolve(response: RtspResponse): void {
		const cseq = parseNumber(headerOf(response, 'CSeq'), Number.MAX_SAFE_INTEGER) ?? -1;
		if (this.#late.delete(cseq)) return;
		const [oldest] = this.#pending.keys();
		if (oldest !== undefined)
			this.#settle(this.#pending.has(cseq) ? cseq : oldest)?.resolve(response);
	}

	#giveUp(cseq: number, {method, timeoutMs}: Question): void {
		this.#forget(cseq);
		const message = `Expected an answer to ${method} within ${timeoutMs} ms, got none`;
		this.#settle(cseq)?.reject(new MediaError('RTSP_TIMEOUT', message, {cseq, method}));
	}

	#settle(cseq: number): Pending | undefined {
		const pending = this.#pending.get(cseq);
		this.#pending.delete(cseq);
		clearTimeout(pending?.timer);
		return pending;
	}

	#rejectAll(error: MediaError): void {
		for (const cseq of [...this.#pending.keys()]) {
			this.#forget(cseq);
			this.#settle(cseq)?.reject(error);
		}
	}

	/** Cameras that answer no keepalive at all must not fill the memory. */
	#forget(cseq: number): void {
		this.#late.add(cseq);
		const [oldest] = this.#late;
		if (this.#late.size > maxLate && oldest !== undefined) this.#late.delete(oldest);
	}

	#guess(): string {
		const isSilent = this.#isPlain && !this.#hasHeard && this.#cseq > 0;
		return isSilent ? ' before it said anything: is the port right, or does it want rtsps://?' : '';
	}

	#fail(error: MediaError): void {
		this.#closedBy ??= error;
		this.close();
	}

	#finish(): void {
		if (this.#isClosed) return;
		this.#isClosed = true;
		this.#closedBy ??= lost(`Connection was closed by the camera${this.#guess()}`);
		this.#rejectAll(this.#closedBy);
		this.emit('closed', this.#closedBy);
	}
}

const maxLate = 32;
const maxUnsentBytes = 262_144;

type Pending = {
	resolve: (response: RtspResponse) => void;
	reject: (error: MediaError) => void;
	timer: NodeJS.Timeout;
};

const lost = (message: string, cause?: unknown): MediaError =>
	new MediaError('RTSP_LOST', message, {cause});

const badResponse = (reason: string): MediaError =>
	new MediaError('RTSP_BAD_RESPONSE', `Expected an RTSP message, got ${reason}`);
