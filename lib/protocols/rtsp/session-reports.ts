import {parseReceiverReports, roundTripOf} from './receiver-report.ts';

/** What a reader's reports say, of all its tracks. */
export class SessionReports {
	readonly #nowUs: () => number;
	/** Packets lost and seconds of jitter, by SSRC. */
	readonly #heard = new Map<number, {lost: number; jitter: number}>();
	#roundTripTime: number | null = null;

	constructor(nowUs: () => number) {
		this.#nowUs = nowUs;
	}

	/** Takes a compound packet of RTCP; what is said of a source without a clock rate is left out. */
	take(data: Buffer, clockRateOf: (ssrc: number) => number | undefined): void {
		for (const block of parseReceiverReports(data)) {
			const clockRateHz = clockRateOf(block.ssrc);
			if (clockRateHz === undefined) continue;
			if (this.#heard.size < maxSources || this.#heard.has(block.ssrc))
				this.#heard.set(block.ssrc, {
					lost: Math.max(0, block.lost),
					jitter: block.jitter / clockRateHz,
				});
			this.#roundTripTime = roundTripOf(block, this.#nowUs()) ?? this.#roundTripTime;
		}
	}

	/** Packets of all tracks, and seconds, of the track with the most; null = no report came. */
	facts(): {reportedLost: number | null; jitter: number | null; roundTripTime: number | null} {
		const heard = [...this.#heard.values()];
		const roundTripTime = this.#roundTripTime;
		if (heard.length === 0) return {reportedLost: null, jitter: null, roundTripTime};
		return {
			reportedLost: heard.reduce((sum, {lost}) => sum + lost, 0),
			jitter: Math.max(...heard.map(({jitter}) => jitter)),
			roundTripTime,
		};
	}
}

const maxSources = 64;
