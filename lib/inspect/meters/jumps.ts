export type JumpFigures = {
	count: number;
	/** With its sign: what media time made more than arrival. */
	largestUs: number;
};

/** A frame is late or early by less; more is a clock that was set. */
const thresholdUs = 1_000_000;

/** Counts steps of one clock that differ from the step of arrival by more than a second. */
export class JumpMeter {
	#last: {clockUs: number; arrivalUs: number} | undefined;
	#count = 0;
	#largestUs = 0;

	add({clockUs, arrivalUs}: {clockUs: number; arrivalUs: number}): void {
		const last = this.#last ?? {clockUs, arrivalUs};
		this.#last = {clockUs, arrivalUs};
		const stepUs = clockUs - last.clockUs - (arrivalUs - last.arrivalUs);
		if (Math.abs(stepUs) <= thresholdUs) return;
		this.#count++;
		if (Math.abs(stepUs) > Math.abs(this.#largestUs)) this.#largestUs = stepUs;
	}

	read(): JumpFigures {
		return {count: this.#count, largestUs: Math.round(this.#largestUs)};
	}
}
