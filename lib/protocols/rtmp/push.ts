import {EventEmitter, once} from 'node:events';
import {MediaError, toMediaError} from '../../errors.ts';
import type {Id, PipelineStats} from '../../native/binding.ts';
import type {PipelineEvents} from '../../native/native.ts';
import {noStats, sumOf} from '../../native/pipeline-stats.ts';
import {Moves} from './moves.ts';
import {PushConnection} from './push-connection.ts';
import type {PushConnectionOptions} from './push-connection.ts';
import {planPush} from './push-tracks.ts';
import type {RtmpUrl} from './url.ts';

const usualTimeoutMs = 10_000;
/** Servers that have asked us to leave are left after it. */
const farewellMs = 2000;
const frameUs = 100_000;

export type RtmpPushOptions = Omit<PushConnectionOptions, 'timeoutMs'> & {timeoutMs?: number};

/** Sends a stream to a server of RTMP, and to the next one where it asks for that, until its end; steered as a pipeline is. */
export class RtmpPush extends EventEmitter<PipelineEvents> {
	readonly #options: RtmpPushOptions;
	readonly #moves = new Moves();
	#connection: PushConnection;
	/** Of the connections before. */
	#before = noStats;
	#isPaused: boolean;
	/** To where it goes when it has left the server of now. */
	#next: RtmpUrl | undefined;
	#isFinishing = false;
	/** It has left one server, and goes to no other. */
	#isBetween = false;
	#isStopped = false;

	constructor(options: RtmpPushOptions) {
		super();
		this.#options = options;
		this.#isPaused = options.paused;
		this.#connection = this.#open(options.url, options.durationUs);
		// Whoever started it listens from the next turn on.
		queueMicrotask(() => this.#plan());
	}

	/** Of this one alone. */
	get id(): Id {
		return this.#connection.id;
	}

	/** Whose pictures go out. */
	get stream(): Id {
		return this.#options.stream;
	}

	play(): void {
		this.#isPaused = false;
		this.#connection.play();
	}

	/** Nothing is taken until the next key frame after `play`; the connection stays. */
	pause(): void {
		this.#isPaused = true;
		this.#connection.pause();
	}

	/** Ends in order: `eos` when the server has all. */
	finish(): void {
		this.#isFinishing = true;
		if (!this.#next) this.#connection.finish();
	}

	/** Undefined before anything could go out. */
	stats(): PipelineStats | undefined {
		const stats = this.#connection.stats();
		return stats || this.#before.frames > 0 ? sumOf(this.#before, stats ?? noStats) : undefined;
	}

	/** Breaks it off; `stopped` is the last event. May be called twice. */
	stop(): void {
		if (this.#isStopped) return;
		this.#isStopped = true;
		if (this.#isBetween) queueMicrotask(() => this.emit('stopped'));
		else this.#connection.stop();
	}

	#plan(): void {
		const {tracks, choose} = this.#options;
		if (this.#isStopped) return;
		const plan = planPush(
			tracks,
			choose(() => false),
		);
		this.emit('plan', {tracks: plan, live: true, lengthUs: 0});
	}

	#open(url: RtmpUrl, durationUs: number): PushConnection {
		const options = {timeoutMs: usualTimeoutMs, ...this.#options};
		const paused = this.#isPaused;
		const connection = new PushConnection({...options, url, durationUs, paused});
		connection.on('state', state => {
			if (state === 'playing') this.#moves.played();
			this.emit('state', state);
		});
		connection.once('eos', () => this.#ended());
		connection.once('failed', error => this.#failed(error));
		connection.once('reconnect', next => {
			this.#follow(next).catch((error: unknown) => this.#failed(toMediaError(error)));
		});
		connection.once('stopped', () => {
			if (!this.#next) this.emit('stopped');
		});
		return connection;
	}

	#ended(): void {
		if (!this.#next) this.emit('eos');
	}

	/** Who has asked us to leave may hang up as it likes. */
	#failed({code, message}: MediaError): void {
		if (this.#next) return;
		const failure = {type: 'failed', id: this.id, code, message, detail: ''} as const;
		this.emit('failed', {...failure, side: 'output'});
	}

	/** Not both at once: one server may have two names. */
	async #follow(next: RtmpUrl): Promise<void> {
		if (this.#isFinishing || this.#isStopped) return;
		if (!this.#moves.mayFollow()) return this.#failed(movedTooOften());
		this.#next = next;
		await this.#leave();
		this.#next = undefined;
		if (this.#isStopped) return void this.emit('stopped');
		const leftUs = this.#leftUs;
		if (this.#isFinishing || leftUs === undefined || this.#isStreamGone) return this.#end();
		const before = this.stats() ?? noStats;
		this.#connection = this.#open(next, leftUs);
		this.#before = before;
	}

	/** All is sent, and nothing is open. */
	#end(): void {
		this.#isBetween = true;
		this.emit('eos');
	}

	get #isStreamGone(): boolean {
		const {native, stream} = this.#options;
		return native.streamStats(stream) === undefined;
	}

	/** Of the duration; undefined: nothing, or less than a frame. */
	get #leftUs(): number | undefined {
		const {durationUs} = this.#options;
		if (durationUs === 0) return 0;
		const leftUs = durationUs - (this.stats()?.positionUs ?? 0);
		return leftUs > frameUs ? leftUs : undefined;
	}

	/** With what is written already, if the server takes it. */
	async #leave(): Promise<void> {
		const connection = this.#connection;
		const stopped = once(connection, 'stopped');
		const stop = () => connection.stop();
		const timer = setTimeout(stop, farewellMs);
		for (const event of ['eos', 'failed'] as const) connection.once(event, stop);
		connection.finish();
		await stopped;
		clearTimeout(timer);
	}
}

const movedTooOften = (): MediaError =>
	new MediaError('RTMP_LOST', 'the server asks to connect anew again and again');
