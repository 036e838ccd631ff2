import type {Logger} from 'pino';

/** What a timer needs to be; tests bring their own. */
export type Timers = {
	start: (callback: () => void, ms: number) => unknown;
	stop: (timer: unknown) => void;
};

const nodeTimers: Timers = {
	start: (callback, ms) => setTimeout(callback, ms).unref(),
	stop: timer => clearTimeout(timer as NodeJS.Timeout),
};

export type RateLimitedOptions = {
	logger: Logger;
	level?: 'error' | 'warn' | 'info' | 'debug';
	/** Between two lines. */
	periodMs?: number;
	timers?: Timers;
};

/**
 * For what may go wrong with every packet: the first is logged at once, then one line a period at most
 * (a second) with the number since the last line and the newest sample.
 */
export class RateLimited {
	/** Since it was made. */
	total = 0;
	readonly #logger: Logger;
	readonly #level: 'error' | 'warn' | 'info' | 'debug';
	readonly #timers: Timers;
	readonly #periodMs: number;
	#waiting = 0;
	#last = '';
	#timer: unknown;

	constructor({logger, level = 'warn', periodMs = 1000, timers = nodeTimers}: RateLimitedOptions) {
		this.#logger = logger;
		this.#level = level;
		this.#periodMs = periodMs;
		this.#timers = timers;
	}

	/** Counts one, or as many as are said at once. */
	note(sample: string, count = 1): void {
		this.total += count;
		this.#waiting += count;
		this.#last = sample;
		if (this.#timer === undefined) this.#write();
	}

	/** Logs what is left; may be called twice. */
	close(): void {
		this.#timers.stop(this.#timer);
		this.#timer = undefined;
		if (this.#waiting > 0) this.#log();
	}

	#write(): void {
		this.#timer = undefined;
		if (this.#waiting === 0) return;
		this.#log();
		this.#timer = this.#timers.start(() => this.#write(), this.#periodMs);
	}

	#log(): void {
		const count = this.#waiting;
		this.#waiting = 0;
		this.#logger[this.#level](count === 1 ? this.#last : `${this.#last} (${count} times)`);
	}
}
