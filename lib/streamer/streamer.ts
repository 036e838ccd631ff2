import {EventEmitter} from 'node:events';
import {MediaError, toMediaError} from '../errors.ts';
import {isHopeless} from '../media/back-off.ts';
import {Alarm} from '../media/clock.ts';
import type {Clock} from '../media/clock.ts';
import {countFailure} from '../media/supply.ts';
import type {PipelineStats, PlannedTrack, RelayInput} from '../native/binding.ts';
import {noStats, sumOf} from '../native/pipeline-stats.ts';
import type {SnapshotSource} from '../protocols/snapshot/decode.ts';
import type {StreamerInput} from './input.ts';
import type {Order} from './options.ts';
import type {StreamerOutput} from './output.ts';
import {describePlan} from './plan.ts';
import {noteOf, Run} from './run.ts';
import type {RelayPipeline, RelayRecipe, RunEnd} from './run.ts';
import {redactEndpoint} from './secrets.ts';
import {wordsFor} from './shown.ts';
import {SpeedMeter} from './speeds.ts';
import type {StreamerState, StreamerStatus} from './status.ts';

export type StreamerEvents = {
	/** What passes and what is transcoded, as a sentence; again when it has changed. */
	plan: [text: string];
	state: [state: StreamerState];
	/** Once a second. */
	status: [status: StreamerStatus];
	/** One side is gone and is tried again. */
	lost: [error: MediaError];
	/** It came back. */
	back: [];
	/** The last one, once. */
	ended: [end: StreamerEnd];
};

/** How it ended; `note` is what there is to say beside it. */
export type StreamerEnd = {error: MediaError | null; note: string | null};

export type StreamerHttp = {readonly url: string; close(): Promise<void>};

export type StreamerParts = {
	order: Order;
	start: (recipe: RelayRecipe, input: StreamerInput) => RelayPipeline;
	/** Begins to fetch. */
	openInput: () => StreamerInput;
	output: StreamerOutput;
	openHttp?: ((streamer: Streamer) => Promise<StreamerHttp>) | undefined;
	/** Called at the very end. */
	release: () => void;
	clock: Clock;
	random: () => number;
};

/** A relay that has run for so long begins with the shortest pause again. */
const steadyMs = 5000;
const tickMs = 1000;

/** Moves one stream from one place to another, until its end, `exit()`, or what cannot be mended. */
export class Streamer extends EventEmitter<StreamerEvents> {
	/** Resolves with the end, whatever it is; never rejects. */
	readonly ended: Promise<StreamerEnd>;
	readonly #parts: StreamerParts;
	readonly #redact: (text: string) => string;
	readonly #meter = new SpeedMeter();
	/** Of the next try, and of the end. */
	readonly #alarm: Alarm;
	readonly #ticker: Alarm;
	readonly #history = {failures: 0, due: 0};
	#http: StreamerHttp | undefined;
	#input: StreamerInput | undefined;
	#relayInput: RelayInput | undefined;
	#run: Run | undefined;
	#runSince = 0;
	/** Of the runs before. */
	#before = noStats;
	#tracks: readonly PlannedTrack[] = [];
	#planText = '';
	#isPaused: boolean;
	#hasPlayed = false;
	#inputLost = false;
	#outputLost = false;
	#reconnects = 0;
	#error: MediaError | undefined;
	#toldState: StreamerState = 'connecting';
	#isLeaving = false;
	#isCompleting = false;
	#end: StreamerEnd | undefined;

	/** Use `createStreamer`. */
	constructor(parts: StreamerParts) {
		super();
		this.#parts = parts;
		this.#isPaused = parts.order.paused;
		this.#redact = wordsFor(parts);
		this.#alarm = new Alarm(parts.clock);
		this.#ticker = new Alarm(parts.clock);
		this.ended = new Promise(resolve => this.once('ended', resolve));
	}

	/** Called by `createStreamer`, once. What is wrong with the places is thrown. */
	async open(): Promise<void> {
		const {output, openInput} = this.#parts;
		output.open();
		output.on('failed', error => this.#leave(error));
		await this.#openHttp();
		const input = openInput();
		this.#input = input;
		input.once('ready', relayInput => {
			this.#relayInput = relayInput;
			this.#inputLost = false;
			this.#start();
		});
		input.on('lost', error => this.#lostInput(error));
		input.on('back', () => this.#inputBack());
		this.#tick();
	}

	async #openHttp(): Promise<void> {
		const {output, openHttp} = this.#parts;
		try {
			this.#http = await openHttp?.(this);
		} catch (error) {
			await output.close(false);
			throw error;
		}
	}

	/** Where commands, status and pictures are; undefined without `http`. */
	get httpUrl(): string | undefined {
		return this.#http?.url;
	}

	get state(): StreamerState {
		if (this.#end) return this.#end.error ? 'failed' : 'ended';
		if (this.#isLeaving) return 'finishing';
		if (this.#inputLost || this.#outputLost) return 'reconnecting';
		return this.#run?.state ?? 'connecting';
	}

	/** Where the newest key frame is that went to the output, and a name for it; undefined: none has. */
	get picture(): {source: SnapshotSource; key: string} | undefined {
		const run = this.#run;
		const keyFrames = run?.stats.keyFrames ?? 0;
		return run && keyFrames > 0 ? {source: run.pictures, key: `${run.id}-${keyFrames}`} : undefined;
	}

	status(): StreamerStatus {
		const {inputText, outputText} = this.#parts.order;
		const {positionUs, frames, droppedFrames} = this.#stats();
		const state = this.state;
		const speeds = this.#meter.read();
		const error = state === 'failed' || state === 'reconnecting' ? this.#error : undefined;
		return {
			state,
			input: redactEndpoint(inputText),
			output: redactEndpoint(outputText),
			position: positionUs / 1e6,
			...(state === 'playing' ? speeds : {bitrate: null, frameRate: null}),
			frames,
			drops: droppedFrames,
			reconnects: this.#reconnects,
			tracks: this.#tracks,
			error: error ? {code: error.code, message: error.message} : null,
		};
	}

	play(): void {
		this.#isPaused = false;
		this.#run?.play();
	}

	/** A file stops where it is; of what is live nothing is taken. The output stays connected. */
	pause(): void {
		this.#isPaused = true;
		this.#run?.pause();
	}

	/** Completes what is written; resolves when all has ended. May be called twice. */
	async exit(): Promise<StreamerEnd> {
		this.#leave();
		return this.ended;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.exit();
	}

	/** For who cannot wait: what is not whole is broken off now. */
	abandon(): void {
		if (!this.#end) void this.#parts.output.close(false);
	}

	#start(): void {
		const {order, output, start} = this.#parts;
		const [input, source] = [this.#relayInput, this.#input];
		const {positionUs, filmUs} = this.#before;
		const leftUs = order.durationUs - positionUs;
		if (this.#isLeaving || !input || !source) return;
		if (order.durationUs > 0 && leftUs <= 0) {
			void this.#complete(true);
			return;
		}
		const recipe = {
			type: 'relay',
			...{input, output: output.recipe, paused: this.#isPaused, loop: order.loop},
			startUs: order.input.type === 'file' ? filmUs : 0,
			durationUs: order.durationUs > 0 ? leftUs : 0,
		} as const;
		const run = new Run(start(recipe, source));
		this.#run = run;
		run.on('plan', tracks => this.#plan(tracks));
		run.on('state', () => this.#runState());
		run.on('inputLost', error => this.#leave(error));
		run.on('over', end => this.#over(end));
		this.#tellState();
	}

	#plan(tracks: readonly PlannedTrack[]): void {
		this.#tracks = tracks;
		this.#begin();
		const text = describePlan(tracks, this.#input?.tracks);
		if (text === this.#planText) return;
		this.#planText = text;
		this.emit('plan', text);
	}

	#begin(): void {
		try {
			this.#parts.output.begin();
		} catch (error) {
			this.#leave(toMediaError(error));
		}
	}

	#runState(): void {
		if (!this.#hasPlayed || this.#outputLost) this.#runSince = this.#parts.clock.now();
		this.#hasPlayed = true;
		// Asked for while it began.
		if (this.#run?.state === 'playing' && this.#isPaused) this.#run.pause();
		if (this.#run?.state === 'paused' && !this.#isPaused) this.#run.play();
		if (this.#outputLost) {
			this.#outputLost = false;
			this.#cameBack();
		}
		this.#tellState();
	}

	#inputBack(): void {
		if (!this.#inputLost) return;
		this.#inputLost = false;
		this.#cameBack();
		this.#tellState();
	}

	#cameBack(): void {
		this.#reconnects++;
		if (this.state !== 'reconnecting') this.emit('back');
	}

	#lostInput(error: MediaError): void {
		if (this.#isLeaving) return;
		const {order} = this.#parts;
		const isOver = error.code === 'SOURCE_ENDED' && this.#relayInput !== undefined;
		if (!order.reconnect) return this.#leave(isOver ? undefined : error);
		if (isHopeless(error) && !this.#relayInput) return this.#leave(error);
		this.#inputLost = true;
		this.#tellLost(error);
	}

	#over(end: RunEnd): void {
		const run = this.#run;
		this.#run = undefined;
		if (run) this.#before = sumOf(this.#before, run.stats);
		this.#alarm.cancel();
		const isWhole = end.type === 'whole' || (run?.stats.frames === 0 && this.#isWholeSoFar());
		if (this.#isLeaving) return void this.#complete(isWhole, errorOf(end));
		if (this.#shouldRetry(end)) return this.#retry(errorOf(end) ?? ended());
		void this.#complete(end.type === 'whole', errorOf(end), noteOf(end));
	}

	/** What the relays before have written, where another one could have gone on. */
	#isWholeSoFar(): boolean {
		return this.#parts.output.canGoOn && this.#before.frames > 0;
	}

	#shouldRetry(end: RunEnd): boolean {
		const {order, output} = this.#parts;
		const isFile = order.input.type === 'file';
		const isEmpty = end.type === 'failed' && end.side === 'input' && this.#before.frames === 0;
		if (!order.reconnect || !(output.canGoOn || isEmpty)) return false;
		if (end.type === 'whole') return isLive(this.#relayInput) && !this.#hasAll();
		if (end.type === 'stopped') return false;
		if (isHopeless(end.error) && !this.#hasPlayed) return false;
		return end.error.kind !== 'internal' && !(isFile && end.side === 'input');
	}

	/** The whole duration that was asked for; the last frame may begin a little before its end. */
	#hasAll(): boolean {
		const {durationUs} = this.#parts.order;
		return durationUs > 0 && this.#before.positionUs >= durationUs - 100_000;
	}

	#retry(error: MediaError): void {
		const {clock, random} = this.#parts;
		if (this.#hasPlayed && clock.now() - this.#runSince >= steadyMs) this.#history.failures = 0;
		countFailure(this.#history, error.code, {clock, random});
		this.#outputLost = true;
		this.#runSince = Infinity;
		this.#alarm.set(this.#history.due - clock.now(), () => this.#start());
		this.#tellLost(error);
	}

	#tellLost(error: MediaError): void {
		this.#error = this.#shown(error);
		this.emit('lost', this.#error);
		this.#tellState();
	}

	/** To its end in order; a failure is what it ends with. */
	#leave(error?: MediaError): void {
		if (this.#isLeaving) return;
		this.#isLeaving = true;
		this.#error = error && this.#shown(error);
		this.#alarm.cancel();
		this.#tellState();
		const run = this.#run;
		if (!run) return void this.#complete(this.#isWholeSoFar());
		if (run.stats.frames === 0) return run.stop();
		this.#alarm.set(this.#parts.output.finishMs, () => run.stop());
		run.finish();
	}

	async #complete(isWhole: boolean, failure?: MediaError, said?: string): Promise<void> {
		if (this.#isCompleting) return;
		this.#isCompleting = true;
		let error = this.#verdict(isWhole, failure);
		this.#isLeaving = true;
		this.#tellState();
		await this.#input?.close();
		let note = said;
		try {
			note = (await this.#parts.output.close(isWhole)) ?? note;
		} catch (thrown) {
			error ??= this.#shown(toMediaError(thrown));
		}
		if (!error && !isWhole && this.#stats().frames === 0) note ??= 'nothing was written';
		this.#ticker.cancel();
		this.#error = error;
		this.#end = {error: error ?? null, note: note ?? null};
		this.#tellState();
		await this.#http?.close();
		this.#parts.release();
		this.emit('ended', this.#end);
	}

	/** What it ends with. A peer that is left anyway may fail as it likes; a file that has something must be whole. */
	#verdict(isWhole: boolean, failure: MediaError | undefined): MediaError | undefined {
		const {output} = this.#parts;
		const reason = this.#isLeaving ? this.#error : undefined;
		const hasNothing = this.#stats().frames === 0;
		if (reason || (this.#isLeaving && (output.canGoOn || hasNothing))) return reason;
		if (failure) return this.#shown(failure);
		const isBroken = !isWhole && !output.canGoOn && !hasNothing;
		return isBroken ? notCompleted(output.finishMs) : undefined;
	}

	#stats(): PipelineStats {
		return this.#run ? sumOf(this.#before, this.#run.stats) : this.#before;
	}

	#tick(): void {
		this.#ticker.set(tickMs, () => {
			if (this.state === 'playing') this.#meter.add(this.#stats());
			this.emit('status', this.status());
			this.#tick();
		});
	}

	#tellState(): void {
		const state = this.state;
		if (state === this.#toldState) return;
		this.#toldState = state;
		this.emit('state', state);
	}

	#shown({code, message, context}: MediaError): MediaError {
		return new MediaError(code, this.#redact(message), {
			...('detail' in context && {detail: this.#redact(String(context['detail']))}),
		});
	}
}

const isLive = (input: RelayInput | undefined): boolean => input?.type === 'uri' && input.live;

const errorOf = (end: RunEnd): MediaError | undefined =>
	end.type === 'failed' ? end.error : undefined;

const ended = (): MediaError => new MediaError('SOURCE_ENDED', 'The input came to its end');

const notCompleted = (ms: number): MediaError =>
	new MediaError('FILE_UNWRITABLE', `The output could not be completed in ${ms / 1000} s`);
