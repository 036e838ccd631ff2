import {burstUs} from './burst.ts';
import {unwrapper} from './unwrap.ts';

/** The interarrival jitter of RFC 3550 section A.8, in microseconds; it begins anew after a first burst. */
export class JitterMeter {
	readonly #usPerTick: number;
	readonly #unwrap = unwrapper(32);
	#lastTransitUs: number | undefined;
	#burstEndUs: number | undefined;
	#us = 0;
	#maxUs = 0;

	constructor(clockRateHz: number) {
		this.#usPerTick = 1e6 / clockRateHz;
	}

	add({timestamp, arrivalUs}: {timestamp: number; arrivalUs: number}): void {
		this.#burstEndUs ??= arrivalUs + burstUs;
		if (arrivalUs >= this.#burstEndUs) this.#endBurst();
		const transitUs = arrivalUs - this.#unwrap(timestamp) * this.#usPerTick;
		const stepUs = Math.abs(transitUs - (this.#lastTransitUs ?? transitUs));
		this.#lastTransitUs = transitUs;
		this.#us += (stepUs - this.#us) / 16;
		this.#maxUs = Math.max(this.#maxUs, this.#us);
	}

	read(): {jitterUs: number; maxJitterUs: number} {
		return {jitterUs: Math.round(this.#us), maxJitterUs: Math.round(this.#maxUs)};
	}
	#endBurst(): void {
		this.#burstEndUs = Infinity;
		this.#us = this.#maxUs = 0;
	}
}
