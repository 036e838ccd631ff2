import type {Id, NativeBlock} from './binding.ts';

/** A stream, or what stands for one; `done` is called once, written or not. */
export type Writes = {write(bytes: Buffer, done: () => void): boolean};

/** Whose the bytes are. */
export type Lender = {
	giveBack(block: Block): void;
	send(block: Id, fd: number): number;
};

/**
 * Native bytes on loan: an ArrayBuffer without a copy. Born with one holder; when the last one has
 * let go, `data` is detached and the memory is free. Whoever writes it to a socket holds it until
 * the write's callback.
 */
export class Block {
	readonly id: Id;
	readonly data: ArrayBuffer;
	readonly #lender: Lender;
	#bytes: Buffer | undefined;
	#holders = 1;

	constructor({id, data}: NativeBlock, lender: Lender) {
		this.id = id;
		this.data = data;
		this.#lender = lender;
	}

	/** One holder more; after the last release it is too late. */
	retain(): void {
		if (this.#holders === 0) throw new TypeError('Expected a block that is still held');
		this.#holders++;
	}

	/** Bytes of it that the kernel takes now by this descriptor of a socket, which nothing may wait to leave by: 0 to all. */
	sendBy(fd: number): number {
		return this.#lender.send(this.id, fd);
	}

	/**
	 * Holds it until `writable` is done with it, written or not, and says so; `from` leaves out what was sent. False:
	 * `writable` has enough for now.
	 */
	writeTo(writable: Writes, onWritten: () => void = () => {}, from = 0): boolean {
		this.retain();
		this.#bytes ??= Buffer.from(this.data);
		const bytes = from === 0 ? this.#bytes : this.#bytes.subarray(from);
		return writable.write(bytes, () => {
			this.release();
			onWritten();
		});
	}

	/** One holder less; once too often is a mistake of the caller and throws. */
	release(): void {
		if (this.#holders === 0) throw new TypeError('Expected a block that is still held');
		if (--this.#holders === 0) this.#lender.giveBack(this);
	}
}
