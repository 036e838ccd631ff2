import {gzipSync} from 'node:zlib';

/** A text that is built once for everybody; compressed once, when the first one takes it so. */
export class BuiltPlaylist {
	readonly text: Buffer;
	/** Seconds. */
	readonly targetDuration: number;
	#gzip: Buffer | undefined;

	constructor(text: string, targetDuration: number) {
		this.text = Buffer.from(text);
		this.targetDuration = targetDuration;
	}

	get gzip(): Buffer {
		this.#gzip ??= gzipSync(this.text);
		return this.#gzip;
	}
}

/** The newest media playlist, whole and as a delta update, each built when the first one asks for it. */
export class BuiltPlaylists {
	readonly #build: (isDelta: boolean) => BuiltPlaylist;
	readonly #built = new Map<boolean, BuiltPlaylist>();

	constructor(build: (isDelta: boolean) => BuiltPlaylist) {
		this.#build = build;
	}

	get(isDelta: boolean): BuiltPlaylist {
		const known = this.#built.get(isDelta);
		if (known) return known;
		const built = this.#build(isDelta);
		this.#built.set(isDelta, built);
		return built;
	}

	/** What was built is old. */
	renew(): void {
		this.#built.clear();
	}
}
