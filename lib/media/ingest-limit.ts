/** Seconds whose mean counts: one large key frame, or what a camera has kept, is not too much. */
const windowSamples = 5;

/** How much a source sends, by a counter of bytes that is looked at about once a second. */
export class IngestLimit {
	readonly #samples: {atMs: number; bytes: number}[] = [];

	/** Bits per second; undefined while too little time has passed to tell. */
	look(atMs: number, bytes: number): number | undefined {
		this.#samples.push({atMs, bytes});
		if (this.#samples.length <= windowSamples) return undefined;
		const first = this.#samples.shift();
		return first && ((bytes - first.bytes) * 8000) / (atMs - first.atMs);
	}
}
