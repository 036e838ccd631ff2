/** What all clients together have sent of requests that are not whole yet: it takes memory, and nobody was asked who they are. */
export class UnreadBytes {
	readonly #most: number;
	#bytes = 0;

	constructor(most = usualMost) {
		this.#most = most;
	}

	get bytes(): number {
		return this.#bytes;
	}

	/** A client has so many where it had others before. False: they are too many, and this one has a part in it. */
	change(before: number, now: number): boolean {
		this.#bytes += now - before;
		return now <= always || this.#bytes <= this.#most;
	}
}

const usualMost = 64 * 1024 * 1024;
/** Everybody may have so many. */
const always = 4096;
