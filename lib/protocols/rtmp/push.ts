import {EventEmitter, once} from 'node:events';
import type {Socket} from 'node:net';
import {toMediaError} from '../../errors.ts';
import type {ErrorCode} from '../../errors.ts';
import type {Id, PipelineStats, TrackInfo} from '../../native/binding.ts';
import type {PipelineEvents} from '../../native/native.ts';
import type {RtmpIngest, RtmpOutput, RtmpOutputSpec} from '../../native/rtmp.ts';
import {plainDescriptor} from '../../readers/socket-info.ts';
import {chunkBytes, RtmpClient} from './client.ts';
import type {AmfObject} from './amf0.ts';
import type {Understands} from './codecs.ts';
import {PushQueue} from './push-queue.ts';
import {describeMedia, planPush} from './push-tracks.ts';
import type {PushTracks} from './push-tracks.ts';
import type {RtmpUrl} from './url.ts';

export type RtmpPushOptions = {
	native: {openRtmp(spec: RtmpOutputSpec): RtmpOutput; openRtmpIngest(): RtmpIngest};
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
	timeoutMs?: number;
};

/** Sends a stream to a server of RTMP, until its end; to be steered as a pipeline is. */
export class RtmpPush extends EventEmitter<PipelineEvents> {
	readonly #options: RtmpPushOptions;
	readonly #ingest: RtmpIngest;
	readonly #client: RtmpClient;
	readonly #aborter = new AbortController();
	readonly #timeoutMs: number;
	#watch: NodeJS.Timeout | undefined;
	#output: RtmpOutput | undefined;
	#isPaused: boolean;
	#isFinishing = false;
	#isStopped = false;

	constructor(options: RtmpPushOptions) {
		super();
		const {timeoutMs = 10_000} = options;
		this.#options = options;
		this.#timeoutMs = timeoutMs;
		this.#isPaused = options.paused;
		this.#ingest = options.native.openRtmpIngest();
		this.#client = new RtmpClient({
			...{url: options.url, ingest: this.#ingest, timeoutMs},
			signal: this.#aborter.signal,
		});
		// Whoever started it listens from the next turn on.
		queueMicrotask(() => void this.#run());
	}

	/** Of this one alone. */
	get id(): Id {
		return this.#ingest.id;
	}

	/** Whose pictures go out. */
	get stream(): Id {
		return this.#options.stream;
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

	stats(): PipelineStats | undefined {
		return this.#output?.stats();
	}

	/** Breaks it off; `stopped` is the last event. May be called twice. */
	stop(): void {
		if (this.#isStopped) return;
		this.#isStopped = true;
		void this.#close();
	}

	async #run(): Promise<void> {
		const {tracks, choose} = this.#options;
		if (this.#isStopped) return;
		this.emit('plan', {
			tracks: planPush(
				tracks,
				choose(() => false),
			),
			live: true,
		});
		try {
			await this.#client.publish();
		} catch (error) {
			const {code, message} = toMediaError(error);
			return this.#fail(code, message);
		}
		if (!this.#isStopped) this.#begin();
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
			this.#output = undefined;
			this.#fail('OUTPUT_REFUSED', 'RTMP does not take a change of this kind in its tracks');
		});
	}

	#letWrite(output: RtmpOutput): void {
		this.#client.sendBy(bytes => output.write(bytes));
		this.#watchOver(() => output.check(this.#timeoutMs * 1000));
	}

	/** Where native code cannot: over TLS. */
	#writeBlocks(output: RtmpOutput, socket: Socket): void {
		const queue = new PushQueue(socket, () => performance.now());
		output.on('block', made => {
			if (!this.#isStopped && this.#client.socket) queue.offer(made);
		});
		this.#watchOver(() => {
			if (queue.stalledMs > this.#timeoutMs) this.#giveUp();
		});
	}

	/** Until the very end: whoever has all of the media may have left the last of it untaken. */
	#watchOver(look: () => void): void {
		this.#watch = setInterval(look, this.#timeoutMs / 10);
	}

	#giveUp(): void {
		this.#client.fail('RTMP_LOST', `the server took nothing in ${this.#timeoutMs / 1000} s`);
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
		this.emit('failed', {
			...{type: 'failed', id: this.id, code, message},
			...{detail: '', side: 'output'},
		});
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
const placeOf = ({applicationUrl}: RtmpUrl): string => `${applicationUrl}/***`;
