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
	readonly #byAddress = new Map<string, Record>();

	constructor({now = () => performance.now(), wait = sleep}: FailuresOptions = {}) {
		this.#now = now;
		this.#wait = wait;
	}

	get size(): number {
		return this.#byAddress.size;
	}

	/** Resolves when the address has its turn; throws AUTH_TOO_OFTEN when that is too long from now. */
	async turn(address: string): Promise<void> {
		const record = this.#find(address);
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
		const record = this.#find(address) ?? {count: 0, lastMs: 0, nextMs: 0};
		record.count++;
		record.lastMs = this.#now();
		record.nextMs = Math.max(record.nextMs, record.lastMs + pauseOf(record));
		this.#byAddress.delete(address);
		this.#byAddress.set(address, record);
		const [oldest] = this.#byAddress.keys();
		if (this.#byAddress.size > maxAddresses && oldest !== undefined) this.#byAddress.delete(oldest);
	}

	succeeded(address: string): void {
		this.#byAddress.delete(address);
	}

	#find(address: string): Record | undefined {
		const record = this.#byAddress.get(address);
		if (!record || this.#now() - record.lastMs < forgetMs) return record;
		this.#byAddress.delete(address);
		return undefined;
	}
}

const pauseOf = ({count}: Record): number => Math.min(250 * 2 ** (count - 1), 2000);

const sleep = async (ms: number): Promise<void> =>
	new Promise(resolve => setTimeout(resolve, ms).unref());

const maxWaitMs = 10_000;
const forgetMs = 300_000;
const maxAddresses = 10_000;
