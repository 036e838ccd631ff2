import type {FanOut, Member} from './fan-out.ts';
import {ReaderQueue} from './reader-queue.ts';
import type {QueueStats, Sink} from './reader-queue.ts';
import {Reading} from './reading.ts';
import type {StartMode} from './reading.ts';

export type PlayOptions = {
	/** Makes it a member. */
	join: (member: Member) => FanOut;
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
		this.#place = this.#options.join(member);
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
