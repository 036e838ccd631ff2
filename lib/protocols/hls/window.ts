// Which segments and parts a playlist names, as plain data: the rules of target durations and discontinuities.
import type {PathMemory} from './memory.ts';
import {formatMediaPlaylist, measureBandwidth, partsListed, skipBoundary} from './playlist.ts';
import type {LowLatency, OpenSegment, PartFacts, SegmentFacts} from './playlist.ts';

export type WindowOptions = {
	/** So many segments are listed, as many more kept. */
	count: number;
	/** Milliseconds. */
	segmentDuration: number;
	lowLatency: boolean;
};

/** What is known of a segment when it begins. */
export type NewSegment = Pick<SegmentFacts, 'initUri' | 'captureUs' | 'discontinuity'>;

export type NewPart = PartFacts & {
	bytes: number;
	/** No part is longer. */
	targetUs: number;
	/** Where the part after it will be. */
	hintUri: string;
};

/** A place in a playlist: media sequence number and index of a part. */
export type Place = {msn: number; part: number};

/**
 * The newest segments of one muxer, and with low latency the parts of the one that is made. The target durations never
 * change while a playlist goes on (RFC 8216 section 6.2.1): what is longer begins the playlist anew with a discontinuity.
 */
export class Window {
	readonly #memory: PathMemory;
	readonly #options: WindowOptions;
	readonly #configuredDuration: number;
	#listed: SegmentFacts[] = [];
	#kept: SegmentFacts[] = [];
	#open: (OpenSegment & {parts: PartFacts[]}) | undefined;
	/** The open segment has come to the target duration: no more of its parts are told. */
	#isOverlong = false;
	#hintUri = '';

	constructor(memory: PathMemory, options: WindowOptions) {
		this.#memory = memory;
		this.#options = options;
		this.#configuredDuration = Math.ceil(options.segmentDuration / 1000);
	}

	/** Seconds; the configured one until there is a segment. */
	get targetDuration(): number {
		return Math.max(this.#memory.targetDuration, this.#configuredDuration, 1);
	}

	/** Microseconds; 0 before the first part. */
	get partTargetUs(): number {
		return this.#memory.partTargetUs;
	}

	/** Microseconds of the segment that is made, so far. */
	get openUs(): number {
		return this.#open?.durationUs ?? 0;
	}

	get isEmpty(): boolean {
		return this.#listed.length === 0 && !this.#open;
	}

	/** There is a playlist, which later ones go on from. */
	get isReady(): boolean {
		return !this.isEmpty && this.#memory.targetDuration > 0;
	}

	/** Where the next part will stand, if the segment does not end before it. */
	get next(): Place {
		const {sequence, parts} = this.#open ?? {sequence: this.#memory.sequence, parts: []};
		return {msn: sequence, part: parts.length};
	}

	/**
	 * The playlist has this part, or without one this whole segment, or later ones. A part past the end of a segment is
	 * the first of the next one (draft-pantos-hls-rfc8216bis section 6.2.5.2).
	 */
	has({msn, part}: {msn: number; part: number | undefined}): boolean {
		const {next} = this;
		if (part === undefined || msn > next.msn) return msn < next.msn;
		if (msn === next.msn) return part < next.part;
		const segment = this.#listed.findLast(({sequence}) => sequence === msn);
		return !segment || part < segment.parts.length || this.has({msn: msn + 1, part: 0});
	}

	/** A segment that is kept needs this init section. */
	uses(initUri: string): boolean {
		return this.#kept.some(segment => segment.initUri === initUri);
	}

	/** Segments so long are foreseen, in microseconds: the playlist is made for them from the first. */
	foresee(durationUs: number): void {
		if (this.isReady) return;
		this.#memory.targetDuration = Math.max(this.targetDuration, wholeSeconds(durationUs));
	}

	/** The next part, of the segment that is made or, where none is, of one that begins. False: the playlist stays as it is. */
	addPart(part: NewPart, segment: NewSegment): boolean {
		const {uri, durationUs, independent} = part;
		this.#open ??= this.#begin(segment, part.targetUs);
		const seconds = Math.round((this.#open.durationUs + durationUs) / 1e6);
		this.#isOverlong ||= this.isReady && seconds > this.targetDuration;
		if (this.#isOverlong) return false;
		this.#open.parts.push({uri, durationUs, independent});
		this.#open.durationUs += durationUs;
		this.#open.bytes += part.bytes;
		this.#hintUri = part.hintUri;
		return true;
	}

	/** Adds the newest segment, or completes the one that is made; gives those that are kept no more. */
	add(complete: NewSegment & Pick<SegmentFacts, 'uri' | 'durationUs' | 'bytes'>): SegmentFacts[] {
		const {durationUs} = complete;
		const isLonger = Math.round(durationUs / 1e6) > this.targetDuration;
		if ((isLonger && this.isReady) || this.#isOverlong) this.#beginAnew();
		const {parts, sequence, discontinuity, captureUs} = this.#open ?? this.#begin(complete);
		this.#open = undefined;
		this.foresee(isLonger || this.#memory.targetDuration === 0 ? durationUs : 0);
		const segment = {...complete, parts, sequence, discontinuity, captureUs};
		this.#listed.push(segment);
		this.#kept.push(segment);
		this.#dropOldest();
		return this.#kept.splice(0, Math.max(0, this.#kept.length - 2 * this.#options.count));
	}

	/** The discontinuities of a muxer that ends leave with it. */
	close(): void {
		this.#beginAnew();
	}

	/** `isDelta`: the oldest segments are left out, where they are far enough from the end. */
	format({isDelta = false} = {}): string {
		return formatMediaPlaylist({
			targetDuration: this.targetDuration,
			discontinuitySequence: this.#memory.discontinuitySequence,
			segments: this.#listed.map((segment, index) =>
				this.#behind(index) <= partsListed ? segment : {...segment, parts: []},
			),
			lowLatency: this.#options.lowLatency ? this.#lowLatency(isDelta) : undefined,
		});
	}

	bandwidth(): {bandwidth: number; averageBandwidth: number} {
		return measureBandwidth(this.#kept.length === 0 && this.#open ? [this.#open] : this.#kept);
	}

	#lowLatency(isDelta: boolean): LowLatency {
		const first = this.#listed.findIndex((_, index) => this.#behind(index) < skipBoundary);
		return {
			partTargetUs: this.partTargetUs,
			open: this.#open,
			hintUri: this.#hintUri,
			skipped: isDelta ? Math.max(0, first) : 0,
		};
	}

	/** How long is what is listed behind the segment of this index, in target durations. */
	#behind(index: number): number {
		const later = this.#listed.slice(index + 1);
		const us = later.reduce((sum, {durationUs}) => sum + durationUs, this.openUs);
		return us / 1e6 / this.targetDuration;
	}

	/** A path that had a muxer before goes on after a gap, and so does one whose parts become longer. */
	#begin({initUri, captureUs, discontinuity}: NewSegment, partTargetUs = 0) {
		if (partTargetUs > this.partTargetUs) {
			this.#beginAnew();
			this.#memory.partTargetUs = partTargetUs;
		}
		const isAfterGap = this.isEmpty && this.#memory.sequence > 0;
		const isBreak = discontinuity || isAfterGap;
		return {
			sequence: this.#memory.sequence++,
			initUri,
			captureUs: isBreak ? captureUs : this.#follow(captureUs),
			discontinuity: isBreak,
			durationUs: 0,
			bytes: 0,
			parts: [],
		};
	}

	/**
	 * Dates go with the media, and come near to what the clock says little by little: what a source tells in its first
	 * seconds of its clock may be far off.
	 */
	#follow(captureUs: number): number {
		const last = this.#listed.at(-1);
		if (!last) return captureUs;
		const expectedUs = last.captureUs + last.durationUs;
		const most = mostSlew * last.durationUs;
		return expectedUs + Math.max(-most, Math.min(most, captureUs - expectedUs));
	}

	#dropOldest(): void {
		const {count} = this.#options;
		const isSpare = () => this.#listed.length >= 2 * count || this.#behind(0) >= shortest;
		while (this.#listed.length > count && isSpare()) this.#unlist(1);
	}

	#beginAnew(): void {
		if (this.#open?.discontinuity) this.#memory.discontinuitySequence++;
		this.#open = undefined;
		this.#isOverlong = false;
		this.#unlist(this.#listed.length);
	}

	#unlist(count: number): void {
		const gone = this.#listed.splice(0, count);
		this.#memory.discontinuitySequence += gone.filter(segment => segment.discontinuity).length;
	}
}

/** A playlist is no shorter than so many target durations while it can be (RFC 8216 section 6.2.2). */
const shortest = 3;

/** Of the length of a segment. */
const mostSlew = 0.1;

/** Up; source clocks jitter. */
const wholeSeconds = (us: number): number => Math.ceil(us / 1e6 - 0.01);
