import type {PathState} from './facts.ts';
import {PushDestination} from './push-destination.ts';
import type {OpenPush, PushDestinationOptions} from './push-destination.ts';
import type {PathPushFacts} from './push-facts.ts';

export type PushesOptions = Pick<PushDestinationOptions, 'delivery' | 'logger'> & {
	open: OpenPush;
	/** What the configuration says now of a path of this name. */
	urlsOf: (path: string) => readonly string[];
	/** Names that stand for one path each. */
	named: () => readonly string[];
	random?: () => number;
};

/** Where paths are sent to, by what is configured. */
export class Pushes {
	readonly #options: PushesOptions;
	readonly #paths = new Map<string, Map<string, PushDestination>>();
	readonly #leaving = new Set<Promise<void>>();
	#isClosed = false;

	constructor(options: PushesOptions) {
		this.#options = options;
	}

	/** Brings all of them to what is configured now. */
	settle(): void {
		for (const path of new Set([...this.#paths.keys(), ...this.#options.named()]))
			this.#settle(path);
	}

	/** A path has come to a state. Those that a pattern made are pushed while they are there. */
	tell({name, state}: {name: string; state: PathState}): void {
		const isNamed = this.#options.named().includes(name);
		if (state === 'idle' && !isNamed) return this.#drop(name);
		if (state !== 'ready') return;
		this.#settle(name);
		for (const destination of this.#paths.get(name)?.values() ?? []) destination.wake();
	}

	/** Every path that is sent somewhere, by name. */
	list(): PathPushFacts[] {
		return [...this.#paths.keys()].sort().flatMap(name => this.get(name) ?? []);
	}

	/** Undefined: it is sent nowhere. */
	get(name: string): PathPushFacts | undefined {
		const destinations = this.#paths.get(name);
		return destinations && {name, destinations: [...destinations.values()].map(it => it.facts())};
	}

	/** Says goodbye everywhere. May be called twice. */
	async close(): Promise<void> {
		this.#isClosed = true;
		for (const path of [...this.#paths.keys()]) this.#drop(path);
		await Promise.all(this.#leaving);
	}

	#settle(path: string): void {
		const urls = this.#isClosed ? [] : this.#options.urlsOf(path);
		const before = this.#paths.get(path) ?? new Map<string, PushDestination>();
		for (const [url, destination] of before) if (!urls.includes(url)) this.#leave(destination);
		const after = new Map(urls.map(url => [url, before.get(url) ?? this.#open(path, url)]));
		if (after.size > 0) this.#paths.set(path, after);
		else this.#paths.delete(path);
	}

	#open(path: string, url: string): PushDestination {
		const {delivery, open, random = Math.random, logger} = this.#options;
		return new PushDestination({path, url, delivery, open, random, logger});
	}

	#drop(path: string): void {
		for (const destination of this.#paths.get(path)?.values() ?? []) this.#leave(destination);
		this.#paths.delete(path);
	}

	#leave(destination: PushDestination): void {
		const leaving = destination.close().finally(() => this.#leaving.delete(leaving));
		this.#leaving.add(leaving);
	}
}
