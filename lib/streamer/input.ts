import {EventEmitter} from 'node:events';
import type {MediaError} from '../errors.ts';
import type {Id, RelayInput, TrackInfo} from '../native/binding.ts';

export type InputEvents = {
	/** Once: there is something to relay from now on. */
	ready: [input: RelayInput];
	/** Our source has lost it, and tries again until it is closed. */
	lost: [error: MediaError];
	back: [];
};

/** Where the media comes from. */
export type StreamerInput = EventEmitter<InputEvents> & {
	/** What is known of them; empty where GStreamer alone looks at them. */
	readonly tracks: readonly TrackInfo[];
	/** What our own source fetches it into; undefined where there is none. */
	readonly stream?: Id | undefined;
	/** The relay fetches it by itself: when it is lost, the relay has to begin anew. */
	readonly startsOver: boolean;
	/** May be called twice. */
	close(): Promise<void>;
};

/** An input that the relay fetches by itself. */
export class DirectInput extends EventEmitter<InputEvents> implements StreamerInput {
	readonly tracks: readonly TrackInfo[] = [];
	readonly startsOver = true;

	constructor(input: RelayInput) {
		super();
		// Whoever made it listens from the next turn on.
		queueMicrotask(() => this.emit('ready', input));
	}

	async close(): Promise<void> {}
}
