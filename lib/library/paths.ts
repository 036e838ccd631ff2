import {checkPathName} from '../config/path-name.ts';
import {MediaError} from '../errors.ts';
import type {PathState} from '../media/facts.ts';
import {Path} from './path.ts';
import type {PathKeeper} from './path.ts';

/** The paths that a program has asked for: one object for each name, as long as the server runs. */
export class Paths {
	readonly #keeper: PathKeeper;
	readonly #paths = new Map<string, Path>();

	constructor(keeper: PathKeeper) {
		this.#keeper = keeper;
	}

	/** Throws PATH_NOT_FOUND for what can be no name. */
	path(name: string): Path {
		const known = this.#paths.get(name);
		if (known) return known;
		const reason = checkPathName(name);
		if (reason !== undefined) {
			throw new MediaError('PATH_NOT_FOUND', `Expected the name of a path: ${reason}`, {
				path: name,
			});
		}
		const path = new Path(name, this.#keeper);
		this.#paths.set(name, path);
		return path;
	}

	tell({name, state}: {name: string; state: PathState}): void {
		this.#paths.get(name)?.emit(state);
	}
}
