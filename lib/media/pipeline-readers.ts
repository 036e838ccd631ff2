import type {EventEmitter} from 'node:events';
import {MediaError} from '../errors.ts';
import type {Id} from '../native/binding.ts';
import type {ControlMessage, ReaderInfo} from './messages.ts';

/** What a `hubsrc` asks for, as native code tells it. */
export type PipelineWish = Pick<EventEmitter<{unwanted: []}>, 'once'> & {
	readonly id: Id;
	readonly path: string;
	/** The paths that the asking pipeline publishes to. */
	readonly feeds: readonly string[];
	accept(stream: Id): void;
	refuse(reason: string): void;
	close(): void;
};

/** Pipelines that read paths: readers like others, but what feeds a path must not read it. */
export class PipelineReaders {
	readonly #wishes = new Map<string, PipelineWish>();

	/** The reader that stands for the wish until it is `unwanted`; throws PIPELINE_CYCLE. */
	add(wish: PipelineWish): ReaderInfo {
		const {path} = wish;
		if (wish.feeds.some(fed => this.#reaches(fed, path))) {
			const message = `Path ${path} cannot be read by the pipeline that feeds it`;
			throw new MediaError('PIPELINE_CYCLE', message, {path, feeds: [...wish.feeds]});
		}
		const reader = `pipeline-${wish.id}`;
		this.#wishes.set(reader, wish);
		const rest = {peer: '', start: true, counted: true, holds: true};
		return {reader, path, protocol: 'pipeline', ...rest};
	}

	remove(reader: string): void {
		this.#wishes.delete(reader);
	}

	/** False: the message is not for a pipeline. */
	handle(message: ControlMessage): boolean {
		const wish = 'reader' in message ? this.#wishes.get(message.reader) : undefined;
		if (!wish || !('reader' in message)) return false;
		if (message.type === 'admitted') wish.accept(message.stream);
		if (message.type === 'refused') wish.refuse(message.message);
		if (message.type === 'ended') wish.close();
		if (message.type === 'refused' || message.type === 'ended') this.remove(message.reader);
		return true;
	}

	/** Media of `from` comes to `to`, through any number of pipelines. */
	#reaches(from: string, to: string): boolean {
		const seen = new Set([from]);
		for (const path of seen) {
			if (path === to) return true;
			for (const wish of this.#wishes.values()) {
				if (wish.path === path) wish.feeds.forEach(fed => seen.add(fed));
			}
		}
		return false;
	}
}
