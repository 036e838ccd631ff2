// What happens to a reader that takes less than comes (design.md section 8).
import type {Block} from '../native/block.ts';
import type {TakenBlock} from '../native/output-block.ts';
import {PastPieces} from './past-pieces.ts';
import type {Piece} from './past-pieces.ts';

/** What blocks are written to; `done` is called once for each, written or not, at once where it is over at once. */
export type Sink = {
	write(block: Block, done: () => void): void;
	/** What is written in between goes out at once. */
	cork(): void;
	uncork(): void;
	/** What was written and has not left this machine; asked for only when something waits. */
	unsentBytes(): number;
};

export type ReaderQueueOptions = {
	sink: Sink;
	/** The server clock in microseconds. */
	nowUs: () => number;
	/** What waits for one reader beyond this is as late as it can be. */
	maxBytes: number;
	/** What goes before the key frame with which a reader goes on after a gap, held for the caller. */
	lendPrelude?: () => Block | undefined;
};

type Offered = Pick<TakenBlock, 'number' | 'block' | 'packets' | 'key' | 'droppable' | 'arrivalUs'>;
type Written = Pick<Offered, 'number' | 'block' | 'packets' | 'arrivalUs'>;

export type QueueStats = {
	/** Of blocks that were written. */
	bytes: number;
	packets: number;
	/** Packets left out because the reader was late. */
	dropped: number;
};

/**
 * One reader's blocks: those whose write is not over yet have an age. A reader that is late loses what nobody refers
 * to, then everything up to the next key frame. While it is joining (its queue has not been empty yet) it may catch up.
 */
export class ReaderQueue {
	readonly #sink: Sink;
	readonly #nowUs: () => number;
	readonly #maxBytes: number;
	readonly #lendPrelude: () => Block | undefined;
	readonly #unwritten: Piece[] = [];
	/** The last ones whose write is over. */
	readonly #past = new PastPieces();
	readonly #stats: QueueStats = {bytes: 0, packets: 0, dropped: 0};
	#unwrittenBytes = 0;
	#lastNumber = 0;
	#awaitsKey = true;
	/** It has been given media. */
	#hasBegun = false;
	/** When it began to join; undefined: it has caught up. */
	#joinsSinceUs: number | undefined;
	/** Of the blocks that it began with, which may be more than may wait. */
	#beginBytes = 0;
	#lastProgressUs: number;
	#isClosed = false;

	constructor({sink, nowUs, maxBytes, lendPrelude = () => undefined}: ReaderQueueOptions) {
		this.#lendPrelude = lendPrelude;
		this.#sink = sink;
		this.#nowUs = nowUs;
		this.#maxBytes = maxBytes;
		this.#lastProgressUs = nowUs();
	}

	get stats(): Readonly<QueueStats> {
		return this.#stats;
	}

	/** How long something has been waiting while no write ended; 0 = nothing waits. */
	get stalledUs(): number {
		return this.#unwritten.length === 0 ? 0 : this.#nowUs() - this.#lastProgressUs;
	}

	/**
	 * Begins with these blocks, all of them; the next ones offered follow them. Who plays again and again and takes
	 * nothing begins with the next key frame instead.
	 */
	begin(blocks: readonly Written[]): void {
		if (this.#unwrittenBytes > this.#maxBytes)
			return this.beginAfter(blocks.at(-1)?.number ?? this.#lastNumber);
		this.#awaitsKey = blocks.length === 0;
		this.#hasBegun = !this.#awaitsKey;
		this.#beginBytes = blocks.reduce((sum, {block}) => sum + block.data.byteLength, 0);
		for (const block of blocks) this.#write(block);
		this.#joinsSinceUs = this.#unwritten.length > 0 ? this.#nowUs() : undefined;
	}

	/**
	 * Begins with the first key frame after the block of this number. Who has something waiting is as late as before.
	 */
	beginAfter(number: number): void {
		if (this.#unwritten.length === 0) {
			this.#joinsSinceUs = this.#nowUs();
			this.#beginBytes = 0;
		}
		this.#awaitsKey = true;
		this.#hasBegun = false;
		this.#lastNumber = number;
	}

	/** Something that is no media of its own (a sender report). */
	send(block: Block): void {
		this.#write({number: this.#lastNumber, block, packets: 0, arrivalUs: this.#nowUs()});
	}

	/**
	 * New blocks in their order; those that it has already are passed over. Blocks that come together because this
	 * process was late make no reader late.
	 */
	offer(blocks: readonly Offered[]): void {
		const ageUs = this.#ageUs();
		const goTogether = blocks.length > 1;
		if (goTogether) this.#sink.cork();
		for (const block of blocks) {
			if (!this.#isClosed && block.number > this.#lastNumber) this.#consider(block, ageUs);
		}
		if (goTogether) this.#sink.uncork();
	}

	/** So many packets were not even offered. */
	missed(packets: number): void {
		if (this.#hasBegun) this.#stats.dropped += packets;
	}

	/** Takes nothing more; what is written already goes its way. */
	close(): void {
		this.#isClosed = true;
	}

	#consider(block: Offered, queueAgeUs: number): void {
		if (this.#isFit(block, this.#isFull ? Infinity : queueAgeUs)) {
			this.#hasBegun = true;
			return this.#write(block);
		}
		this.#lastNumber = block.number;
		if (this.#hasBegun) this.#stats.dropped += block.packets;
	}

	#isFit({number, key, droppable}: Offered, ageUs: number): boolean {
		// A ring that was cut is a key frame alone, and what came after it is gone.
		const isGap = number !== this.#lastNumber + 1;
		if (isGap || ageUs > maxAgeUs) this.#awaitsKey = true;
		if (this.#awaitsKey) {
			if (!key || ageUs > maxAgeUs) return false;
			this.#awaitsKey = false;
			this.#sendPrelude();
		}
		return !(droppable && ageUs > maxDroppableAgeUs);
	}

	#sendPrelude(): void {
		const prelude = this.#hasBegun ? this.#lendPrelude() : undefined;
		if (!prelude) return;
		this.send(prelude);
		prelude.release();
	}

	/** 0 while it may still catch up. */
	#ageUs(): number {
		const [oldest] = this.#unwritten;
		if (!oldest) return 0;
		if (this.#isJoining) return 0;
		const unsentSinceUs = this.#past.arrivalOf(this.#sink.unsentBytes());
		return this.#nowUs() - (unsentSinceUs ?? oldest.arrivalUs);
	}

	get #isFull(): boolean {
		const allowance = this.#isJoining ? this.#beginBytes : 0;
		return this.#unwrittenBytes > this.#maxBytes + allowance;
	}

	get #isJoining(): boolean {
		return this.#joinsSinceUs !== undefined && this.#nowUs() - this.#joinsSinceUs < joinUs;
	}

	#write({number, block, packets, arrivalUs}: Written): void {
		const bytes = block.data.byteLength;
		this.#lastNumber = number;
		this.#unwritten.push({arrivalUs, bytes});
		this.#unwrittenBytes += bytes;
		this.#sink.write(block, () => this.#written(bytes, packets));
		if (this.#unwritten.length === 1) this.#lastProgressUs = this.#nowUs();
	}

	#written(bytes: number, packets: number): void {
		const piece = this.#unwritten.shift();
		if (piece) this.#past.add(piece);
		this.#unwrittenBytes -= bytes;
		this.#stats.bytes += bytes;
		this.#stats.packets += packets;
		if (this.#unwritten.length === 0) this.#joinsSinceUs = undefined;
		else this.#lastProgressUs = this.#nowUs();
	}
}

const maxDroppableAgeUs = 150_000;
const maxAgeUs = 400_000;
const joinUs = 3_000_000;
