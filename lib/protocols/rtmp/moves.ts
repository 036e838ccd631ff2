/** A server that was played for so long is worth another move. */
const steadyMs = 5000;
const maxInARow = 3;

/** How often a client has followed a server that asked to connect anew: servers that send it in a circle are left. */
export class Moves {
	readonly #now: () => number;
	#playedSince: number | undefined;
	#inARow = 0;

	/** `now` in milliseconds. */
	constructor(now: () => number = () => performance.now()) {
		this.#now = now;
	}

	/** The server of now lets it publish or play. */
	played(): void {
		this.#playedSince ??= this.#now();
	}

	/** Asked with every request; false: it has been asked too often. */
	mayFollow(): boolean {
		const wasSteady = this.#now() - (this.#playedSince ?? Infinity) >= steadyMs;
		this.#playedSince = undefined;
		this.#inARow = wasSteady ? 1 : this.#inARow + 1;
		return this.#inARow <= maxInARow;
	}
}
