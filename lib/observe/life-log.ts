import type {Logger} from 'pino';
import {Flood} from '../util/flood.ts';
import {RateLimited} from './rate-limited.ts';

/**
 * For facts of life that strangers can bring about as often as they like: as many as people may want to read in a second
 * are logged, of the others their number.
 */
export class LifeLog {
	readonly #logger: Logger;
	readonly #flood = new Flood(maxLinesASecond);
	readonly #others: RateLimited;

	constructor(logger: Logger) {
		this.#logger = logger;
		this.#others = new RateLimited({logger, level: 'info', periodMs: 10_000});
	}

	info(fields: object, text: string): void {
		if (this.#flood.note()) this.#others.note(`left out of the log, and others: ${text}`);
		else this.#logger.info(fields, text);
	}

	/** May be called twice. */
	close(): void {
		this.#others.close();
	}
}

const maxLinesASecond = 100;
