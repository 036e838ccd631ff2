// Which segments a playlist names, as plain data: the rules of target duration and discontinuities.
import {formatMediaPlaylist, measureBandwidth} from './playlist.ts';
import type {SegmentFacts} from './playlist.ts';

/** What outlives the muxer of a path, so that a later one goes on where it ended. */
export type PathMemory = {
	/** Seconds; the longest segment seen, rounded up. 0 = none yet. */
	targetDuration: number;
	/** Of the next segment. */
	sequence: number;
	/** How many discontinuities have left the playlists so far. */
	discontinuitySequence: number;
	/** Codecs that the last muxer could not carry, as they were told. */
	leftOut: string;
};

export const newMemory = (): PathMemory => ({
	targetDuration: 0,
	sequence: 0,
	discontinuitySequence: 0,
	leftOut: '',
});

/**
 * The newest segments of one muxer. The target duration never changes while a playlist goes on (RFC 8216 section
 * 6.2.1): a segment that is longer begins the playlist anew with a discontinuity.
 */
export class Window {
	readonly #memory: PathMemory;
	readonly #count: number;
	readonly #configuredDuration: number;
	#listed: SegmentFacts[] = [];
	#kept: SegmentFacts[] = [];

	/** `count` segments are listed, as many more kept; `segmentDuration` in milliseconds. */
	constructor(
		memory: PathMemory,
		{count, segmentDuration}: {count: number; segmentDuration: number},
	) {
		this.#memory = memory;
		this.#count = count;
		this.#configuredDuration = Math.ceil(segmentDuration / 1000);
	}

	/** Seconds; the configured one until there is a segment. */
	get targetDuration(): number {
		return Math.max(this.#memory.targetDuration, this.#configuredDuration, 1);
	}

	get isEmpty(): boolean {
		return this.#listed.length === 0;
	}

	/** A segment that is kept needs this init section. */
	uses(initUri: string): boolean {
		return this.#kept.some(segment => segment.initUri === initUri);
	}

	/** Adds the newest segment; gives those that are kept no more. */
	add(facts: Omit<SegmentFacts, 'sequence'>): SegmentFacts[] {
		const isFirst = this.isEmpty;
		const segment = {...facts, sequence: this.#memory.sequence++};
		// A path that had a muxer before goes on after a gap.
		if (isFirst && segment.sequence > 0) segment.discontinuity = true;
		if (Math.round(segment.durationUs / 1e6) > this.targetDuration || isFirst) {
			if (!isFirst) segment.discontinuity = true;
			this.#unlist(this.#listed.length);
			this.#memory.targetDuration = Math.max(
				this.targetDuration,
				Math.ceil(segment.durationUs / 1e6),
			);
		}
		this.#listed.push(segment);
		this.#kept.push(segment);
		this.#unlist(this.#listed.length - this.#count);
		return this.#kept.splice(0, Math.max(0, this.#kept.length - 2 * this.#count));
	}

	/** The discontinuities of a muxer that ends leave with it. */
	close(): void {
		this.#unlist(this.#listed.length);
	}

	format(): string {
		return formatMediaPlaylist({
			targetDuration: this.targetDuration,
			discontinuitySequence: this.#memory.discontinuitySequence,
			segments: this.#listed,
		});
	}

	bandwidth(): {bandwidth: number; averageBandwidth: number} {
		return measureBandwidth(this.#kept);
	}

	#unlist(count: number): void {
		const gone = this.#listed.splice(0, Math.max(0, count));
		this.#memory.discontinuitySequence += gone.filter(segment => segment.discontinuity).length;
	}
}
