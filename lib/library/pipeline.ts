import {EventEmitter, once} from 'node:events';
import type {MediaError} from '../errors.ts';
import {toPipelineError} from '../media/pipeline-source.ts';
import type {PipelineEvents as NativeEvents} from '../native/native.ts';

export type PipelineEvents = {
	/** Its elements run. */
	playing: [];
	paused: [];
	/** The media came to its end; `stopped` follows. */
	ended: [];
	/** At most once, before `stopped`: a launch line that makes no sense, an element that failed, a path that was refused or taken away. */
	failed: [error: MediaError];
	/** The last event; always comes. */
	stopped: [];
};

/** What runs it. */
export type PipelineRunner = Pick<EventEmitter<NativeEvents>, 'on'> & {
	play(): void;
	pause(): void;
	stop(): void;
};

/**
 * A GStreamer pipeline of one's own: `... ! hubsink path=NAME` publishes to a path whose source is `publisher`,
 * `hubsrc path=NAME ! ...` reads a path. It ends with its server at the latest.
 */
export class Pipeline extends EventEmitter<PipelineEvents> {
	readonly #runner: PipelineRunner;
	#isStopped = false;

	/** Use `server.startPipeline(line)`. */
	constructor(runner: PipelineRunner) {
		super();
		this.#runner = runner;
		runner.on('state', state => this.emit(state));
		runner.on('eos', () => {
			this.emit('ended');
			runner.stop();
		});
		runner.on('failed', failure => this.emit('failed', toPipelineError(failure)));
		runner.on('stopped', () => {
			this.#isStopped = true;
			this.emit('stopped');
		});
	}

	play(): void {
		this.#runner.play();
	}

	/** What it published is taken from the path as if its publisher had gone, and comes again with `play`. */
	pause(): void {
		this.#runner.pause();
	}

	/** Resolves after `stopped`, in 5 s at most. May be called twice. */
	async stop(): Promise<void> {
		if (this.#isStopped) return;
		const stopped = once(this, 'stopped');
		this.#runner.stop();
		await stopped;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.stop();
	}
}
