/** Least, mean and most of some numbers; null where there are none. */
export type Spread = {min: number; avg: number; max: number} | null;

export class SpreadMeter {
	#count = 0;
	#sum = 0;
	#min = Infinity;
	#max = -Infinity;

	add(value: number): void {
		this.#count++;
		this.#sum += value;
		this.#min = Math.min(this.#min, value);
		this.#max = Math.max(this.#max, value);
	}

	read(): Spread {
		if (this.#count === 0) return null;
		return {min: this.#min, avg: this.#sum / this.#count, max: this.#max};
	}
}
