import {EventEmitter} from 'node:events';
import {errorKinds, MediaError} from '../errors.ts';
import type {ErrorCode} from '../errors.ts';
import type {EventOf, Id, PipelineRecipe, PipelineStats, PlannedTrack} from '../native/binding.ts';
import type {PipelineEvents} from '../native/native.ts';
import {noStats} from '../native/pipeline-stats.ts';

export type RelayRecipe = Extract<PipelineRecipe, {type: 'relay'}>;

/** The part of a native pipeline that a run uses. */
export type RelayPipeline = Pick<EventEmitter<PipelineEvents>, 'on'> & {
	readonly id: Id;
	/** Whose newest key frame went to the output, where it is not the pipeline's own. */
	readonly stream?: Id;
	play(): void;
	pause(): void;
	finish(): void;
	stop(): void;
	stats(): PipelineStats | undefined;
};

/** How a relay ended: its media was all written, it failed, or it was stopped before that. */
export type RunEnd =
	| {type: 'whole'; note?: string | undefined}
	| {type: 'failed'; error: MediaError; side: 'input' | 'output' | ''}
	| {type: 'stopped'};

export type RunEvents = {
	plan: [tracks: PlannedTrack[]];
	state: [];
	/** The input is gone; `finish()` completes what is written. */
	inputLost: [error: MediaError];
	/** The last one: the pipeline is gone. */
	over: [end: RunEnd];
};

/** One relay, from its start until its pipeline is gone. */
export class Run extends EventEmitter<RunEvents> {
	readonly #pipeline: RelayPipeline;
	#state: 'playing' | 'paused' | undefined;
	#stats = noStats;
	#lengthUs = 0;
	#isBrokenOff = false;
	#end: RunEnd = {type: 'stopped'};

	constructor(pipeline: RelayPipeline) {
		super();
		this.#pipeline = pipeline;
		pipeline.on('plan', ({tracks, lengthUs}) => {
			this.#lengthUs = lengthUs;
			this.emit('plan', tracks);
		});
		pipeline.on('state', state => {
			this.#state = state;
			this.emit('state');
		});
		pipeline.on('eos', () => this.#settle({type: 'whole', note: this.#shortfall()}));
		pipeline.on('failed', failure =>
			this.#settle({type: 'failed', error: toError(failure), side: failure.side}),
		);
		pipeline.on('inputLost', failure => this.emit('inputLost', toError(failure)));
		pipeline.on('stopped', () => this.emit('over', this.#end));
	}

	get id(): Id {
		return this.#pipeline.id;
	}

	/** Whose newest key frame went to the output. */
	get pictures(): {stream: Id} | {pipeline: Id} {
		const {id, stream} = this.#pipeline;
		return stream === undefined ? {pipeline: id} : {stream};
	}

	/** Undefined until media flows to the output. */
	get state(): 'playing' | 'paused' | undefined {
		return this.#state;
	}

	/** As they are now, or as they were when it ended or was broken off: what comes after that counts for nothing. */
	get stats(): PipelineStats {
		if (!this.#isBrokenOff) this.#stats = this.#pipeline.stats() ?? this.#stats;
		return this.#stats;
	}

	play(): void {
		this.#pipeline.play();
	}

	pause(): void {
		this.#pipeline.pause();
	}

	/** Completes what is written. */
	finish(): void {
		this.#pipeline.finish();
	}

	/** Breaks it off. */
	stop(): void {
		if (this.#stats.frames > 0) void this.stats;
		this.#isBrokenOff = true;
		this.#pipeline.stop();
	}

	/** What there is to say of a film that ends long before it should. */
	#shortfall(): string | undefined {
		const {filmUs, positionUs} = this.stats;
		const reachedUs = Math.max(filmUs, positionUs);
		const lackUs = this.#lengthUs - reachedUs;
		if (lackUs < Math.max(leastLackUs, this.#lengthUs / 10)) return undefined;
		const [got, said] = [reachedUs, this.#lengthUs].map(us => (us / 1e6).toFixed(1));
		return `the input ended after ${got} s and says that it has ${said} s: it may be cut short`;
	}

	/** The first end counts. */
	#settle(end: RunEnd): void {
		void this.stats;
		if (this.#end.type !== 'stopped') return;
		this.#end = end;
		this.#pipeline.stop();
	}
}

const toError = ({code, message, detail}: EventOf<'failed' | 'inputLost'>): MediaError =>
	new MediaError(isErrorCode(code) ? code : 'PIPELINE_ERROR', message, {detail});

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errorKinds, code);

/** What there is to say beside the end. */
export const noteOf = (end: RunEnd): string | undefined =>
	end.type === 'whole' ? end.note : undefined;

/** Tracks do not end at the same time. */
const leastLackUs = 2_000_000;
