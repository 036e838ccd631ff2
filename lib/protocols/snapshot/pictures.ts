/** A picture as it was encoded, and the key frame it shows. */
export type Picture = {
	body: Buffer;
	/** Of the key frame; the same key and wish are the same picture. */
	key: string;
	/** Server clock when the key frame came. */
	takenUs: number;
	/** How many key frames of its stream there were up to this one. */
	keyFrames: number;
	/** Distance of the key frames before it; 0 = not known yet. */
	distanceUs: number;
};

/** The last picture of each path for each wish, within so many bytes; what was used least lately goes first. */
export class Pictures {
	readonly #maxBytes: number;
	readonly #pictures = new Map<string, Picture>();
	#bytes = 0;

	constructor({maxBytes = 64_000_000}: {maxBytes?: number} = {}) {
		this.#maxBytes = maxBytes;
	}

	get bytes(): number {
		return this.#bytes;
	}

	get(path: string, wish: string): Picture | undefined {
		const key = mapKey(path, wish);
		const picture = this.#pictures.get(key);
		if (!picture) return undefined;
		this.#pictures.delete(key);
		this.#pictures.set(key, picture);
		return picture;
	}

	set(path: string, wish: string, picture: Picture): void {
		const key = mapKey(path, wish);
		this.#delete(key);
		this.#pictures.set(key, picture);
		this.#bytes += picture.body.length;
		for (const oldest of this.#pictures.keys()) {
			if (this.#bytes <= this.#maxBytes) break;
			this.#delete(oldest);
		}
	}

	#delete(key: string): void {
		this.#bytes -= this.#pictures.get(key)?.body.length ?? 0;
		this.#pictures.delete(key);
	}
}

// A path has no spaces.
const mapKey = (path: string, wish: string): string => `${path} ${wish}`;
