import type {Id, NativeBlock} from './binding.ts';

/** A stream, or what stands for one; `done` is called once, written or not. */
export type Writes = {write(bytes: Buffer, done: () => void): boolean};

/**
 * Native bytes on loan: an ArrayBuffer without a copy. Born with one holder; when the last one has
 * let go, `data` is detached and the memory is free. Whoever writes it to a socket holds it until
 * the write's callback.
 */
export class Block {
	readonly id: Id;
	readonly data: ArrayBuffer;
	readonly #giveBack: (block: Block) => void;
	#bytes: Buffer | undefined;
	#holders = 1;

	constructor({id, data}: NativeBlock, giveBack: (block: Block) => void) {
		this.id = id;
		this.data = data;
		this.#giveBack = giveBack;
	}

	/** One holder more; after the last release it is too late. */
	retain(): void {
		if (this.#holders === 0) throw new TypeError('Expected a block that is still held');
		this.#holders++;
	}

	/** Holds it until `writable` is done with it, written or not, and says so. False: `writable` has enough for now. */
	writeTo(writable: Writes, onWritten: () => void = () => {}): boolean {
		this.retain();
		this.#bytes ??= Buffer.from(this.data);
		return writable.write(this.#bytes, () => {
			this.release();
			onWritten();
		});
	}

	/** One holder less; once too often is a mistake of the caller and throws. */
	release(): void {
		if (this.#holders === 0) throw new TypeError('Expected a block that is still held');
		if (--this.#holders === 0) this.#giveBack(this);
	}
}
