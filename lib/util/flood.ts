/** Whether something happens more than so often in a second. */
export class Flood {
	readonly #most: number;
	#count = 0;
	#sinceMs = -Infinity;

	constructor(most: number) {
		this.#most = most;
	}

	/** It has happened once more. True: too often. */
	note(nowMs = performance.now()): boolean {
		if (nowMs - this.#sinceMs >= 1000) {
			this.#sinceMs = nowMs;
			this.#count = 0;
		}
		return ++this.#count > this.#most;
	}
}
