import {EventEmitter} from 'node:events';
import {MediaError} from '../errors.ts';
import type {ErrorCode} from '../errors.ts';
import type {Id, TrackInfo} from '../native/binding.ts';
import type {ControlMessage, DeliveryMessage, Port, PublisherInfo, ReaderInfo} from './messages.ts';
import {Publication} from './publication.ts';

export type AdmissionEvents = {
	epoch: [tracks: TrackInfo[]];
	/** The path let this reader go; nothing follows. */
	ended: [code: ErrorCode, message: string];
};

/** A reader that a path has let in, until `leave()` or `ended`. */
export class Admission extends EventEmitter<AdmissionEvents> {
	readonly reader: string;
	readonly stream: Id;
	tracks: TrackInfo[];
	/** Why the path let it go; undefined while it is in. */
	end: MediaError | undefined;
	readonly #leave: () => void;

	constructor(reader: string, stream: Id, tracks: TrackInfo[], leave: () => void) {
		super();
		this.reader = reader;
		this.stream = stream;
		this.tracks = tracks;
		this.#leave = leave;
	}

	/** May be called twice, and after `ended`. */
	leave(): void {
		this.#leave();
	}
}

type Waiting<Place> = {resolve: (place: Place) => void; reject: (error: MediaError) => void};

/** Delivery's side of the line to control: readers come in through `join`, publishers through `publish`. */
export class Delivery {
	readonly #port: Port<DeliveryMessage, ControlMessage>;
	readonly #waiting = new Map<string, Waiting<Admission>>();
	readonly #admitted = new Map<string, Admission>();
	readonly #publishing = new Map<string, Waiting<Publication>>();
	readonly #published = new Map<string, Publication>();
	#last = 0;

	constructor(port: Port<DeliveryMessage, ControlMessage>) {
		this.#port = port;
		port.onMessage = message => this.#handle(message);
	}

	/**
	 * Asks control for a place at a path; waits while an on-demand source starts.
	 * Rejects with the MediaError that control gives. Aborting takes the wish back.
	 */
	async join(wish: Omit<ReaderInfo, 'reader'>, signal?: AbortSignal): Promise<Admission> {
		if (signal?.aborted) throw leftEarly(signal);
		const reader = `${wish.protocol}-${++this.#last}`;
		const withdraw = () => this.#withdraw(reader, signal);
		signal?.addEventListener('abort', withdraw, {once: true});
		try {
			return await new Promise<Admission>((resolve, reject) => {
				this.#waiting.set(reader, {resolve, reject});
				this.#port.post({type: 'join', reader, ...wish});
			});
		} finally {
			signal?.removeEventListener('abort', withdraw);
		}
	}

	/** Asks control for the place of a path's publisher. Rejects with the MediaError that control gives. */
	async publish(wish: Omit<PublisherInfo, 'publisher'>): Promise<Publication> {
		const publisher = `${wish.protocol}-${++this.#last}`;
		return new Promise<Publication>((resolve, reject) => {
			this.#publishing.set(publisher, {resolve, reject});
			this.#port.post({type: 'publish', publisher, ...wish});
		});
	}

	#withdraw(reader: string, signal?: AbortSignal): void {
		const waiting = this.#waiting.get(reader);
		if (!this.#waiting.delete(reader)) return;
		this.#port.post({type: 'leave', reader});
		waiting?.reject(leftEarly(signal));
	}

	#handle(message: ControlMessage): void {
		switch (message.type) {
			case 'admitted':
				return this.#admit(message);
			case 'refused':
				return this.#refuse(message);
			case 'epoch':
				return this.#epoch(message);
			case 'ended':
				return this.#end(message);
			case 'published':
				return this.#publish(message);
			case 'rejected':
				return this.#reject(message);
			case 'unpublished':
				return this.#unpublish(message);
			default:
				message satisfies never;
		}
	}

	#admit({reader, stream, tracks}: Extract<ControlMessage, {type: 'admitted'}>): void {
		const waiting = this.#waiting.get(reader);
		if (!this.#waiting.delete(reader)) return;
		const admission = new Admission(reader, stream, tracks, () => this.#leave(reader));
		this.#admitted.set(reader, admission);
		waiting?.resolve(admission);
	}

	#refuse({reader, code, message, context}: Extract<ControlMessage, {type: 'refused'}>): void {
		const waiting = this.#waiting.get(reader);
		this.#waiting.delete(reader);
		waiting?.reject(new MediaError(code, message, context));
	}

	#epoch({reader, tracks}: Extract<ControlMessage, {type: 'epoch'}>): void {
		const admission = this.#admitted.get(reader);
		if (!admission) return;
		admission.tracks = tracks;
		admission.emit('epoch', tracks);
	}

	#end({reader, code, message}: Extract<ControlMessage, {type: 'ended'}>): void {
		const admission = this.#admitted.get(reader);
		this.#admitted.delete(reader);
		if (!admission) return;
		admission.end = new MediaError(code, message);
		admission.emit('ended', code, message);
	}

	#leave(reader: string): void {
		if (this.#admitted.delete(reader)) this.#port.post({type: 'leave', reader});
	}

	#publish({publisher, stream}: Extract<ControlMessage, {type: 'published'}>): void {
		const waiting = this.#publishing.get(publisher);
		this.#publishing.delete(publisher);
		const leave = (why: MediaError) => this.#leavePublishing(publisher, why);
		const publication = new Publication(publisher, stream, leave);
		this.#published.set(publisher, publication);
		waiting?.resolve(publication);
	}

	#reject(rejection: Extract<ControlMessage, {type: 'rejected'}>): void {
		const {publisher, code, message, context} = rejection;
		const waiting = this.#publishing.get(publisher);
		this.#publishing.delete(publisher);
		waiting?.reject(new MediaError(code, message, context));
	}

	#unpublish({publisher, code, message}: Extract<ControlMessage, {type: 'unpublished'}>): void {
		const publication = this.#published.get(publisher);
		this.#published.delete(publisher);
		publication?.emit('ended', code, message);
	}

	#leavePublishing(publisher: string, {code, message}: MediaError): void {
		if (!this.#published.delete(publisher)) return;
		this.#port.post({type: 'unpublish', publisher, code, message});
	}
}

const leftEarly = (signal?: AbortSignal): MediaError =>
	new MediaError('PATH_TIMEOUT', 'Reader left before it was let in', {cause: signal?.reason});
