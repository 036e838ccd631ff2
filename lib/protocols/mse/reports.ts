import type {DelayFacts, ViewerReport} from '../../media/reader-facts.ts';

/** What one viewer has said of itself. */
export class Reports {
	#newest: ViewerReport | null = null;
	#delay: DelayFacts | null = null;
	#count = 0;

	get newest(): ViewerReport | null {
		return this.#newest;
	}

	get delay(): DelayFacts | null {
		return this.#delay;
	}

	add(report: ViewerReport): void {
		this.#newest = report;
		if (report.ltc !== null) this.#measure(report.ltc);
	}

	#measure(ms: number): void {
		const {min, avg, max} = this.#delay ?? {min: ms, avg: ms, max: ms};
		this.#count++;
		this.#delay = {
			min: Math.min(min, ms),
			avg: avg + (ms - avg) / this.#count,
			max: Math.max(max, ms),
		};
	}
}
