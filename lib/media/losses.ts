import type {Logger} from 'pino';
import type {StreamStats} from '../native/binding.ts';
import {RateLimited} from '../observe/rate-limited.ts';
import type {Timers} from '../observe/rate-limited.ts';

const sentences = {
	lostPackets: 'an RTP packet was lost',
	undecryptablePackets:
		'a packet cannot be decrypted: it was encrypted by another key than was told',
	resyncs: 'the camera cut a packet short: framing was lost and found again',
	damagedFrames: 'a frame misses a piece',
} as const satisfies Partial<Record<keyof StreamStats, string>>;
const counters = Object.keys(sentences) as (keyof typeof sentences)[];
const periodMs = 60_000;

/** Tells what a source loses on its way: the first time at once, then once a minute with the sum. */
export class Losses {
	readonly #lines: Map<keyof typeof sentences, RateLimited>;
	#before: Pick<StreamStats, keyof typeof sentences> = {
		lostPackets: 0,
		undecryptablePackets: 0,
		resyncs: 0,
		damagedFrames: 0,
	};

	constructor(logger: Logger, timers?: Timers) {
		const make = () => new RateLimited({logger, periodMs, ...(timers && {timers})});
		this.#lines = new Map(counters.map(counter => [counter, make()]));
	}

	/** Takes the counters of the stream as they are now. */
	look(stats: Pick<StreamStats, keyof typeof sentences>): void {
		for (const counter of counters) {
			const more = stats[counter] - this.#before[counter];
			if (more > 0) this.#lines.get(counter)?.note(sentences[counter], more);
		}
		this.#before = stats;
	}

	/** Tells what is left; may be called twice. */
	close(): void {
		for (const line of this.#lines.values()) line.close();
	}
}
