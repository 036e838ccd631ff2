import type {Writable} from 'node:stream';
import type {RtmpOutputBlock} from '../../native/rtmp.ts';

/** The part of a block that the queue looks at. */
export type QueuedBlock = Pick<RtmpOutputBlock, 'key' | 'number'> & {
	block: Pick<RtmpOutputBlock['block'], 'data' | 'writeTo'>;
};

/** What may wait for a server that takes less than comes. */
const maxAgeMs = 5000;
const maxBytes = 16_000_000;

/**
 * What waits for one server. Networks stand still for a second at times, so it may fall behind; when it is too late, or
 * blocks are missing, it goes on with a key frame.
 */
export class PushQueue {
	readonly #target: Writable;
	readonly #now: () => number;
	/** Of each block that waits, since when and how large. */
	readonly #waiting: {since: number; bytes: number}[] = [];
	#bytes = 0;
	#lastNumber = 0;
	#awaitsKey = false;
	#progress = 0;

	/** `now` in milliseconds. */
	constructor(target: Writable, now: () => number) {
		this.#target = target;
		this.#now = now;
	}

	/** How long nothing has been taken while something waits, in milliseconds. */
	get stalledMs(): number {
		return this.#waiting.length === 0 ? 0 : this.#now() - this.#progress;
	}

	/** Writes it, or leaves it out. */
	offer({block, key, number}: QueuedBlock): void {
		const now = this.#now();
		const isLate = now - (this.#waiting[0]?.since ?? now) > maxAgeMs;
		const isGap = number !== this.#lastNumber + 1;
		this.#lastNumber = number;
		if (isLate || isGap || this.#bytes > maxBytes) this.#awaitsKey = true;
		if (this.#awaitsKey && (!key || isLate || this.#bytes > maxBytes / 2)) return;
		this.#awaitsKey = false;
		this.#write(block, now);
	}

	#write(block: QueuedBlock['block'], since: number): void {
		const {byteLength: bytes} = block.data;
		if (this.#waiting.length === 0) this.#progress = since;
		this.#waiting.push({since, bytes});
		this.#bytes += bytes;
		block.writeTo(this.#target, () => {
			this.#waiting.shift();
			this.#bytes -= bytes;
			this.#progress = this.#now();
		});
	}
}
