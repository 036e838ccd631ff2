import type {Piece, RequestPiece} from './splitter.ts';

/** Finds what stands at the front of bytes of which the first `searched` were looked through before. */
export type Splitter<Found extends Piece | RequestPiece> = (
	bytes: Buffer,
	searched: number,
) => Found;

/**
 * What a peer has sent and nobody has understood yet. However small the pieces that it comes in, bytes are looked at
 * and moved a few times at most: strangers may send a request byte by byte, and cameras an answer.
 */
export class Inlet<Found extends Piece | RequestPiece> {
	readonly #split: Splitter<Found>;
	#buffer: Buffer = Buffer.alloc(0);
	#begin = 0;
	#end = 0;
	/** It has room of its own behind the end. */
	#isOwn = false;
	#open: Open = closed;

	constructor(split: Splitter<Found>) {
		this.#split = split;
	}

	get length(): number {
		return this.#end - this.#begin;
	}

	/** Valid until the next call of `push`. */
	get bytes(): Buffer {
		return this.#buffer.subarray(this.#begin, this.#end);
	}

	/** `bytes` are kept as they are. */
	push(bytes: Buffer): void {
		if (bytes.length === 0) return;
		if (this.length === 0) {
			this.#set(bytes, bytes.length);
			this.#isOwn = false;
			return;
		}
		if (!this.#isOwn || this.#buffer.length - this.#end < bytes.length) this.#grow(bytes.length);
		this.#end += bytes.copy(this.#buffer, this.#end);
	}

	/** What stands at the front, which is used up; its data are valid until the next call of `push`. */
	next(): Found | Open {
		if (this.length < this.#open.wanted) return this.#open;
		const piece = this.#split(this.bytes, this.#open.searched);
		this.#open = piece.type === 'more' ? piece : closed;
		if ('end' in piece) this.#begin += piece.end;
		return piece;
	}

	/** All of it, which is forgotten. */
	take(): Buffer {
		const {bytes} = this;
		this.#set(Buffer.alloc(0), 0);
		return bytes;
	}

	#set(buffer: Buffer, end: number): void {
		this.#buffer = buffer;
		this.#begin = 0;
		this.#end = end;
		this.#open = closed;
	}

	/** Twice what is needed, so that a byte is moved once or twice whatever follows. */
	#grow(more: number): void {
		const {bytes} = this;
		const buffer = Buffer.allocUnsafeSlow(Math.max(minBytes, 2 * (bytes.length + more)));
		bytes.copy(buffer);
		this.#buffer = buffer;
		this.#begin = 0;
		this.#end = bytes.length;
		this.#isOwn = true;
	}
}

/** What stands at the front and is not all there. */
type Open = Extract<Piece, {type: 'more'}>;
const closed: Open = {type: 'more', wanted: 0, searched: 0};

const minBytes = 4096;
