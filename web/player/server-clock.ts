/** Of one probe, as in NTP (RFC 5905 section 8), in microseconds: sent and come back by the clock here, met there. */
export type ClockProbe = {t1: number; t2: number; t3: number; t4: number};

type Sample = {offsetUs: number; roundTripUs: number};

/** How far the server's clock is from the one here: the probe that was there and back the fastest is right. */
export class ServerClock {
	readonly #samples: Sample[] = [];

	add({t1, t2, t3, t4}: ClockProbe): void {
		this.#samples.push({offsetUs: (t2 - t1 + t3 - t4) / 2, roundTripUs: t4 - t1 - (t3 - t2)});
		if (this.#samples.length > maxSamples) this.#samples.shift();
	}

	/** Microseconds to add to the clock here; undefined: no answer yet. */
	get offsetUs(): number | undefined {
		return this.#best?.offsetUs;
	}

	/** There and back; undefined: no answer yet. */
	get roundTripUs(): number | undefined {
		return this.#best?.roundTripUs;
	}

	/** How wrong `offsetUs` may be, in microseconds. */
	get errorUs(): number | undefined {
		const best = this.#best;
		return best && best.roundTripUs / 2;
	}

	get #best(): Sample | undefined {
		return this.#samples.toSorted((a, b) => a.roundTripUs - b.roundTripUs)[0];
	}
}

/** At one probe every 5 s these are 80 s, in which clocks drift apart by less than the error. */
const maxSamples = 16;
