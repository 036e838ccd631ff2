import {MediaError} from '../errors.ts';

type Record = {count: number; lastMs: number; nextMs: number};

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
		if (waitMs > maxWaitMs)
			throw new MediaError('AUTH_TOO_OFTEN', 'Expected a pause after so many wrong passwords', {
				address,
			});
		// Whoever comes next, over another connection, stands in line.
		record.nextMs = Math.max(record.nextMs, nowMs) + pauseOf(record);
		if (waitMs > 0) await this.#wait(waitMs);
	}

	failed(address: string): void {
		const place = placeOf(address);
		const record = this.#find(place) ?? {count: 0, lastMs: 0, nextMs: 0};
		record.count++;
		record.lastMs = this.#now();
		record.nextMs = Math.max(record.nextMs, record.lastMs + pauseOf(record));
		this.#byPlace.delete(place);
		this.#byPlace.set(place, record);
		const [oldest] = this.#byPlace.keys();
		if (this.#byPlace.size > maxPlaces && oldest !== undefined) this.#byPlace.delete(oldest);
	}

	succeeded(address: string): void {
		this.#byPlace.delete(placeOf(address));
	}

	#find(place: string): Record | undefined {
		const record = this.#byPlace.get(place);
		if (!record || this.#now() - record.lastMs < forgetMs) return record;
		this.#byPlace.delete(place);
		return undefined;
	}
}

/** Whoever has one address of IPv6 has all of its network (RFC 6177): the first half of it. */
const placeOf = (address: string): string => {
	if (!address.includes(':')) return address;
	const [front = [], back = []] = address
		.split('::')
		.map(half => half.split(':').filter(group => group !== ''));
	const zeros = Array.from({length: Math.max(0, 8 - front.length - back.length)}, () => '0');
	return [...front, ...zeros, ...back]
		.slice(0, 4)
		.map(group => Number.parseInt(group, 16))
		.join(':');
};

const pauseOf = ({count}: Record): number => Math.min(250 * 2 ** (count - 1), 2000);

const sleep = async (ms: number): Promise<void> =>
	new Promise(resolve => setTimeout(resolve, ms).unref());

const maxWaitMs = 10_000;
const forgetMs = 300_000;
const maxPlaces = 10_000;
