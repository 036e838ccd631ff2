import {existsSync, readdirSync, rmSync, statSync} from 'node:fs';
import {basename, dirname, join} from 'node:path';
import {checkFolder} from './part-file.ts';

/** The playlist and the segments of an earlier run: they would name what is written over. */
export class OldHls {
	readonly #playlist: string;
	readonly #segments: RegExp;
	/** What was there, as it was. */
	#old = new Map<string, string>();

	constructor(playlist: string, segments: RegExp) {
		this.#playlist = playlist;
		this.#segments = segments;
	}

	/** Remembers what is there, before anything new is written. Throws FILE_UNWRITABLE. */
	look(): void {
		const folder = dirname(this.#playlist);
		checkFolder(folder);
		const segments = readdirSync(folder).filter(name => this.#segments.test(name));
		for (const name of [basename(this.#playlist), ...segments]) {
			const path = join(folder, name);
			const mark = markOf(path);
			if (mark !== undefined) this.#old.set(path, mark);
		}
	}

	/** Removes what has not been replaced since; once. */
	remove(): void {
		for (const [path, mark] of this.#old) if (markOf(path) === mark) rmSync(path, {force: true});
		this.#old.clear();
	}

	/** Removes what was begun where there was no room for a byte of it. */
	removeEmpty(): void {
		const folder = dirname(this.#playlist);
		if (!existsSync(folder)) return;
		const isOurs = (name: string) => name === basename(this.#playlist) || this.#segments.test(name);
		for (const path of readdirSync(folder)
			.filter(isOurs)
			.map(name => join(folder, name)))
			if (statSync(path, {throwIfNoEntry: false})?.size === 0) rmSync(path, {force: true});
	}
}

/** Another one for a file that took the other's place or was written to; undefined: there is no file. */
const markOf = (path: string): string | undefined => {
	const status = statSync(path, {throwIfNoEntry: false, bigint: true});
	return status && `${status.ino} ${status.size} ${status.ctimeNs}`;
};
