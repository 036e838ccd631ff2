/** A place within a configuration: `['paths', 'cam', 'source']`. */
export type KeyPath = readonly PropertyKey[];

/** Where each key was said: `sluice.yml:12`, `SLUICE_HTTPADDRESS`, the state file. */
export class Locations {
	readonly #places = new Map<string, string>();

	set(path: KeyPath, place: string): void {
		this.#places.set(id(path), place);
	}

	has(path: KeyPath): boolean {
		return this.#places.has(id(path));
	}

	/** Of the key, or of the nearest thing around it. */
	find(path: KeyPath): string | undefined {
		for (let length = path.length; length >= 0; length--) {
			const place = this.#places.get(id(path.slice(0, length)));
			if (place !== undefined) return place;
		}
		return undefined;
	}
}

const id = (path: KeyPath) => path.map(String).join('\n');
