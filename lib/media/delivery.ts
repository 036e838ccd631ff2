import {EventEmitter} from 'node:events';
import {MediaError} from '../errors.ts';
import type {ErrorCode} from '../errors.ts';
import type {Id, TrackInfo} from '../native/binding.ts';
import type {ControlMessage, DeliveryMessage, Port, ReaderInfo} from './messages.ts';

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

type Waiting = {resolve: (admission: Admission) => void; reject: (error: MediaError) => void};

/** Delivery's side of the line to control: readers come in through `join`. */
export class Delivery {
	readonly #port: Port<DeliveryMessage, ControlMessage>;
	readonly #waiting = new Map<string, Waiting>();
	readonly #admitted = new Map<string, Admission>();
	#lastReader = 0;

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
		const reader = `${wish.protocol}-${++this.#lastReader}`;
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
		admission?.emit('ended', code, message);
	}

	#leave(reader: string): void {
		if (this.#admitted.delete(reader)) this.#port.post({type: 'leave', reader});
	}
}

const leftEarly = (signal?: AbortSignal): MediaError =>
	new MediaError('PATH_TIMEOUT', 'Reader left before it was let in', {cause: signal?.reason});
