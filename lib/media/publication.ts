import {EventEmitter} from 'node:events';
import type {ErrorCode, MediaError} from '../errors.ts';
import type {Id} from '../native/binding.ts';

export type PublicationEvents = {
	/** The path sent this publisher away; nothing follows. */
	ended: [code: ErrorCode, message: string];
};

/** A publisher that a path has let in, until `leave()` or `ended`. */
export class Publication extends EventEmitter<PublicationEvents> {
	readonly publisher: string;
	/** Where its media goes. */
	readonly stream: Id;
	readonly #leave: (why: MediaError) => void;

	constructor(publisher: string, stream: Id, leave: (why: MediaError) => void) {
		super();
		this.publisher = publisher;
		this.stream = stream;
		this.#leave = leave;
	}

	/** `why` is what the path tells of its lost source. May be called twice, and after `ended`. */
	leave(why: MediaError): void {
		this.#leave(why);
	}
}
