import {EventEmitter} from 'node:events';
import type {Logger} from 'pino';
import type {MediaError} from '../errors.ts';
import type {Id, StreamStats, TrackInfo} from '../native/binding.ts';
import type {StreamEvents} from '../native/native.ts';
import type {Clock} from './clock.ts';
import {Losses} from './losses.ts';
import {Meter} from './meter.ts';
import type {Source} from './source.ts';
import {countFailure, Supply} from './supply.ts';
import type {TryHistory, WatchedStream} from './supply.ts';

/** The part of a native stream that a path uses. */
export type PathStream = WatchedStream &
	Pick<EventEmitter<StreamEvents>, 'once'> & {
		readonly id: Id;
		pause(): void;
		play(): void;
		close(): void;
	};

export type FeedEvents = {
	/** The source has given its first key frame. */
	delivered: [];
	/** A try is over. */
	lost: [error: MediaError];
	/** The stream has tracks, or they changed. */
	epoch: [tracks: TrackInfo[]];
	/** No source, no stream, and nothing of them left. */
	gone: [];
};

export type FeedOptions = {
	openStream: () => PathStream;
	openSource: (stream: PathStream) => Source;
	/** 0 = as many as come. */
	maxBitsPerSecond: () => number;
	readTimeoutMs: () => number;
	silenceMs: () => number;
	clock: Clock;
	random: () => number;
	logger: Logger;
};

/** The stream of a path and what feeds it: made when needed, closed when not. */
export class PathFeed extends EventEmitter<FeedEvents> {
	readonly #options: FeedOptions;
	readonly #meter = new Meter();
	readonly #losses: Losses;
	#history: TryHistory = {failures: 0, due: 0};
	#stream: PathStream | undefined;
	#supply: Supply | undefined;
	#wanted = false;
	#leavingSupplies = 0;
	#leavingStreams = 0;
	#tracks: TrackInfo[] = [];

	constructor(options: FeedOptions) {
		super();
		this.#options = options;
		this.#losses = new Losses(options.logger);
	}

	get stream(): Id | undefined {
		return this.#stream?.id;
	}

	get tracks(): TrackInfo[] {
		return this.#stream ? this.#tracks : [];
	}

	/** The source is there or is being tried. */
	get isRunning(): boolean {
		return this.#wanted;
	}

	get delivers(): boolean {
		return this.#supply?.delivers === true;
	}

	get isConnected(): boolean {
		return this.#supply?.isConnected === true;
	}

	get stats(): StreamStats | undefined {
		return this.#stream?.stats();
	}

	get meter(): Pick<Meter, 'read'> {
		return this.#meter;
	}

	/** Milliseconds until the next try may begin; 0 = now. */
	get pauseLeftMs(): number {
		return Math.max(0, this.#history.due - this.#options.clock.now());
	}

	/** Milliseconds of the server clock at which the last frame came; 0 = none yet. */
	get lastFrameMs(): number {
		return (this.stats?.lastFrameUs ?? 0) / 1000;
	}

	/** Opens the stream where there is none and has the source tried, after the last one has left. */
	start(): void {
		this.#wanted = true;
		this.#stream ??= this.#openStream();
		if (this.#supply || this.#leavingSupplies > 0) return;
		this.#supply = this.#openSupply(this.#stream);
	}

	/** Stops the source; the stream stays. */
	stop(): void {
		this.#wanted = false;
		const supply = this.#supply;
		this.#supply = undefined;
		if (!supply) return;
		this.#leavingSupplies++;
		supply.removeAllListeners();
		supply.once('stopped', () => {
			this.#leavingSupplies--;
			if (this.#wanted) this.start();
			this.#checkGone();
		});
		supply.stop();
	}

	/** A try that was given up from outside lengthens the next pause as one that failed by itself. */
	countFailure({code}: MediaError): void {
		const {clock, random} = this.#options;
		countFailure(this.#history, code, {clock, random});
	}

	/** What failed before does not count any more. */
	forgive(): void {
		this.#history = {failures: 0, due: 0};
	}

	/** Closes the stream. */
	release(): void {
		const stream = this.#stream;
		this.#stream = undefined;
		this.#tracks = [];
		this.#meter.reset();
		this.#losses.close();
		if (stream) {
			this.#leavingStreams++;
			stream.once('closed', () => {
				this.#leavingStreams--;
				this.#checkGone();
			});
			stream.close();
		}
		queueMicrotask(() => this.#checkGone());
	}

	pause(): void {
		this.#stream?.pause();
		this.#supply?.pause();
	}

	play(): void {
		this.#stream?.play();
		this.#supply?.play();
	}

	#openStream(): PathStream {
		const stream = this.#options.openStream();
		stream.on('epoch', ({tracks}) => {
			if (this.#stream !== stream) return;
			this.#tracks = tracks;
			this.emit('epoch', tracks);
		});
		return stream;
	}

	#openSupply(stream: PathStream): Supply {
		const {openSource, maxBitsPerSecond, readTimeoutMs, silenceMs, clock, random} = this.#options;
		const supply = new Supply({
			stream,
			openSource: () => openSource(stream),
			maxBitsPerSecond,
			readTimeoutMs: readTimeoutMs(),
			silenceMs: silenceMs(),
			history: this.#history,
			clock,
			random,
		});
		supply.on('delivered', () => this.emit('delivered'));
		supply.on('watched', stats => {
			this.#meter.add(clock.now(), stats);
			this.#losses.look(stats);
		});
		supply.on('lost', error => {
			this.#meter.reset();
			this.emit('lost', error);
		});
		return supply;
	}

	#checkGone(): void {
		if (this.#supply || this.#stream || this.#leavingSupplies + this.#leavingStreams > 0) return;
		this.emit('gone');
	}
}
