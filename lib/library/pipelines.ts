import type {Logger} from 'pino';
import {MediaError} from '../errors.ts';
import type {Native} from '../native/native.ts';
import {Pipeline} from './pipeline.ts';

/** The pipelines that a program has started. */
export class Pipelines {
	readonly #native: Pick<Native, 'start'>;
	readonly #logger: Logger;
	readonly #running = new Set<Pipeline>();
	#isClosed = false;

	constructor(native: Pick<Native, 'start'>, logger: Logger) {
		this.#native = native;
		this.#logger = logger;
	}

	/** Throws SERVER_NOT_READY after `close()`. */
	start(launch: string, {paused = false}: {paused?: boolean} = {}): Pipeline {
		if (this.#isClosed) throw new MediaError('SERVER_NOT_READY', 'Server has been closed');
		const runner = this.#native.start({type: 'launch', launch, path: '', paused});
		const pipeline = new Pipeline(runner);
		this.#running.add(pipeline);
		pipeline.on('failed', ({code, message}) =>
			this.#logger.warn({code}, `pipeline failed: ${message}`),
		);
		pipeline.once('stopped', () => this.#running.delete(pipeline));
		return pipeline;
	}

	/** Resolves when all have stopped. May be called twice. */
	async close(): Promise<void> {
		this.#isClosed = true;
		await Promise.all([...this.#running].map(async pipeline => pipeline.stop()));
	}
}
