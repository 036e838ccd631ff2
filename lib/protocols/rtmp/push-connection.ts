import {EventEmitter, once} from 'node:events';
import type {Socket} from 'node:net';
import {MediaError, toMediaError} from '../../errors.ts';
import type {ErrorCode} from '../../errors.ts';
import type {Id, PipelineStats, TrackInfo} from '../../native/binding.ts';
import type {RtmpIngest, RtmpOutput, RtmpOutputSpec} from '../../native/rtmp.ts';
import {plainDescriptor} from '../../readers/socket-info.ts';
import {chunkBytes, RtmpClient} from './client.ts';
import type {AmfObject} from './amf0.ts';
import type {Understands} from './codecs.ts';
import {PushQueue} from './push-queue.ts';
import {describeMedia} from './push-tracks.ts';
import type {PushTracks} from './push-tracks.ts';
import {shownUrl} from './url.ts';
import type {RtmpUrl} from './url.ts';

export type PushConnectionOptions = {
	native: {
		openRtmp(spec: RtmpOutputSpec): RtmpOutput;
		openRtmpIngest(): RtmpIngest;
		streamStats(id: Id): object | undefined;
	};
	url: RtmpUrl;
	stream: Id;
	/** Of the stream now. */
	tracks: readonly TrackInfo[];
	/** Which of them go out to a server that knows these codecs beyond those of Flash. */
	choose: (understands: Understands) => PushTracks;
	/** What whoever publishes says of the stream. */
	said?: () => AmfObject;
	paused: boolean;
	/** 0 = all. */
	durationUs: number;
	/** For everything up to the permission, and for a server that takes nothing. */
	timeoutMs: number;
};

export type PushConnectionEvents = {
	state: [state: 'playing' | 'paused'];
	/** The server has all. */
	eos: [];
	failed: [error: MediaError];
	/** The server asks to connect anew, there; it goes on meanwhile. */
	reconnect: [url: RtmpUrl];
	/** The last one, after `stop()`. */
	stopped: [];
};

/** A stream on its way to one server, over one connection. */
export class PushConnection extends EventEmitter<PushConnectionEvents> {
	readonly #options: PushConnectionOptions;
	readonly #ingest: RtmpIngest;
	readonly #client: RtmpClient;
	readonly #aborter = new AbortController();
	#watch: NodeJS.Timeout | undefined;
	#output: RtmpOutput | undefined;
	#stats: PipelineStats | undefined;
	#isPaused: boolean;
	#isFinishing = false;
	#isStopped = false;

	constructor(options: PushConnectionOptions) {
		super();
		const {timeoutMs} = options;
		this.#options = options;
		this.#isPaused = options.paused;
		this.#ingest = options.native.openRtmpIngest();
		this.#client = new RtmpClient({
			...{url: options.url, ingest: this.#ingest, timeoutMs},
			signal: this.#aborter.signal,
		});
		this.#client.on('reconnect', url => {
			if (!this.#isStopped && !this.#isFinishing) this.emit('reconnect', url);
		});
		// Whoever started it listens from the next turn on.
		queueMicrotask(() => void this.#run());
	}

	/** Of this one alone. */
	get id(): Id {
		return this.#ingest.id;
	}

	play(): void {
		this.#isPaused = false;
		this.#output?.play();
	}

	/** Nothing is taken until the next key frame after `play`; the connection stays. */
	pause(): void {
		this.#isPaused = true;
		this.#output?.pause();
	}

	/** Ends in order: `eos` when the server has all. */
	finish(): void {
		if (this.#output) this.#output.finish();
		else this.stop();
	}

	/** As they are now, or as they were when it was stopped. */
	stats(): PipelineStats | undefined {
		if (!this.#isStopped) this.#stats = this.#output?.stats() ?? this.#stats;
		return this.#stats;
	}

	/** Breaks it off; `stopped` is the last event. May be called twice. */
	stop(): void {
		if (this.#isStopped) return;
		this.stats();
		this.#isStopped = true;
		void this.#close();
	}

	async #run(): Promise<void> {
		if (this.#isStopped) return;
		try {
			await this.#client.publish();
			if (!this.#isStopped) this.#begin();
		} catch (error) {
			const {code, message} = toMediaError(error);
			this.#fail(code, message);
		}
	}

	#begin(): void {
		const {native, stream, tracks, choose, durationUs} = this.#options;
		const client = this.#client;
		const chosen = choose(client.understands);
		if (Object.keys(chosen).length === 0)
			return this.#fail('RTMP_NO_TRACKS', 'it does not say that it knows the codecs of the path');
		const {socket, messageStream} = client;
		if (!socket) return;
		client.on('closed', ({code, message}) => this.#fail(code, message));
		client.sendMetadata(describeMedia(tracks, chosen, this.#options.said?.()));
		const paused = this.#isPaused;
		const fd = socket.writableLength === 0 ? plainDescriptor(socket) : undefined;
		const output = native.openRtmp({
			...{stream, ...chosen, messageStream},
			...{chunkBytes, paused, durationUs},
			...(fd !== undefined && {fd}),
		});
		this.#output = output;
		output.once('ended', () => this.#giveUp());
		if (fd === undefined) this.#writeBlocks(output, socket);
		else this.#letWrite(output);
		output.on('state', state => this.emit('state', state));
		output.once('eos', () => void this.#finish());
		output.once('closed', () => {
			this.stats();
			this.#output = undefined;
			const isOver = !this.#isFinishing && native.streamStats(stream) === undefined;
			if (isOver) return void this.#finish();
			this.#fail('OUTPUT_REFUSED', 'RTMP does not take a change of this kind in its tracks');
		});
	}

	#letWrite(output: RtmpOutput): void {
		this.#client.sendBy(bytes => output.write(bytes));
		this.#watchOver(() => output.check(this.#options.timeoutMs * 1000));
	}

	/** Where native code cannot: over TLS. */
	#writeBlocks(output: RtmpOutput, socket: Socket): void {
		const queue = new PushQueue(socket, () => performance.now());
		output.on('block', made => {
			if (!this.#isStopped && this.#client.socket) queue.offer(made);
		});
		this.#watchOver(() => {
			if (queue.stalledMs > this.#options.timeoutMs) this.#giveUp();
		});
	}

	/** Until the very end: whoever has all of the media may have left the last of it untaken. */
	#watchOver(look: () => void): void {
		this.#watch = setInterval(look, this.#options.timeoutMs / 10);
	}

	#giveUp(): void {
		this.#client.close(
			'RTMP_LOST',
			`the server took nothing in ${this.#options.timeoutMs / 1000} s`,
		);
	}

	async #finish(): Promise<void> {
		this.#isFinishing = true;
		try {
			await this.#client.finish();
		} catch (error) {
			this.#isFinishing = false;
			const {code, message} = toMediaError(error);
			return this.#fail(code, message);
		}
		if (!this.#isStopped) this.emit('eos');
	}

	#fail(code: ErrorCode, reason: string): void {
		if (this.#isStopped || this.#isFinishing) return;
		const message = `${placeOf(this.#options.url)} cannot be written: ${reason}`;
		this.emit('failed', new MediaError(code, message));
	}

	async #close(): Promise<void> {
		clearInterval(this.#watch);
		this.#aborter.abort();
		const open = [this.#ingest, ...(this.#output ? [this.#output] : [])];
		const closed = open.map(async it => once(it, 'closed'));
		for (const it of open) it.close();
		await Promise.all(closed);
		this.emit('stopped');
	}
}

/** Without the key. */
const placeOf = (url: RtmpUrl): string => `${shownUrl(url)}/***`;
