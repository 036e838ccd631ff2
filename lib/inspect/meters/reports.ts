import {JumpMeter} from './jumps.ts';
import {unwrapper} from './unwrap.ts';

/** What RTCP sender reports tell of a camera's wall clock. */
export type ReportFigures = {
	count: number;
	/** Mean time between two; null with fewer than two. */
	intervalUs: number | null;
	/** The camera's wall clock less ours, at the last one; null where none came. */
	offsetUs: number | null;
	/** How often the camera's wall clock was set. */
	jumps: number;
	/** The RTP clock by the camera's own wall clock; above 0: it runs faster than announced. */
	rtpPpm: number | null;
};

/** Seconds from 1900 to 1970 (RFC 3550 section 4). */
const unixEpochUs = 2_208_988_800e6;

export class ReportMeter {
	readonly #clockRateHz: number;
	readonly #unwrap = unwrapper(32);
	readonly #jumps = new JumpMeter();
	#count = 0;
	#first: Point | undefined;
	#last: Point | undefined;

	constructor(clockRateHz: number) {
		this.#clockRateHz = clockRateHz;
	}

	add({ntpUs, timestamp, arrivalUs}: Omit<Point, 'rtpUs'> & {timestamp: number}): void {
		const rtpUs = (this.#unwrap(timestamp) * 1e6) / this.#clockRateHz;
		this.#count++;
		this.#last = {ntpUs, rtpUs, arrivalUs};
		this.#first ??= this.#last;
		this.#jumps.add({clockUs: ntpUs, arrivalUs});
	}

	read(): ReportFigures {
		const [first, last] = [this.#first, this.#last];
		if (!first || !last)
			return {count: 0, intervalUs: null, offsetUs: null, jumps: 0, rtpPpm: null};
		const ntpUs = last.ntpUs - first.ntpUs;
		const rtpUs = last.rtpUs - first.rtpUs;
		return {
			count: this.#count,
			intervalUs: this.#count > 1 ? (last.arrivalUs - first.arrivalUs) / (this.#count - 1) : null,
			offsetUs: last.ntpUs - unixEpochUs - last.arrivalUs,
			jumps: this.#jumps.read().count,
			rtpPpm: ntpUs > 0 ? (rtpUs / ntpUs - 1) * 1e6 : null,
		};
	}
}

type Point = {ntpUs: number; rtpUs: number; arrivalUs: number};
