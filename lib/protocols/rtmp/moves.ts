/** A server that is followed for so long is worth another move. */
const steadyMs = 5000;
const maxInARow = 3;

/** How often a client has followed a server that asked to connect anew: servers that send it in a circle are left. */
export class Moves {
	readonly #now: () => number;
	#since: number;
	#inARow = 0;

	/** `now` in milliseconds. */
	constructor(now: () => number = () => performance.now()) {
		this.#now = now;
		this.#since = now();
	}

	/** Asked with every request; false: it has been asked too often. */
	mayFollow(): boolean {
		const now = this.#now();
		this.#inARow = now - this.#since >= steadyMs ? 1 : this.#inARow + 1;
		this.#since = now;
		return this.#inARow <= maxInARow;
	}
}
