// RTSP within HTTP, the camera's client: a GET whose answer brings what the camera says, raw, and a POST whose body
// takes to it what we say, in base64.
import {randomBytes} from 'node:crypto';
import {EventEmitter} from 'node:events';
import type {Socket} from 'node:net';
import {headEnd} from './http-head.ts';
import type {Line, LineEvents} from './line.ts';
import {maxHeadBytes} from './message.ts';
import {notConnected, openSocket} from './socket.ts';
import type {SocketOptions, TakeBytes} from './socket.ts';
import {formatHost, portOf} from './url.ts';
import type {RtspUrl} from './url.ts';

type HttpLineOptions = SocketOptions & {take: TakeBytes};

/** A tunnel that is open both ways. */
export const openHttpLine = async (options: HttpLineOptions): Promise<Line> => {
	const cookie = randomBytes(16).toString('hex');
	const answer = new Answer(options.take);
	const get = await openSocket({...options, take: answer.take});
	try {
		get.write(formatHead('GET', cookie, options.url));
		await answer.arrive(get, options);
		const post = await openSocket({...options, take: refuseLater(get)});
		post.write(formatHead('POST', cookie, options.url));
		return new HttpLine(get, post);
	} catch (error) {
		get.destroy();
		throw error;
	}
};

class HttpLine extends EventEmitter<LineEvents> implements Line {
	readonly #get: Socket;
	readonly #post: Socket;

	constructor(get: Socket, post: Socket) {
		super();
		[this.#get, this.#post] = [get, post];
		get.on('error', error => this.emit('error', error));
		get.on('end', () => this.emit('end'));
		get.on('close', () => {
			post.destroy();
			this.emit('close');
		});
		post.on('error', error => this.destroy(error));
		post.on('close', () => this.destroy());
	}

	get remoteAddress(): string | undefined {
		return this.#get.remoteAddress;
	}

	get writable(): boolean {
		return this.#post.writable;
	}

	get writableLength(): number {
		return this.#post.writableLength;
	}

	get destroyed(): boolean {
		return this.#get.destroyed;
	}

	write(data: string | Uint8Array): void {
		this.#post.write(Buffer.from(data).toString('base64'));
	}

	pause(): void {
		this.#get.pause();
	}

	resume(): void {
		this.#get.resume();
	}

	destroy(error?: Error): void {
		this.#get.destroy(error);
	}
}

/** The head of the answer to the GET; what follows it goes on to `take`. */
class Answer {
	readonly #onward: TakeBytes;
	readonly #whole = Promise.withResolvers<void>();
	#head: Buffer | undefined = Buffer.alloc(0);

	constructor(onward: TakeBytes) {
		this.#onward = onward;
		this.#whole.promise.catch(() => undefined);
	}

	readonly take: TakeBytes = (buffer, length) => {
		if (!this.#head) return this.#onward(buffer, length);
		const bytes = Buffer.concat([this.#head, buffer.subarray(0, length)]);
		this.#head = bytes;
		const end = headEnd(bytes);
		if (end === undefined) {
			if (bytes.length >= maxHeadBytes) this.#refuse('a head without an end');
			return true;
		}
		const [status = ''] = bytes.toString('latin1', 0, end).split(/\r?\n/, 1);
		if (!/^HTTP\/1\.\d 200\b/.test(status)) {
			this.#refuse(status.slice(0, 80));
			return true;
		}
		this.#head = undefined;
		this.#whole.resolve();
		const rest = bytes.subarray(end);
		return rest.length === 0 || this.#onward(rest, rest.length);
	};

	/** Resolves when it has come and is 200; rejects with RTSP_CONNECT. */
	async arrive(socket: Socket, {url, timeoutMs, signal}: HttpLineOptions): Promise<void> {
		const hangUp = (why: string) => () => socket.destroy(new Error(why));
		const timer = setTimeout(hangUp('no answer to the GET of the tunnel in time'), timeoutMs);
		const abort = hangUp('closed');
		const fail = (error: Error) => this.#whole.reject(error);
		const close = () => fail(new Error('the camera hung up on the GET of the tunnel'));
		signal.addEventListener('abort', abort, {once: true});
		socket.on('error', fail).on('close', close);
		try {
			await this.#whole.promise;
		} catch (cause) {
			throw notConnected(url, cause);
		} finally {
			clearTimeout(timer);
			signal.removeEventListener('abort', abort);
			socket.off('error', fail).off('close', close);
		}
	}

	#refuse(got: string): void {
		this.#whole.reject(new Error(`no 200 to the GET of the tunnel but ${got}`));
	}
}

/** A POST is answered when it ends, or with why it is not taken. */
const refuseLater =
	(get: Socket): TakeBytes =>
	(buffer, length) => {
		const text = Buffer.from(buffer.subarray(0, Math.min(length, 80))).toString('latin1');
		const [status = ''] = text.split(/\r?\n/, 1);
		if (/^HTTP\/1\.\d [45]\d\d/.test(status))
			get.destroy(new Error(`the POST of the tunnel was answered ${status}`));
		return true;
	};

/** HTTP/1.0, so that the answer is not chunked. The length is QuickTime's; nobody keeps to it. */
const formatHead = (method: 'GET' | 'POST', cookie: string, url: RtspUrl): string => {
	const own =
		method === 'GET'
			? ['Accept: application/x-rtsp-tunnelled']
			: ['Content-Type: application/x-rtsp-tunnelled', 'Content-Length: 32767'];
	const lines = [
		`${method} ${url.path || '/'} HTTP/1.0`,
		`Host: ${formatHost(url.host)}:${portOf(url)}`,
		'User-Agent: Sluice',
		`x-sessioncookie: ${cookie}`,
		...own,
		'Pragma: no-cache',
		'Cache-Control: no-cache',
	];
	return `${lines.join('\r\n')}\r\n\r\n`;
};
