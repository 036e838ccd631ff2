import {EventEmitter} from 'node:events';
import {errorKinds, MediaError} from '../errors.ts';
import type {ErrorCode} from '../errors.ts';
import type {EventOf, PipelineRecipe} from '../native/binding.ts';
import type {Native, Pipeline} from '../native/native.ts';
import {redactUrls} from '../util/redact.ts';
import type {SourceEvents} from './source.ts';

/** One try by a GStreamer pipeline that publishes to the path's stream. */
export class PipelineSource extends EventEmitter<SourceEvents> {
	readonly #pipeline: Pipeline;
	#isClosed = false;

	constructor(native: Pick<Native, 'start'>, recipe: PipelineRecipe) {
		super();
		this.#pipeline = native.start(recipe);
		this.#pipeline.on('state', state => {
			if (state === 'playing') this.emit('connected');
		});
		this.#pipeline.once('failed', failure => this.#fail(toPipelineError(failure)));
		this.#pipeline.once('eos', () => {
			this.#fail(new MediaError('SOURCE_ENDED', 'Pipeline came to the end of its stream'));
			this.#pipeline.stop();
		});
		this.#pipeline.once('stopped', () => this.emit('stopped'));
	}

	pause(): void {
		this.#pipeline.pause();
	}

	play(): void {
		this.#pipeline.play();
	}

	close(): void {
		this.#isClosed = true;
		this.#pipeline.stop();
	}

	#fail(error: MediaError): void {
		if (this.#isClosed) return;
		this.#isClosed = true;
		this.emit('failed', error);
	}
}

/** What failed, without the password of a URL that GStreamer repeats. */
export const toPipelineError = ({code, message, detail}: EventOf<'failed'>): MediaError =>
	new MediaError(isErrorCode(code) ? code : 'PIPELINE_ERROR', redactUrls(message), {
		detail: redactUrls(detail),
	});

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errorKinds, code);
