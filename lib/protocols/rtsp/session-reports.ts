import {parseReceiverReports, roundTripOf} from './receiver-report.ts';

/** What a reader's reports say, of all its tracks. */
export class SessionReports {
	readonly #nowUs: () => number;
	/** Packets lost, by SSRC. */
	readonly #lost = new Map<number, number>();
	#jitter: number | null = null;
	#roundTripTime: number | null = null;

	constructor(nowUs: () => number) {
		this.#nowUs = nowUs;
	}

	/** Takes a compound packet of RTCP; what is said of a source without a clock rate is left out. */
	take(data: Buffer, clockRateOf: (ssrc: number) => number | undefined): void {
		for (const block of parseReceiverReports(data)) {
			const clockRateHz = clockRateOf(block.ssrc);
			if (clockRateHz === undefined) continue;
			if (this.#lost.size < maxSources || this.#lost.has(block.ssrc))
				this.#lost.set(block.ssrc, Math.max(0, block.lost));
			this.#jitter = block.jitter / clockRateHz;
			this.#roundTripTime = roundTripOf(block, this.#nowUs()) ?? this.#roundTripTime;
		}
	}

	/** Seconds, and packets; null = no report came. */
	facts(): {reportedLost: number | null; jitter: number | null; roundTripTime: number | null} {
		const lost = [...this.#lost.values()];
		return {
			reportedLost: lost.length === 0 ? null : lost.reduce((sum, count) => sum + count, 0),
			jitter: this.#jitter,
			roundTripTime: this.#roundTripTime,
		};
	}
}

const maxSources = 64;
