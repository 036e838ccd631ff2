import type {EventEmitter} from 'node:events';
import type {Logger} from 'pino';
import {MediaError, toMediaError} from '../errors.ts';
import type {Id, PipelineStats, TrackInfo} from '../native/binding.ts';
import type {PipelineEvents} from '../native/native.ts';
import {withoutKey} from '../util/redact.ts';
import {schemeOf} from '../util/scheme.ts';
import {pauseAfter} from './back-off.ts';
import type {Admission, Delivery} from './delivery.ts';
import type {PushDestinationFacts, PushState} from './push-facts.ts';

/** What moves a stream to a peer, once; `stopped` is its last event. */
export type Push = EventEmitter<PipelineEvents> & {
	/** Ends in order; `eos` follows. */
	finish(): void;
	stop(): void;
	stats(): PipelineStats | undefined;
};

export type PushWish = {path: string; url: string; stream: Id; tracks: readonly TrackInfo[]};
export type OpenPush = (wish: PushWish) => Push;

export type PushDestinationOptions = {
	path: string;
	/** With its key; never logged. */
	url: string;
	delivery: Pick<Delivery, 'join'>;
	open: OpenPush;
	/** From 0 to 1, for jitter. */
	random: () => number;
	logger: Logger;
};

/** Sends a path to one place, again and again until it is closed. */
export class PushDestination {
	readonly #options: PushDestinationOptions;
	readonly #logger: Logger;
	readonly #aborter = new AbortController();
	readonly #done: Promise<void>;
	/** What is told of it. */
	readonly #place: string;
	#state: PushState = 'waiting';
	#since: Date | undefined;
	#error: MediaError | undefined;
	#push: Push | undefined;
	/** Of pushes that are over. */
	#sent = {bytes: 0, frames: 0};
	#connections = 0;
	#failures = 0;
	#wake = () => {};

	constructor(options: PushDestinationOptions) {
		this.#options = options;
		this.#place = withoutKey(options.url);
		this.#logger = options.logger.child({path: options.path});
		this.#done = this.#run();
	}

	/** The path has media: there is no reason to wait for it any longer. */
	wake(): void {
		if (this.#state === 'waiting') this.#wake();
	}

	facts(): PushDestinationFacts {
		const {bytes = 0, frames = 0} = this.#push?.stats() ?? {};
		const error = this.#error;
		return {
			url: this.#place,
			protocol: schemeOf(this.#options.url),
			state: this.#state,
			since: this.#since?.toISOString() ?? null,
			error: error ? {code: error.code, message: error.message} : null,
			bytesSent: this.#sent.bytes + bytes,
			framesSent: this.#sent.frames + frames,
			reconnects: Math.max(0, this.#connections - 1),
		};
	}

	/** Says goodbye; resolves when it is over. May be called twice. */
	async close(): Promise<void> {
		this.#aborter.abort(new Error('The push was closed'));
		this.#wake();
		await this.#done;
	}

	async #run(): Promise<void> {
		const {signal} = this.#aborter;
		while (!signal.aborted) {
			const admission = await this.#join();
			if (admission) await this.#serve(admission);
			if (signal.aborted) return;
			this.#state = 'waiting';
			this.#since = undefined;
			await this.#pause(noStreamPauseMs);
		}
	}

	/** Undefined: the path has nothing at the moment. */
	async #join(): Promise<Admission | undefined> {
		const {path, delivery} = this.#options;
		const rules = {start: true, counted: false, holds: true} as const;
		try {
			const wish = {path, protocol: 'push', peer: '', ...rules} as const;
			return await delivery.join(wish, this.#aborter.signal);
		} catch {
			return undefined;
		}
	}

	/** While the path has a stream, lost for a moment or not. */
	async #serve(admission: Admission): Promise<void> {
		const {random} = this.#options;
		const {signal} = this.#aborter;
		const wake = () => this.#wake();
		admission.once('ended', wake);
		while (!signal.aborted && !admission.end) {
			const error = await this.#send(admission);
			if (!error || signal.aborted || admission.end) break;
			this.#failures = this.#wasSteady ? 1 : this.#failures + 1;
			const pauseMs = pauseAfter(this.#failures, error.code, random);
			this.#fail(error, pauseMs);
			await this.#pause(pauseMs);
		}
		admission.leave();
	}

	/** Resolves with what went wrong; undefined: the stream has ended. */
	async #send({stream, tracks}: Admission): Promise<MediaError | undefined> {
		const {path, url, open} = this.#options;
		this.#state = 'connecting';
		let error: MediaError | undefined;
		try {
			const push = open({path, url, stream, tracks});
			this.#push = push;
			push.on('state', state => this.#flow(state));
			push.once('failed', ({code, message}) => {
				// GStreamer names the URL as it was given.
				error = toPushError(code, message.replaceAll(url, this.#place));
				push.stop();
			});
			await this.#toTheEnd(push);
		} catch (thrown) {
			error = toMediaError(thrown);
		}
		this.#push = undefined;
		return error;
	}

	async #toTheEnd(push: Push): Promise<void> {
		const {signal} = this.#aborter;
		let timer: NodeJS.Timeout | undefined;
		const finish = () => {
			push.finish();
			timer = setTimeout(() => push.stop(), farewellMs);
		};
		if (signal.aborted) finish();
		signal.addEventListener('abort', finish, {once: true});
		await new Promise<void>(resolve => {
			push.once('eos', () => {
				this.#count(push);
				push.stop();
			});
			push.once('failed', () => this.#count(push));
			push.once('stopped', resolve);
		});
		clearTimeout(timer);
		signal.removeEventListener('abort', finish);
	}

	#flow(state: 'playing' | 'paused'): void {
		if (state !== 'playing') return;
		this.#connections++;
		if (this.#state === 'running') return;
		this.#state = 'running';
		this.#since = new Date();
		this.#error = undefined;
		this.#logger.info(`push to ${this.#place} runs`);
	}

	get #wasSteady(): boolean {
		return this.#since !== undefined && Date.now() - this.#since.getTime() > steadyMs;
	}

	#fail(error: MediaError, pauseMs: number): void {
		const isNew = this.#error?.message !== error.message;
		this.#error = error;
		this.#state = 'pausing';
		this.#since = undefined;
		if (!isNew) return;
		const seconds = Math.ceil(pauseMs / 1000);
		this.#logger.warn(
			{code: error.code},
			`push failed, tried again in ${seconds} s: ${error.message}`,
		);
	}

	#count(push: Push): void {
		const {bytes, frames} = push.stats() ?? {bytes: 0, frames: 0};
		this.#sent = {bytes: this.#sent.bytes + bytes, frames: this.#sent.frames + frames};
	}

	async #pause(ms: number): Promise<void> {
		if (this.#aborter.signal.aborted) return;
		await new Promise<void>(resolve => {
			const timer = setTimeout(resolve, ms);
			this.#wake = () => {
				clearTimeout(timer);
				resolve();
			};
		});
		this.#wake = () => {};
	}
}

/** What runs for longer is tried at once again when it is lost. */
const steadyMs = 5000;
const farewellMs = 2000;
/** A path that has media says so; this is for one whose source starts when it is wanted. */
const noStreamPauseMs = 15_000;

const toPushError = (code: string, message: string): MediaError =>
	new MediaError(
		code === 'RTMP_REFUSED' || code === 'RTMP_LOST' ? code : 'OUTPUT_REFUSED',
		message,
	);
