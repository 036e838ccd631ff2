import {MediaError} from '../errors.ts';
import type {KeyPath, Locations} from './locations.ts';

/** Gathers everything there is to say about a configuration, each with its place. */
export class Report {
	readonly warnings: string[] = [];
	readonly problems: string[] = [];
	readonly #locations: Locations;
	readonly #renamed = new Map<string, KeyPath>();
	#defaults = 0;
	#firstDefault = '';

	constructor(locations: Locations) {
		this.#locations = locations;
	}

	error(path: KeyPath, text: string): void {
		const line = this.#line(path, text);
		if (!this.problems.includes(line)) this.problems.push(line);
	}

	warning(path: KeyPath, text: string): void {
		this.warnings.push(this.#line(path, text));
	}

	/** A key that this version lacks has the value that it has anyway: told once for all of them. */
	atDefault(path: KeyPath): void {
		if (this.#defaults++ === 0) this.#firstDefault = this.#line(path, '');
	}

	/** What is said of `to` from now on is said of `from`, which is what stands in the file. */
	rename(from: KeyPath, to: KeyPath): void {
		this.#renamed.set(to.join('\n'), from);
	}

	/** All problems so far as one error. */
	failure(): MediaError {
		return invalidConfig(this.problems.toSorted(byLine));
	}

	/** The warnings; throws when there were problems. */
	finish(): string[] {
		if (this.problems.length > 0) throw this.failure();
		if (this.#defaults === 0) return this.warnings;
		const count = this.#defaults === 1 ? '1 key' : `${this.#defaults} keys`;
		const first = this.#firstDefault.replace(/: $/, '');
		return [
			...this.warnings,
			`${first}: ${count} of MediaMTX that this version lacks, left at the default and ignored`,
		];
	}

	#line(path: KeyPath, text: string): string {
		const own = this.#renamed.get(path.join('\n'));
		const said = own !== undefined && this.#locations.has(own) ? own : path;
		const place = this.#locations.find(said);
		const name = said.map(String).join('.');
		return [place, name, text].filter(part => part !== undefined && part !== '').join(': ');
	}
}

const byLine = (a: string, b: string) => a.localeCompare(b, 'en', {numeric: true});

/** The error that lists every problem, one a line. */
export const invalidConfig = (problems: string[]): MediaError =>
	new MediaError('CONFIG_INVALID', problems.join('\n'), {problems});
