type Sample = {bytes: number; atMs: number};

/** How fast counters grow. */
export class Speeds {
	readonly #before = new Map<string, Sample>();

	/** Bits a second since the call before; null: there was none, or the counter is not known. */
	of(id: string, bytes: number | null, atMs: number): number | null {
		if (bytes === null) return null;
		const before = this.#before.get(id);
		this.#before.set(id, {bytes, atMs});
		if (!before || atMs <= before.atMs) return null;
		return Math.max(0, ((bytes - before.bytes) * 8000) / (atMs - before.atMs));
	}

	/** All but these are gone. */
	forget(left: ReadonlySet<string>): void {
		for (const id of this.#before.keys()) if (!left.has(id)) this.#before.delete(id);
	}
}
