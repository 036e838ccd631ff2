/** Null where too little has come to tell. */
export type Drift = {
	/** Parts per million; above 0: the camera's clock runs faster than ours. */
	ppm: number;
	/** Standard error of it. */
	errorPpm: number;
} | null;

/** What comes first may be a burst of what the camera has kept. */
const warmUpUs = 2_000_000;
const minPoints = 20;
const minSpanUs = 2_000_000;

/** Fits a line through media time over arrival, by least squares. */
export class DriftMeter {
	#originUs: {media: number; arrival: number} | undefined;
	#latestMediaUs = -Infinity;
	#lastArrivalUs = 0;
	#count = 0;
	#meanArrival = 0;
	#meanLead = 0;
	#arrivalSquares = 0;
	#leadSquares = 0;
	#products = 0;
	#firstPointUs = 0;

	/** Frames whose time goes back (B-frames) tell nothing. */
	add({mediaUs, arrivalUs}: {mediaUs: number; arrivalUs: number}): void {
		this.#originUs ??= {media: mediaUs, arrival: arrivalUs};
		if (mediaUs <= this.#latestMediaUs) return;
		this.#latestMediaUs = mediaUs;
		const arrival = arrivalUs - this.#originUs.arrival;
		if (arrival < warmUpUs) return;
		this.#addPoint(arrival, mediaUs - this.#originUs.media - arrival);
	}

	read(): Drift {
		const spanUs = this.#lastArrivalUs - this.#firstPointUs;
		if (this.#count < minPoints || spanUs < minSpanUs) return null;
		const slope = this.#products / this.#arrivalSquares;
		const residue = Math.max(0, this.#leadSquares - slope * this.#products);
		const variance = residue / (this.#count - 2);
		return {ppm: slope * 1e6, errorPpm: Math.sqrt(variance / this.#arrivalSquares) * 1e6};
	}

	/** Welford's way, for the difference of both clocks: numbers stay small. */
	#addPoint(arrival: number, lead: number): void {
		if (this.#count++ === 0) this.#firstPointUs = arrival;
		this.#lastArrivalUs = arrival;
		const fromArrival = arrival - this.#meanArrival;
		const fromLead = lead - this.#meanLead;
		this.#meanArrival += fromArrival / this.#count;
		this.#meanLead += fromLead / this.#count;
		this.#arrivalSquares += fromArrival * (arrival - this.#meanArrival);
		this.#leadSquares += fromLead * (lead - this.#meanLead);
		this.#products += fromArrival * (lead - this.#meanLead);
	}
}
