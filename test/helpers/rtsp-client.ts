import {once} from 'node:events';
import {connect} from 'node:net';
import type {Duplex} from 'node:stream';
import {connect as connectTls} from 'node:tls';
import type {ExecutionContext} from 'ava';
import {formatMessage, headerOf, parseMessage} from '../../lib/protocols/rtsp/message.ts';
import type {Headers, RtspResponse} from '../../lib/protocols/rtsp/message.ts';
import {nextPiece} from '../../lib/protocols/rtsp/splitter.ts';

export type Packet = {channel: number; data: Buffer};

/** A client that says what the test says, over a real socket or a tunnel. */
export class RtspClient {
	readonly socket: Duplex;
	/** Everything that came, in order: answers, and packets since the last `takePackets`. */
	readonly answers: RtspResponse[] = [];
	packets: Packet[] = [];
	/** Kinds of what came: `answer` or `packet`. */
	readonly order: string[] = [];
	readonly ended: Promise<void>;
	readonly #waiting: (() => void)[] = [];
	#unread = Buffer.alloc(0);
	#cseq = 0;
	#session: string | undefined;

	constructor(socket: Duplex) {
		this.socket = socket;
		socket.on('data', (bytes: Buffer) => this.#read(bytes));
		socket.on('data', () => this.#wake());
		socket.on('close', () => this.#wake());
		socket.on('error', () => {});
		this.ended = once(socket, 'close').then(() => {});
	}

	/** Bytes as they are. */
	write(text: string | Buffer): void {
		this.socket.write(text);
	}

	/** One request and its answer; the session goes along once there is one. */
	async ask(method: string, url: string, headers: Headers = [], body = ''): Promise<RtspResponse> {
		const count = this.answers.length;
		this.write(this.request(method, url, headers, body));
		await this.until(() => this.answers.length > count);
		const answer = this.answers[count]!;
		this.#session = headerOf(answer, 'Session')?.split(';')[0] ?? this.#session;
		return answer;
	}

	/** One request as text, for those who send more with it. */
	request(method: string, url: string, headers: Headers = [], body = ''): string {
		const own: Headers = [['CSeq', `${++this.#cseq}`]];
		if (this.#session) own.push(['Session', this.#session]);
		return formatMessage({type: 'request', method, url, headers: [...own, ...headers], body});
	}

	/** SETUP of these tracks of a path on channels 0-1, 2-3 ..., and PLAY. */
	async play(url: string, tracks: readonly number[], start = ''): Promise<RtspResponse> {
		for (const [index, track] of tracks.entries())
			await this.ask('SETUP', `${url}/trackID=${track}${start}`, [
				['Transport', `RTP/AVP/TCP;unicast;interleaved=${2 * index}-${2 * index + 1}`],
			]);
		return this.ask('PLAY', url);
	}

	/** Resolves when something came that makes it true; rejects when the server hangs up before. */
	async until(holds: () => boolean): Promise<void> {
		while (!holds()) {
			if (this.socket.destroyed) throw new Error('The server hung up');
			await new Promise<void>(resolve => this.#waiting.push(resolve));
		}
	}

	forgetSession(): void {
		this.#session = undefined;
	}

	#wake(): void {
		for (const resolve of this.#waiting.splice(0)) resolve();
	}

	#read(bytes: Buffer): void {
		this.#unread = Buffer.concat([this.#unread, bytes]);
		for (;;) {
			const piece = nextPiece(this.#unread);
			if (piece.type === 'more' || piece.type === 'bad') return;
			if (piece.type === 'message') this.#take(piece.text);
			else this.#keep(this.#unread.subarray(0, piece.end));
			this.#unread = this.#unread.subarray(piece.end);
		}
	}

	#take(text: string): void {
		const message = parseMessage(text);
		if (!message.ok || message.value.type !== 'response') return;
		this.order.push('answer');
		this.answers.push(message.value);
	}

	#keep(bytes: Buffer): void {
		if (bytes[0] !== 0x24) return;
		this.order.push('packet');
		this.packets.push({channel: bytes[1]!, data: Buffer.from(bytes.subarray(4))});
	}
}

/** Connected to the server at this `rtsp://` or `rtsps://` URL; hung up when the test is over. */
export const connectRtsp = async (t: ExecutionContext, url: string): Promise<RtspClient> => {
	const {protocol, hostname: host, port: text} = new URL(url);
	const port = Number(text);
	const isTls = protocol === 'rtsps:';
	const socket = isTls
		? connectTls({host, port, rejectUnauthorized: false})
		: connect({host, port});
	t.teardown(() => socket.destroy());
	await once(socket, isTls ? 'secureConnect' : 'connect');
	return new RtspClient(socket);
};
