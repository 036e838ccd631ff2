import type {FlvSpec} from '../../native/ring-output.ts';
import {FanOut} from '../../readers/fan-out.ts';
import type {Member, RingOutput} from '../../readers/fan-out.ts';
import {ReaderQueue} from '../../readers/reader-queue.ts';
import type {QueueStats, Sink} from '../../readers/reader-queue.ts';
import {Reading} from '../../readers/reading.ts';
import type {StartMode} from '../../readers/reading.ts';

/** The part of the addon that fan-out uses. */
export type FlvNative = {openFlv(spec: FlvSpec): RingOutput};

/** Gives every picture of a stream to all players of the same tracks, packaged once. */
export class FlvFanOuts {
	readonly #native: FlvNative;
	readonly #late: {note(sample: string): void};
	readonly #fanOuts = new Map<string, FanOut>();

	constructor(native: FlvNative, late: {note(sample: string): void}) {
		this.#native = native;
		this.#late = late;
	}

	/** With this member in it until `leave(member)`. */
	join(spec: FlvSpec, member: Member): FanOut {
		const key = JSON.stringify(spec);
		const known = this.#fanOuts.get(key);
		if (known) return known.join(member);
		const fanOut = new FanOut({
			stream: spec.stream,
			output: this.#native.openFlv(spec),
			onLate: () => this.#late.note('RTMP players lost pictures, because this machine is too slow'),
			onEmpty: () => {
				if (this.#fanOuts.get(key) === fanOut) this.#fanOuts.delete(key);
			},
		});
		this.#fanOuts.set(key, fanOut);
		return fanOut.join(member);
	}
}

export type PlayOptions = {
	fanOuts: FlvFanOuts;
	spec: FlvSpec;
	sink: Sink;
	/** The server clock in microseconds. */
	nowUs: () => number;
	/** What may wait for the player, in bytes. */
	maxBytes: number;
	mode: StartMode;
	/** There is nothing more to play; told once. */
	onEnded: () => void;
};

/** Media on its way to one player. */
export class Play {
	readonly #options: PlayOptions;
	readonly #queue: ReaderQueue;
	#reading: Reading | undefined;
	/** While it pauses, it keeps its place, so that times go on from there. */
	#place: FanOut | undefined;
	#isOver = false;
	readonly #holder: Member = {take: () => {}, missed: () => {}, ended: () => this.#end()};

	constructor(options: PlayOptions) {
		this.#options = options;
		const {sink, nowUs, maxBytes} = options;
		const lendPrelude = () => this.#place?.lendReport();
		this.#queue = new ReaderQueue({sink, nowUs, maxBytes, lendPrelude});
	}

	get stats(): Readonly<QueueStats> {
		return this.#queue.stats;
	}

	/** How long something has been waiting while no write ended. */
	get stalledUs(): number {
		return this.#queue.stalledUs;
	}

	/** From the newest key frame on, or from the next one. */
	async start(): Promise<void> {
		if (this.#isOver || this.#reading) return;
		const {nowUs, mode} = this.#options;
		const reading = new Reading({
			join: member => this.#join(member),
			...{queue: this.#queue, mode, nowUs},
			onEnded: () => this.#end(),
		});
		this.#reading = reading;
		this.#place?.leave(this.#holder);
		await reading.prepare();
		reading.start();
	}

	pause(): void {
		if (!this.#reading) return;
		this.#place?.join(this.#holder);
		this.#stop();
	}

	/** May be called twice. */
	close(): void {
		this.#isOver = true;
		this.#stop();
		this.#place?.leave(this.#holder);
		this.#queue.close();
	}

	#join(member: Member): FanOut {
		const {fanOuts, spec} = this.#options;
		this.#place = fanOuts.join(spec, member);
		return this.#place;
	}

	#stop(): void {
		this.#reading?.stop();
		this.#reading = undefined;
	}

	#end(): void {
		if (this.#isOver) return;
		this.close();
		this.#options.onEnded();
	}
}
