// What browsers can play of paths (docs/design/0040): where they lack a codec of the sound, a stream that is
// made of the path's own, once for all who take it.
import {EventEmitter} from 'node:events';
import type {MediaError} from '../errors.ts';
import type {Id, PipelineRecipe, TrackInfo} from '../native/binding.ts';
import type {PipelineEvents} from '../native/native.ts';
import type {PlayableStreamEvents} from '../native/playable-stream.ts';
import {toPipelineError} from './pipeline-source.ts';

type NativePlayable = EventEmitter<PlayableStreamEvents> & {readonly id: Id; close(): void};
type SoundPipeline = EventEmitter<PipelineEvents> & {stop(): void};

/** The part of native code that makes sound anew. */
export type PlayableNative = {
	openPlayable(parent: Id): NativePlayable;
	start(recipe: Extract<PipelineRecipe, {type: 'sound'}>): SoundPipeline;
};

export type PlayableLogger = {
	info(context: object, message: string): void;
	warn(context: object, message: string): void;
};

/** The stream of a path that shall be played. */
export type Parent = {path: string; stream: Id; tracks: readonly TrackInfo[]};

/** What an output for browsers is opened on, until `release()` or `closed`. */
export class Playable extends EventEmitter<{closed: [error: MediaError]}> {
	readonly stream: Id;
	/** Codecs of which browsers get nothing. */
	readonly lacks: readonly string[];
	readonly #release: () => void;

	constructor(stream: Id, lacks: readonly string[], release: () => void) {
		super();
		this.stream = stream;
		this.lacks = lacks;
		this.#release = release;
	}

	/** May be called twice, and after `closed`. */
	release(): void {
		this.#release();
	}
}

/** Streams that are made while somebody takes them. */
export class PlayableStreams {
	readonly #native: PlayableNative;
	readonly #logger: PlayableLogger;
	readonly #made = new Map<Id, MadeStream>();
	/** Streams whose sound cannot be made, oldest first. */
	readonly #mute = new Set<Id>();

	constructor(native: PlayableNative, logger: PlayableLogger) {
		this.#native = native;
		this.#logger = logger;
	}

	/** The path's own stream where that does, and where its sound cannot be made. */
	async open(parent: Parent): Promise<Playable> {
		if (!parent.tracks.some(isRemade) || this.#mute.has(parent.stream)) return asItIs(parent);
		const made = this.#made.get(parent.stream) ?? this.#make(parent);
		const playable = made.hold();
		await made.ready;
		return made.isFailed ? asItIs(parent) : playable;
	}

	#make({path, stream, tracks}: Parent): MadeStream {
		const codecs = tracks.filter(isRemade).map(track => track.codec);
		this.#logger.info({path}, `browsers get the sound as FLAC, made of ${codecs.join(', ')}`);
		const made = new MadeStream(this.#native, stream, lacksOf(tracks));
		this.#made.set(stream, made);
		made.once('failed', ({message, context: {detail}}) => {
			this.#logger.warn({path, detail}, `browsers get no sound: ${message}`);
			this.#forget(stream);
		});
		made.once('closed', () => this.#made.delete(stream));
		return made;
	}

	/** Bounded: streams come and go for years. */
	#forget(stream: Id): void {
		this.#mute.add(stream);
		const [oldest] = this.#mute;
		if (this.#mute.size > maxMute && oldest !== undefined) this.#mute.delete(oldest);
	}
}

const maxMute = 1000;

const isRemade = ({fmp4, playable}: TrackInfo): boolean => fmp4 !== playable;

const lacksOf = (tracks: readonly TrackInfo[]): string[] =>
	tracks.filter(({playable}) => playable === '').map(({codec}) => codec);

const asItIs = ({stream, tracks}: Parent): Playable => {
	const lacks = tracks.filter(({fmp4}) => fmp4 === '').map(({codec}) => codec);
	return new Playable(stream, lacks, () => {});
};

/** One stream that is made, and the pipelines of its sound: closed when nobody holds it, or when one of them fails. */
class MadeStream extends EventEmitter<{failed: [error: MediaError]; closed: []}> {
	/** The sound is being made, or has failed. */
	readonly ready: Promise<void>;
	isFailed = false;
	readonly #native: PlayableNative;
	readonly #stream: NativePlayable;
	readonly #lacks: readonly string[];
	readonly #holders = new Set<Playable>();
	#pipelines: SoundPipeline[] = [];
	#silent = 0;
	#setReady: () => void = () => {};

	constructor(native: PlayableNative, parent: Id, lacks: readonly string[]) {
		super();
		this.#native = native;
		this.#lacks = lacks;
		this.ready = new Promise(resolve => {
			this.#setReady = resolve;
		});
		this.#stream = native.openPlayable(parent);
		this.#stream.on('remake', event => this.#remake(event));
		this.#stream.once('closed', () => this.#setReady());
	}

	hold(): Playable {
		const holder = new Playable(this.#stream.id, this.#lacks, () => this.#release(holder));
		this.#holders.add(holder);
		return holder;
	}

	#release(holder: Playable): void {
		if (this.#holders.delete(holder) && this.#holders.size === 0) this.#close();
	}

	/** Each epoch has pipelines of its own: their times would run on otherwise. */
	#remake({epoch, tracks}: PlayableStreamEvents['remake'][0]): void {
		this.#stopPipelines();
		this.#silent = tracks.length;
		if (tracks.length === 0) this.#setReady();
		for (const {track} of tracks) {
			const pipeline = this.#native.start({type: 'sound', stream: this.#stream.id, epoch, track});
			pipeline.once('state', () => {
				if (--this.#silent === 0) this.#setReady();
			});
			pipeline.once('failed', failure => this.#fail(toPipelineError(failure)));
			this.#pipelines.push(pipeline);
		}
	}

	#fail(error: MediaError): void {
		this.isFailed = true;
		const holders = [...this.#holders];
		this.#holders.clear();
		this.#close();
		this.emit('failed', error);
		for (const holder of holders) holder.emit('closed', error);
	}

	#close(): void {
		this.#stopPipelines();
		this.#stream.removeAllListeners('remake');
		this.#stream.close();
		this.#setReady();
		this.emit('closed');
	}

	#stopPipelines(): void {
		for (const pipeline of this.#pipelines) {
			pipeline.removeAllListeners();
			pipeline.stop();
		}
		this.#pipelines = [];
	}
}
