import {parsed, unparsed} from '../util/parsed.ts';
import type {Parsed} from '../util/parsed.ts';
import type {RtpStart} from '../native/binding.ts';
import type {TakenBlock} from '../native/output-block.ts';
import type {RingBlock} from '../native/ring-output.ts';
import type {FanOut, Member} from './fan-out.ts';
import type {ReaderQueue} from './reader-queue.ts';

/** How a reader begins: at the next key frame, or with the ring, in compressed or true time. */
export type StartMode = 'live' | 'fast' | 'real';

/** Where a reader begins. */
export type Beginning = {
	/** The first packet of each track, in the order of the layout; empty where that is not known yet. */
	starts: RtpStart[];
	/** The server clock in microseconds when what comes first was taken; undefined: it comes yet. */
	captureUs: number | undefined;
};

/** With what comes next. */
export const withTheNext: Beginning = {starts: [], captureUs: undefined};

const startModes: readonly StartMode[] = ['live', 'fast', 'real'];

/** What a URL says of it; undefined: nothing. */
export const startOf = (query: string): Parsed<StartMode | undefined> => {
	const asked = new URLSearchParams(query).get('start');
	if (asked === null) return parsed(undefined);
	const mode = startModes.find(it => it === asked);
	return mode
		? parsed(mode)
		: unparsed(`expected start to be ${startModes.join(', ')}, got ${asked.slice(0, 40)}`);
};

export type ReadingOptions = {
	/** Makes it a member. */
	join: (member: Member) => FanOut;
	queue: ReaderQueue;
	mode: StartMode;
	nowUs: () => number;
	/** There is nothing more to read. */
	onEnded: () => void;
};

/** From the wish to play to a pause or the end: one reader in its fan-out. */
export class Reading implements Member {
	readonly #options: ReadingOptions;
	readonly #fanOut: FanOut;
	#ring: RingBlock[] = [];
	#isStarted = false;
	#isStopped = false;
	#hasBegun = false;
	#onFirst: () => void = () => {};

	constructor(options: ReadingOptions) {
		this.#options = options;
		this.#fanOut = options.join(this);
	}

	async prepare(): Promise<Beginning> {
		this.#ring = this.#lendRing();
		if (this.#ring.length === 0) {
			await this.#firstBlock();
			if (!this.#isStopped) this.#ring = this.#lendRing();
		}
		const [first] = this.#ring;
		if (!first || !this.#beginsWithRing) return withTheNext;
		return {starts: first.starts, captureUs: first.captureUs};
	}

	/** From now on it sends; nothing, once it was stopped. */
	start(): void {
		if (this.#isStopped) return;
		this.#isStarted = true;
		this.#begin();
	}

	take(blocks: readonly TakenBlock[]): void {
		this.#onFirst();
		if (!this.#isStarted) return;
		if (!this.#hasBegun) {
			this.#ring = this.#lendRing();
			this.#begin();
		}
		this.#options.queue.offer(blocks);
	}

	missed(packets: number): void {
		if (this.#hasBegun) this.#options.queue.missed(packets);
	}

	ended(): void {
		this.stop();
		this.#options.onEnded();
	}

	/** May be called twice. */
	stop(): void {
		this.#isStarted = false;
		this.#isStopped = true;
		this.#onFirst();
		this.#giveBack();
		this.#fanOut.leave(this);
	}

	/** An output that has just been opened has the ring of its stream in a moment, if there is one. */
	async #firstBlock(): Promise<void> {
		await new Promise<void>(resolve => {
			const timer = setTimeout(resolve, firstBlockMs);
			this.#onFirst = () => {
				clearTimeout(timer);
				resolve();
			};
		});
	}

	/** Without a ring it begins with the first blocks. */
	#begin(): void {
		const newest = this.#ring.at(-1);
		if (!newest) return;
		this.#hasBegun = true;
		const {queue} = this.#options;
		if (this.#beginsWithRing) {
			this.#sendReport();
			queue.begin(this.#ring);
		} else {
			queue.beginAfter(newest.number);
			this.#sendReport();
		}
		this.#giveBack();
	}

	#sendReport(): void {
		const report = this.#fanOut.lendReport();
		if (!report) return;
		this.#options.queue.send(report);
		report.release();
	}

	get #beginsWithRing(): boolean {
		const {mode, nowUs} = this.#options;
		const [oldest] = this.#ring;
		if (!oldest) return false;
		return mode !== 'live' || nowUs() - oldest.arrivalUs < youngUs;
	}

	#lendRing(): RingBlock[] {
		return this.#fanOut.lendRing({compress: this.#options.mode === 'fast'});
	}

	#giveBack(): void {
		for (const {block} of this.#ring) block.release();
		this.#ring = [];
	}
}

const firstBlockMs = 100;
/** A ring that is younger is as good as live. */
const youngUs = 1_000_000;
