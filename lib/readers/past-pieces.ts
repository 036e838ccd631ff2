export type Piece = {arrivalUs: number; bytes: number};

/** Blocks; the kernel takes less than a second of media. */
const maxPast = 64;

/** The last blocks that the kernel has taken, without an object for each: there is one every picture and reader. */
export class PastPieces {
	readonly #arrivalsUs = new Float64Array(maxPast);
	readonly #bytes = new Float64Array(maxPast);
	#count = 0;

	add({arrivalUs, bytes}: Piece): void {
		const place = this.#count++ % maxPast;
		this.#arrivalsUs[place] = arrivalUs;
		this.#bytes[place] = bytes;
	}

	/** When the oldest of them came that are not sent whole; undefined: nothing of them is left. */
	arrivalOf(unsentBytes: number): number | undefined {
		let left = unsentBytes;
		let found: number | undefined;
		const oldest = Math.max(0, this.#count - maxPast);
		for (let index = this.#count - 1; index >= oldest && left > 0; index--) {
			found = this.#arrivalsUs[index % maxPast];
			left -= this.#bytes[index % maxPast] ?? 0;
		}
		return found;
	}
}
