import type {StreamStats} from '../native/binding.ts';

/** Speeds of a stream; null where too little has come to tell. */
export type Speeds = {
	bitsPerSecond: number | null;
	framesPerSecond: number | null;
	/** Mean seconds between the key frames that came since there were new ones. */
	keyFrameDistance: number | null;
};

type Sample = {atMs: number; stats: StreamStats};

/** Seconds of the stream that a speed is the mean of. */
const windowSamples = 5;

/** Turns counters, looked at about once a second, into speeds. */
export class Meter {
	#samples: Sample[] = [];
	#keyFrameDistance: number | null = null;

	add(atMs: number, stats: StreamStats): void {
		const last = this.#samples.at(-1);
		if (last) this.#measureKeyFrames(last.stats, stats);
		this.#samples.push({atMs, stats});
		if (this.#samples.length > windowSamples) this.#samples.shift();
	}

	/** Forgets everything: after a gap, old counters say nothing. */
	reset(): void {
		this.#samples = [];
		this.#keyFrameDistance = null;
	}

	read(): Speeds {
		return {
			bitsPerSecond: this.#perSecond(({bytes}) => bytes * 8),
			framesPerSecond: this.#perSecond(({pictures}) => pictures),
			keyFrameDistance: this.#keyFrameDistance,
		};
	}

	#measureKeyFrames(before: StreamStats, after: StreamStats): void {
		const count = after.keyFrames - before.keyFrames;
		if (count <= 0 || before.keyFrames === 0) return;
		this.#keyFrameDistance = (after.lastKeyFrameUs - before.lastKeyFrameUs) / count / 1e6;
	}

	#perSecond(count: (stats: StreamStats) => number): number | null {
		const first = this.#samples[0];
		const last = this.#samples.at(-1);
		if (!first || !last || last.atMs <= first.atMs) return null;
		return ((count(last.stats) - count(first.stats)) * 1000) / (last.atMs - first.atMs);
	}
}
