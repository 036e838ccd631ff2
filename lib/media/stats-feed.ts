import {EventEmitter, once} from 'node:events';
import {Readable} from 'node:stream';
import {MediaError} from '../errors.ts';
import type {ProcessFacts, StatsFacts} from './stats-facts.ts';

export type StatsFeedOptions = {
	periodMs?: number;
	/** More are refused. */
	maxFollowers?: number;
};

type Look = () => Pick<StatsFacts, 'paths' | 'readers'>;

/** Tells what is going on to whoever follows, once a second and made once for all; nobody follows, nothing is made. */
export class StatsFeed {
	readonly #lookAround: Look;
	readonly #options: Required<StatsFeedOptions>;
	readonly #ticks = new EventEmitter<{tick: []}>();
	#followers = 0;
	#isClosed = false;
	#timer: NodeJS.Timeout | undefined;
	#text = '';
	#before = {atMs: performance.now(), cpu: process.cpuUsage()};

	constructor(lookAround: Look, options: StatsFeedOptions = {}) {
		this.#lookAround = lookAround;
		this.#options = {periodMs: 1000, maxFollowers: 100, ...options};
		this.#ticks.setMaxListeners(0);
	}

	/** Server-Sent Events, the first one at once; who reads slowly misses some. Throws STATS_BUSY. */
	follow(): Readable {
		const {maxFollowers} = this.#options;
		if (this.#isClosed || this.#followers >= maxFollowers)
			throw new MediaError(
				'STATS_BUSY',
				`Expected at most ${maxFollowers} who follow the statistics`,
			);
		const stream = Readable.from(this.#events(), {highWaterMark: 1});
		this.#enter();
		stream.once('close', () => this.#leave());
		return stream;
	}

	/** The streams end. */
	close(): void {
		this.#isClosed = true;
		this.#stop();
	}

	async *#events(): AsyncGenerator<string> {
		while (!this.#isClosed) {
			yield this.#text;
			await once(this.#ticks, 'tick');
		}
	}

	#enter(): void {
		if (++this.#followers > 1) return;
		this.#look();
		this.#timer = setInterval(() => {
			this.#look();
			this.#ticks.emit('tick');
		}, this.#options.periodMs);
	}

	#leave(): void {
		if (--this.#followers === 0) this.#stop();
	}

	#stop(): void {
		clearInterval(this.#timer);
		// Whoever waits for one is gone, or ends now.
		this.#ticks.emit('tick');
	}

	#look(): void {
		const facts: StatsFacts = {
			time: new Date().toISOString(),
			process: this.#process(),
			...this.#lookAround(),
		};
		this.#text = `data: ${JSON.stringify(facts)}\n\n`;
	}

	#process(): ProcessFacts {
		const {atMs, cpu} = this.#before;
		this.#before = {atMs: performance.now(), cpu: process.cpuUsage()};
		const {user, system} = process.cpuUsage(cpu);
		const ms = Math.max(1, this.#before.atMs - atMs);
		return {
			cpuPercent: (user + system) / 10 / ms,
			memoryBytes: process.memoryUsage.rss(),
			uptime: process.uptime(),
		};
	}
}
