import type {EventEmitter} from 'node:events';
import type {Id} from '../native/binding.ts';
import type {Block} from '../native/block.ts';
import type {TakenBlock} from '../native/output-block.ts';
import type {RingBlock} from '../native/ring-output.ts';
import {Slices} from './slices.ts';

/** What packages a stream once for all readers who want it the same way. */
export type RingOutput = EventEmitter<{block: [block: TakenBlock]; closed: []}> & {
	lendRing(how: {compress: boolean}): RingBlock[];
	lendReport(): Block | undefined;
	pause(): void;
	play(): void;
	close(): void;
};

/** One that takes blocks; they are held during the call. */
export type Member = {
	take(blocks: readonly TakenBlock[]): void;
	/** So many packets were left out before the next blocks, because this server is late. */
	missed(packets: number): void;
	/** There are no more: the stream ended, or its tracks are others. */
	ended(): void;
};

/** All fan-outs take turns: a key frame for many readers must not keep the others waiting. */
const slices = new Slices();

export type FanOutOptions = {
	stream: Id;
	/** Who chose a layout that nobody else has; it stays theirs. */
	place?: string | undefined;
	output: RingOutput;
	onLate: () => void;
	onEmpty: () => void;
};

/** The readers of one output; it is closed when the last one has left. */
export class FanOut {
	readonly stream: Id;
	readonly place: string | undefined;
	readonly #output: RingOutput;
	readonly #options: FanOutOptions;
	readonly #members = new Set<Member>();
	/** What the members have not been given yet, bounded by `isLate`. */
	#fresh: TakenBlock[] = [];
	#freshBytes = 0;
	#missed = 0;
	/** After a gap. */
	#awaitsKey = false;
	#isGiving = false;
	#turn = 0;

	constructor(options: FanOutOptions) {
		this.stream = options.stream;
		this.place = options.place;
		this.#options = options;
		this.#output = options.output;
		this.#output.on('block', block => this.#add(block));
		this.#output.once('closed', () => this.#end());
	}

	join(member: Member): this {
		this.#members.add(member);
		return this;
	}

	/** May be called twice. */
	leave(member: Member): void {
		if (!this.#members.delete(member) || this.#members.size > 0) return;
		this.#options.onEmpty();
		this.#output.close();
	}

	/** Blocks since the newest key frame, each held for the caller; empty before the first block. */
	lendRing(how: {compress: boolean}): RingBlock[] {
		return this.#output.lendRing(how);
	}

	/** Sender reports made now, held for the caller. */
	lendReport(): Block | undefined {
		return this.#output.lendReport();
	}

	/** Nothing is made for any member, and numbers stand still, until `play`. */
	pause(): void {
		this.#output.pause();
	}

	play(): void {
		this.#output.play();
	}

	/** All blocks of one wake-up go out together, and those that come while others go out wait for the next turn. */
	#add(made: TakenBlock): void {
		if (this.#isLate(made)) this.#skip();
		if (this.#awaitsKey && !made.key) return void (this.#missed += made.packets);
		this.#awaitsKey = false;
		made.block.retain();
		this.#fresh.push(made);
		this.#freshBytes += made.block.data.byteLength;
		if (this.#isGiving) return;
		this.#isGiving = true;
		queueMicrotask(() => slices.add(this.#give()));
	}

	/** The members are not given what has come as fast as it comes. */
	#isLate({block, arrivalUs}: TakenBlock): boolean {
		const [oldest] = this.#fresh;
		if (!oldest) return false;
		return (
			arrivalUs - oldest.arrivalUs > maxFreshUs ||
			this.#freshBytes + block.data.byteLength > maxFreshBytes
		);
	}

	/** Nobody is given pieces of a picture: it goes on at a key frame. */
	#skip(): void {
		for (const {block, packets} of this.#takeFresh()) {
			this.#missed += packets;
			block.release();
		}
		this.#awaitsKey = true;
		this.#options.onLate();
	}

	#takeFresh(): TakenBlock[] {
		this.#freshBytes = 0;
		return this.#fresh.splice(0);
	}

	*#give(): Generator<void> {
		const blocks = this.#takeFresh();
		const missed = this.#missed;
		this.#missed = 0;
		for (const member of this.#inTurn()) {
			if (missed > 0) member.missed(missed);
			member.take(blocks);
			yield;
		}
		for (const {block} of blocks) block.release();
		this.#isGiving = this.#fresh.length > 0;
		// Behind the fan-outs that wait already.
		if (this.#isGiving) slices.add(this.#give());
	}

	*#inTurn(): Generator<Member> {
		const members = [...this.#members];
		const start = members.length === 0 ? 0 : this.#turn++ % members.length;
		for (let index = 0; index < members.length; index++) {
			const member = members[(start + index) % members.length];
			if (member && this.#members.has(member)) yield member;
		}
	}

	#end(): void {
		this.#options.onEmpty();
		const members = [...this.#members];
		this.#members.clear();
		for (const member of members) member.ended();
	}
}

/** Media that may wait for its turn; beyond it readers would be later than they may be (design.md section 8). */
const maxFreshUs = 2_000_000;
const maxFreshBytes = 16_777_216;
