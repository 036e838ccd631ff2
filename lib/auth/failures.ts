import {MediaError} from '../errors.ts';
import {placeOf} from '../util/network.ts';

type Record = {
	/** Of whom the names are told apart, and of all others under the empty one. */
	byUser: Map<string, number>;
	count: number;
	lastMs: number;
	nextMs: number;
	/** Who did not even get a turn. */
	sentAway: number;
};

export type FailuresOptions = {
	/** Milliseconds, monotonic. */
	now?: () => number;
	wait?: (ms: number) => Promise<void>;
};

/** Who tried wrong passwords has to wait before the next one is looked at, longer each time. */
export class Failures {
	readonly #now: () => number;
	readonly #wait: (ms: number) => Promise<void>;
	readonly #byPlace = new Map<string, Record>();

	constructor({now = () => performance.now(), wait = sleep}: FailuresOptions = {}) {
		this.#now = now;
		this.#wait = wait;
	}

	get size(): number {
		return this.#byPlace.size;
	}

	/** Resolves when the address has its turn; throws AUTH_TOO_OFTEN when that is too long from now. */
	async turn(address: string): Promise<void> {
		const record = this.#find(placeOf(address));
		if (!record) return;
		const nowMs = this.#now();
		const waitMs = Math.max(0, record.nextMs - nowMs);
		if (waitMs > maxWaitMs) {
			record.sentAway++;
			throw new MediaError('AUTH_TOO_OFTEN', 'Expected a pause after so many wrong passwords', {
				address,
			});
		}
		// Whoever comes next, over another connection, stands in line.
		record.nextMs = Math.max(record.nextMs, nowMs) + pauseOf(record);
		if (waitMs > 0) await this.#wait(waitMs);
	}

	/** So many passwords come that one may be a guess that happens to be right. */
	isFlooded(address: string): boolean {
		return (this.#find(placeOf(address))?.sentAway ?? 0) >= maxSentAway;
	}

	failed(address: string, user: string): void {
		const place = placeOf(address);
		const record = this.#find(place) ?? newRecord();
		const name = record.byUser.has(user) || record.byUser.size < maxNames ? user : '';
		record.byUser.set(name, (record.byUser.get(name) ?? 0) + 1);
		record.count++;
		record.lastMs = this.#now();
		record.nextMs = Math.max(record.nextMs, record.lastMs + pauseOf(record));
		this.#byPlace.delete(place);
		this.#byPlace.set(place, record);
		const [oldest] = this.#byPlace.keys();
		if (this.#byPlace.size > maxPlaces && oldest !== undefined) this.#byPlace.delete(oldest);
	}

	/** Forgets what this user did wrong; who guesses the passwords of others is not helped by one of their own. */
	succeeded(address: string, user: string): void {
		const place = placeOf(address);
		const record = this.#byPlace.get(place);
		if (!record || user === '') return;
		record.count -= record.byUser.get(user) ?? 0;
		record.byUser.delete(user);
		if (record.count <= 0) this.#byPlace.delete(place);
	}

	#find(place: string): Record | undefined {
		const record = this.#byPlace.get(place);
		if (!record || this.#now() - record.lastMs < forgetMs) return record;
		this.#byPlace.delete(place);
		return undefined;
	}
}

const newRecord = (): Record => ({
	byUser: new Map(),
	count: 0,
	lastMs: 0,
	nextMs: 0,
	sentAway: 0,
});

const pauseOf = ({count}: Record): number => Math.min(250 * 2 ** (count - 1), 2000);

const sleep = async (ms: number): Promise<void> =>
	new Promise(resolve => setTimeout(resolve, ms).unref());

const maxWaitMs = 10_000;
const maxSentAway = 256;
const forgetMs = 300_000;
const maxPlaces = 10_000;
const maxNames = 16;
