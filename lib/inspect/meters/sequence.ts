/** What the sequence numbers of one track tell. */
export type SequenceFigures = {
	received: number;
	/** Missing, and not there later either. */
	lost: number;
	duplicates: number;
	/** There after one with a higher number. */
	reordered: number;
	/** How often the count began anew: another source, or a step that no loss explains. */
	restarts: number;
};

/** A step further than this is a new count, not a loss; further back than this is not late. */
const maxAhead = 3000;
const maxBehind = 1000;
/** Numbers that are remembered as missing; older ones are lost for good. */
const maxMissing = 4096;

/** Counts losses, duplicates and reordering over the wrapping 16 bits of RTP (RFC 3550 section A.1). */
export class SequenceMeter {
	readonly #missing = new Set<number>();
	#lowest = 0;
	#highest = 0;
	#ssrc: number | undefined;
	#figures: SequenceFigures = {received: 0, lost: 0, duplicates: 0, reordered: 0, restarts: 0};

	add({sequence, ssrc}: {sequence: number; ssrc: number}): void {
		this.#figures.received++;
		const step = ((sequence - this.#highest) << 16) >> 16;
		if (this.#ssrc === undefined) this.#begin(sequence, ssrc);
		else if (ssrc !== this.#ssrc || step > maxAhead || step < -maxBehind) {
			this.#figures.restarts++;
			this.#begin(sequence, ssrc);
		} else if (step > 0) this.#advance(this.#highest + step);
		else this.#takeLate(this.#highest + step);
	}

	read(): SequenceFigures {
		return {...this.#figures};
	}

	#begin(sequence: number, ssrc: number): void {
		this.#missing.clear();
		this.#ssrc = ssrc;
		this.#lowest = sequence;
		this.#highest = sequence;
	}

	#advance(to: number): void {
		this.#miss(this.#highest + 1, to);
		this.#highest = to;
	}

	#takeLate(number: number): void {
		const isBeforeFirst = number < this.#lowest;
		if (isBeforeFirst) {
			this.#miss(number + 1, this.#lowest);
			this.#lowest = number;
		}
		const wasMissing = this.#missing.delete(number);
		if (wasMissing) this.#figures.lost--;
		if (wasMissing || isBeforeFirst) this.#figures.reordered++;
		else this.#figures.duplicates++;
	}

	#miss(from: number, to: number): void {
		for (let number = from; number < to; number++) this.#missing.add(number);
		this.#figures.lost += to - from;
		for (const oldest of this.#missing) {
			if (this.#missing.size <= maxMissing) break;
			this.#missing.delete(oldest);
		}
	}
}
