import {EventEmitter} from 'node:events';
import type {PathFacts, PathState} from '../media/facts.ts';

/** One event for each state, when the path comes to it. */
export type PathEvents = Record<PathState, []>;

/** What a path needs of its server. */
export type PathKeeper = {
	get(name: string): PathFacts | undefined;
	play(name: string): void;
	pause(name: string): void;
	exit(name: string): void;
};

/** A path of a server, by its name: there need be nothing behind it yet. */
export class Path extends EventEmitter<PathEvents> {
	readonly name: string;
	readonly #keeper: PathKeeper;

	/** Use `server.path(name)`. */
	constructor(name: string, keeper: PathKeeper) {
		super();
		this.name = name;
		this.#keeper = keeper;
	}

	/** What is told about it at this moment; undefined: a pattern would make it, and nobody uses it. */
	get facts(): PathFacts | undefined {
		return this.#keeper.get(this.name);
	}

	/** `idle` where nobody uses it. */
	get state(): PathState {
		return this.facts?.state ?? 'idle';
	}

	/** Goes on at the next key frame after `pause`; starts the source again after `exit`. Throws PATH_NOT_FOUND while nobody uses it. */
	play(): void {
		this.#keeper.play(this.name);
	}

	/** Takes no more media; readers stay. */
	pause(): void {
		this.#keeper.pause(this.name);
	}

	/** Stops the source and sends readers and publisher away, until `play`. */
	exit(): void {
		this.#keeper.exit(this.name);
	}
}
