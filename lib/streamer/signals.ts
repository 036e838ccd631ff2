// Loaded before anything else is: a signal may come while the rest is still being read.
import type {EventEmitter} from 'node:events';
import type {Streamer} from './streamer.ts';

type Signalled = Pick<EventEmitter, 'on'> & {exit(code: number): void};
type Ending = Pick<Streamer, 'exit' | 'abandon'>;

/** Asked to end by signals, from the beginning on: what comes before there is a streamer is done when there is one. */
export class Signals {
	readonly #process: Signalled;
	#streamer: Ending | undefined;
	#isAsked = false;

	constructor(process: Signalled) {
		this.#process = process;
		for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
			process.on(signal, () => this.#end());
	}

	obeyBy(streamer: Ending): void {
		this.#streamer = streamer;
		if (this.#isAsked) void streamer.exit();
	}

	/** Asked twice is asked in earnest: what is not whole by then is broken off. */
	#end(): void {
		if (!this.#isAsked) {
			this.#isAsked = true;
			void this.#streamer?.exit();
			return;
		}
		this.#streamer?.abandon();
		this.#process.exit(1);
	}
}
