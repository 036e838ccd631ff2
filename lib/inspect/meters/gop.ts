import {SpreadMeter} from './spread.ts';
import type {Spread} from './spread.ts';

/** Groups of pictures: from one key frame up to the next. */
export type GopFigures = {
	keyFrames: number;
	/** Pictures of each whole group. */
	frames: Spread;
	/** Media time between key frames. */
	intervalUs: Spread;
	/** Pictures since the last key frame, itself included; all where there was none. */
	open: number;
};

export class GopMeter {
	readonly #frames = new SpreadMeter();
	readonly #intervals = new SpreadMeter();
	#keyFrames = 0;
	#open = 0;
	#lastKeyUs = 0;

	add({key, ptsUs}: {key: boolean; ptsUs: number}): void {
		if (key) this.#begin(ptsUs);
		this.#open++;
	}

	read(): GopFigures {
		return {
			keyFrames: this.#keyFrames,
			frames: this.#frames.read(),
			intervalUs: this.#intervals.read(),
			open: this.#open,
		};
	}

	#begin(ptsUs: number): void {
		if (this.#keyFrames++ > 0) {
			this.#frames.add(this.#open);
			this.#intervals.add(ptsUs - this.#lastKeyUs);
		}
		this.#open = 0;
		this.#lastKeyUs = ptsUs;
	}
}
