/** Frames a second; null where fewer than two frames tell nothing. */
export type FrameRates = {byMedia: number | null; byArrival: number | null};

/** Counts frames over the span of their times, so that their order does not matter. */
export class FrameRateMeter {
	#count = 0;
	readonly #media = new Span();
	readonly #arrival = new Span();

	add({ptsUs, arrivalUs}: {ptsUs: number; arrivalUs: number}): void {
		this.#count++;
		this.#media.add(ptsUs);
		this.#arrival.add(arrivalUs);
	}

	read(): FrameRates {
		const rateOf = ({lengthUs}: Span) =>
			lengthUs > 0 ? ((this.#count - 1) * 1e6) / lengthUs : null;
		return {byMedia: rateOf(this.#media), byArrival: rateOf(this.#arrival)};
	}
}

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
