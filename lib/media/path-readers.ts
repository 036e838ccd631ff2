import type {MediaError} from '../errors.ts';
import type {Id, TrackInfo} from '../native/binding.ts';
import type {ControlMessage, ReaderInfo} from './messages.ts';

/** Who waits for a path and who reads it. Every reader gets one answer, and one `ended` at most. */
export class PathReaders {
	readonly #post: (message: ControlMessage) => void;
	readonly #waiting = new Map<string, ReaderInfo>();
	readonly #admitted = new Map<string, ReaderInfo>();

	constructor(post: (message: ControlMessage) => void) {
		this.#post = post;
	}

	/** How many of them count for `maxReaders`. */
	get counted(): number {
		return this.#all().filter(({counted}) => counted).length;
	}

	/** Somebody keeps an on-demand source running: a reader that holds, or anybody who still waits. */
	get holding(): boolean {
		return this.#waiting.size > 0 || [...this.#admitted.values()].some(({holds}) => holds);
	}

	get isEmpty(): boolean {
		return this.#waiting.size === 0 && this.#admitted.size === 0;
	}

	/** Those who are in. */
	get admitted(): ReaderInfo[] {
		return [...this.#admitted.values()];
	}

	wait(reader: ReaderInfo): void {
		this.#waiting.set(reader.reader, reader);
	}

	admit(reader: ReaderInfo, stream: Id, tracks: TrackInfo[]): void {
		this.#admitted.set(reader.reader, reader);
		this.#post({type: 'admitted', reader: reader.reader, stream, tracks});
	}

	admitWaiting(stream: Id, tracks: TrackInfo[]): void {
		for (const reader of take(this.#waiting)) this.admit(reader, stream, tracks);
	}

	refuse({reader}: ReaderInfo, {code, message, context}: MediaError): void {
		this.#post({type: 'refused', reader, code, message, context});
	}

	refuseWaiting(error: MediaError): void {
		for (const reader of take(this.#waiting)) this.refuse(reader, error);
	}

	tellEpoch(tracks: TrackInfo[]): void {
		for (const reader of this.#admitted.keys()) this.#post({type: 'epoch', reader, tracks});
	}

	endAll({code, message}: MediaError): void {
		for (const {reader} of take(this.#admitted)) this.#post({type: 'ended', reader, code, message});
	}

	/** False: nobody of that name is here. */
	leave(reader: string): boolean {
		return this.#waiting.delete(reader) || this.#admitted.delete(reader);
	}

	#all(): ReaderInfo[] {
		return [...this.#waiting.values(), ...this.#admitted.values()];
	}
}

const take = (readers: Map<string, ReaderInfo>): ReaderInfo[] => {
	const taken = [...readers.values()];
	readers.clear();
	return taken;
};
