import {MediaError} from '../errors.ts';
import type {KeyPath, Locations} from './locations.ts';

/** Beyond that nobody reads on, and to look for the nearest key of each would take its time. */
const maxProblems = 100;

type Warning = {line: string; others: number};

/** Gathers everything there is to say about a configuration, each with its place. */
export class Report {
	readonly #problems = new Set<string>();
	readonly #warnings = new Map<string, Warning>();
	readonly #locations: Locations;
	readonly #renamed = new Map<string, KeyPath>();
	#defaults = 0;
	#firstDefault = '';

	constructor(locations: Locations) {
		this.#locations = locations;
	}

	error(path: KeyPath, text: string): void {
		if (!this.isFull) this.#problems.add(this.#line(path, text));
	}

	/** What is said of the same key of several paths is one warning. */
	warning(path: KeyPath, text: string): void {
		const id =
			path[0] === 'paths' ? `paths ${String(path.at(-1))} ${text}` : this.#line(path, text);
		const before = this.#warnings.get(id);
		if (before) before.others++;
		else this.#warnings.set(id, {line: this.#line(path, text), others: 0});
	}

	/** No more problems are taken. */
	get isFull(): boolean {
		return this.#problems.size >= maxProblems;
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
		const problems = [...this.#problems].toSorted(byLine);
		return invalidConfig(this.isFull ? [...problems, 'and perhaps more'] : problems);
	}

	/** The warnings; throws when there were problems. */
	finish(): string[] {
		if (this.#problems.size > 0) throw this.failure();
		const warnings = [...this.#warnings.values()].map(formatWarning);
		if (this.#defaults === 0) return warnings;
		const count = this.#defaults === 1 ? '1 key' : `${this.#defaults} keys`;
		const first = this.#firstDefault.replace(/: $/, '');
		return [
			...warnings,
			`${first}: ${count} of MediaMTX that this version lacks, left at the default and ignored`,
		];
	}

	#line(path: KeyPath, text: string): string {
		const own = this.#renamed.get(path.join('\n'));
		const said = own !== undefined && this.#locations.has(own) ? own : path;
		const place = this.#locations.find(said);
		const name = said.map(String).join('.');
		return [place, name === place ? '' : name, text]
			.filter(part => part !== undefined && part !== '')
			.join(': ');
	}
}

const formatWarning = ({line, others}: Warning) =>
	others === 0 ? line : `${line} (and in ${others} more ${others === 1 ? 'path' : 'paths'})`;

const byLine = (a: string, b: string) => a.localeCompare(b, 'en', {numeric: true});

/** The error that lists every problem, one a line. */
export const invalidConfig = (problems: string[]): MediaError =>
	new MediaError('CONFIG_INVALID', problems.join('\n'), {problems});
