import {EventEmitter} from 'node:events';
import {MediaError} from '../errors.ts';
import type {Id} from '../native/binding.ts';
import type {ControlMessage, PublisherInfo} from './messages.ts';
import type {Source, SourceEvents} from './source.ts';

type Post = (message: ControlMessage) => void;

/** Who publishes to a path: nobody, or one at a time. */
export class PathPublisher {
	readonly #post: Post;
	#guest: Guest | undefined;

	constructor(post: Post) {
		this.#post = post;
	}

	/** Undefined: nobody is here. */
	get info(): PublisherInfo | undefined {
		return this.#guest?.isOver === false ? this.#guest.info : undefined;
	}

	refuse({publisher}: PublisherInfo, {code, message, context}: MediaError): void {
		this.#post({type: 'rejected', publisher, code, message, context});
	}

	/** The next source that is opened is this one; who was here before is told `reason`. */
	replace(info: PublisherInfo, reason: MediaError): void {
		this.end(reason);
		this.#guest = new Guest(info, this.#post);
	}

	/** One try of the feed: the publisher hears now into which stream it publishes. */
	open(stream: Id): Source {
		if (!this.#guest) throw goneError();
		this.#guest.open(stream);
		return this.#guest;
	}

	/** It went away by itself, for that reason; anybody else is ignored. */
	leave(publisher: string, error: MediaError): void {
		if (this.#guest?.info.publisher === publisher) this.#guest.leave(error);
	}

	/** Sends it away. */
	end(reason: MediaError): void {
		this.#guest?.end(reason);
		this.#guest = undefined;
	}
}

/** A publisher as a source: its only try ends when it leaves or is sent away. */
class Guest extends EventEmitter<SourceEvents> implements Source {
	readonly info: PublisherInfo;
	readonly #post: Post;
	#isPublished = false;
	#whyGone: MediaError | undefined;

	constructor(info: PublisherInfo, post: Post) {
		super();
		this.info = info;
		this.#post = post;
	}

	get isOver(): boolean {
		return this.#whyGone !== undefined;
	}

	open(stream: Id): void {
		if (this.#whyGone) throw this.#whyGone;
		this.#isPublished = true;
		this.#post({type: 'published', publisher: this.info.publisher, stream});
		queueMicrotask(() => this.emit('connected'));
	}

	leave(error: MediaError): void {
		if (this.isOver) return;
		this.#whyGone = error;
		this.emit('failed', error);
		this.emit('stopped');
	}

	end(reason: MediaError): void {
		if (this.isOver) return;
		this.#whyGone = reason;
		const {code, message, context} = reason;
		const {publisher} = this.info;
		if (this.#isPublished) this.#post({type: 'unpublished', publisher, code, message});
		else this.#post({type: 'rejected', publisher, code, message, context});
		queueMicrotask(() => this.emit('stopped'));
	}

	/** Publishers are not asked to send no more: the stream drops what they send. */
	pause(): void {}

	play(): void {}

	close(): void {
		this.end(goneError());
	}
}

const goneError = () => new MediaError('SOURCE_ENDED', 'Publisher is gone');
