/**
 * Work for many readers in slices, so that sources and other sockets are read in between: what was added first is
 * done first (design.md section 2.6).
 */
export class Slices {
	readonly #sliceMs: number;
	readonly #tasks: Iterator<void>[] = [];
	#isRunning = false;

	constructor({sliceMs = 2}: {sliceMs?: number} = {}) {
		this.#sliceMs = sliceMs;
	}

	/** Each step of the iterator is work for one reader; runs now as far as the slice allows. */
	add(task: Iterator<void>): void {
		this.#tasks.push(task);
		if (this.#isRunning) return;
		this.#isRunning = true;
		this.#run();
	}

	#run(): void {
		const endMs = performance.now() + this.#sliceMs;
		for (let task = this.#tasks[0]; task; task = this.#tasks[0]) {
			if (task.next().done) this.#tasks.shift();
			if (performance.now() < endMs) continue;
			setImmediate(() => this.#run());
			return;
		}
		this.#isRunning = false;
	}
}
