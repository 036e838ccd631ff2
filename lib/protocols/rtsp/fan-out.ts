import type {EventEmitter} from 'node:events';
import {MediaError} from '../../errors.ts';
import type {Id} from '../../native/binding.ts';
import type {Block} from '../../native/block.ts';
import type {RtpOutputBlock, RtpRingBlock, RtpSpec} from '../../native/rtp-output.ts';
import {Slices} from './slices.ts';

/** What packages a stream once for all readers of one layout. */
export type RtpOutput = EventEmitter<{block: [block: RtpOutputBlock]; closed: []}> & {
	lendRing(how: {compress: boolean}): RtpRingBlock[];
	lendReport(): Block | undefined;
	close(): void;
};

/** The part of the addon that fan-out uses. */
export type RtpNative = {openRtp(spec: RtpSpec): RtpOutput};

/** Which tracks of a stream a reader takes, and on which channels. */
export type Layout = {stream: Id; tracks: RtpSpec['tracks']};

/** One that takes blocks; they are held during the call. */
export type Member = {
	take(blocks: readonly RtpOutputBlock[]): void;
	/** There are no more: the stream ended, or its tracks are others. */
	ended(): void;
};

/** Gives every picture of a stream to all readers of the same layout, packaged once. */
export class FanOuts {
	readonly #native: RtpNative;
	readonly #fanOuts = new Map<string, FanOut>();

	constructor(native: RtpNative) {
		this.#native = native;
	}

	get size(): number {
		return this.#fanOuts.size;
	}

	/** The fan-out of a layout, with this member in it until `leave(member)`. */
	join(layout: Layout, member: Member): FanOut {
		const key = JSON.stringify(layout);
		const known = this.#fanOuts.get(key);
		if (known) return known.join(member);
		if (this.#layoutsOf(layout.stream) >= maxLayouts)
			throw new MediaError(
				'PATH_TOO_MANY_READERS',
				`Expected at most ${maxLayouts} choices of tracks and channels at one path`,
			);
		const output = this.#native.openRtp({...layout, maxPacketBytes});
		const fanOut = new FanOut(layout.stream, output, () => {
			if (this.#fanOuts.get(key) === fanOut) this.#fanOuts.delete(key);
		});
		this.#fanOuts.set(key, fanOut);
		return fanOut.join(member);
	}

	#layoutsOf(stream: Id): number {
		return [...this.#fanOuts.values()].filter(fanOut => fanOut.stream === stream).length;
	}
}

/** Each costs the packaging of a stream; clients choose their channels in a handful of ways. */
const maxLayouts = 64;

/** Of an RTP packet with its header: one that fits into any network, TCP or not. */
const maxPacketBytes = 1440;

/** All fan-outs take turns: a key frame for many readers must not keep the others waiting. */
const slices = new Slices();

/** The readers of one output; it is closed when the last one has left. */
export class FanOut {
	readonly stream: Id;
	readonly #output: RtpOutput;
	readonly #onEmpty: () => void;
	readonly #members = new Set<Member>();
	#fresh: RtpOutputBlock[] = [];
	#turn = 0;

	constructor(stream: Id, output: RtpOutput, onEmpty: () => void) {
		this.stream = stream;
		this.#output = output;
		this.#onEmpty = onEmpty;
		output.on('block', block => this.#add(block));
		output.once('closed', () => this.#end());
	}

	join(member: Member): this {
		this.#members.add(member);
		return this;
	}

	/** May be called twice. */
	leave(member: Member): void {
		if (!this.#members.delete(member) || this.#members.size > 0) return;
		this.#onEmpty();
		this.#output.close();
	}

	/** Blocks since the newest key frame, each held for the caller; empty before the first block. */
	lendRing(how: {compress: boolean}): RtpRingBlock[] {
		return this.#output.lendRing(how);
	}

	/** Sender reports made now, held for the caller. */
	lendReport(): Block | undefined {
		return this.#output.lendReport();
	}

	/** All blocks of one wake-up go out together. */
	#add(made: RtpOutputBlock): void {
		made.block.retain();
		this.#fresh.push(made);
		if (this.#fresh.length === 1) queueMicrotask(() => this.#flush());
	}

	#flush(): void {
		const blocks = this.#fresh;
		this.#fresh = [];
		slices.add(this.#give(blocks));
	}

	*#give(blocks: readonly RtpOutputBlock[]): Generator<void> {
		const members = [...this.#members];
		const start = members.length === 0 ? 0 : this.#turn++ % members.length;
		for (let index = 0; index < members.length; index++) {
			const member = members[(start + index) % members.length];
			if (member && this.#members.has(member)) member.take(blocks);
			yield;
		}
		for (const {block} of blocks) block.release();
	}

	#end(): void {
		this.#onEmpty();
		const members = [...this.#members];
		this.#members.clear();
		for (const member of members) member.ended();
	}
}
