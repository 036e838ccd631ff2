import {burstUs} from './burst.ts';

/** Frames a second; null where fewer than two frames tell nothing. */
export type FrameRates = {byMedia: number | null; byArrival: number | null};

/** Counts frames over the span of their times, so that their order does not matter. */
export class FrameRateMeter {
	#count = 0;
	readonly #media = new Span();
	readonly #arrival = new Span();
	#firstUs: number | undefined;
	/** Of the frames after the first second. */
	#laterCount = 0;
	readonly #later = new Span();

	add({ptsUs, arrivalUs}: {ptsUs: number; arrivalUs: number}): void {
		this.#count++;
		this.#media.add(ptsUs);
		this.#arrival.add(arrivalUs);
		this.#firstUs ??= arrivalUs;
		if (arrivalUs - this.#firstUs < burstUs) return;
		this.#laterCount++;
		this.#later.add(arrivalUs);
	}

	read(): FrameRates {
		const byArrival = rateOf(this.#laterCount, this.#later) ?? rateOf(this.#count, this.#arrival);
		return {byMedia: rateOf(this.#count, this.#media), byArrival};
	}
}

const rateOf = (count: number, {lengthUs}: Span): number | null =>
	count > 1 && lengthUs > 0 ? ((count - 1) * 1e6) / lengthUs : null;

class Span {
	#from = Infinity;
	#to = -Infinity;

	add(us: number): void {
		this.#from = Math.min(this.#from, us);
		this.#to = Math.max(this.#to, us);
	}

	get lengthUs(): number {
		return this.#to - this.#from;
	}
}
