/** Bits and pictures a second of media; null where too little has come to tell. */
export type Speeds = {bitrate: number | null; frameRate: number | null};

type Sample = {positionUs: number; bytes: number; frames: number};

/** Looks at counters about once a second; a speed is the mean of the last few. */
const windowSamples = 5;

/** Speeds by the media's own time, so that they hold for a file that is read faster than it plays. */
export class SpeedMeter {
	#samples: Sample[] = [];

	add({positionUs, bytes, frames}: Sample): void {
		this.#samples.push({positionUs, bytes, frames});
		if (this.#samples.length > windowSamples) this.#samples.shift();
	}

	read(): Speeds {
		const first = this.#samples[0];
		const last = this.#samples.at(-1);
		if (!first || !last || first === last) return {bitrate: null, frameRate: null};
		const seconds = (last.positionUs - first.positionUs) / 1e6;
		const perSecond = (count: number) => (seconds > 0 ? count / seconds : 0);
		return {
			bitrate: perSecond((last.bytes - first.bytes) * 8),
			frameRate: perSecond(last.frames - first.frames),
		};
	}
}
