import type {Id, NativeBinding, NativeBlock, NativeEvent} from './binding.ts';
import {Block} from './block.ts';
import type {Lender} from './block.ts';
import {loadAddon} from './load.ts';

type Listener = (event: NativeEvent) => void;

/**
 * The addon as this environment sees it: events go to whoever opened their id, blocks are counted and given
 * back once per turn of the event loop.
 */
export class Door {
	readonly binding: NativeBinding;
	readonly #listeners = new Map<Id, Listener>();
	readonly #blocks = new Map<Id, Block>();
	readonly #domains = new Map<string, Listener>();
	readonly #released = new Set<Id>();
	#releasing = false;
	readonly #lender: Lender = {
		giveBack: block => this.#giveBack(block),
		send: (block, fd) => this.binding.send(block, fd),
	};

	constructor(binding: NativeBinding) {
		this.binding = binding;
		binding.open(events => this.#deliver(events));
	}

	/** From now on, until its last event, what happens to `id` is told to `listener`. */
	listen(id: Id, listener: Listener): void {
		this.#listeners.set(id, listener);
	}

	/** Who is told of the `wanted` and the `offered` of a domain. */
	listenDomain(domain: string, listener: Listener): void {
		this.#domains.set(domain, listener);
	}

	unlistenDomain(domain: string): void {
		this.#domains.delete(domain);
	}

	feed(ingest: Id, buffer: Uint8Array, length: number): boolean {
		return this.binding.feed(ingest, buffer, length);
	}

	/** The block behind a loan; lent again while it is still held, it is the same one with a holder more. */
	take(lent: NativeBlock): Block {
		const known = this.#blocks.get(lent.id);
		if (known) {
			known.retain();
			return known;
		}
		// Given back and lent again before native code heard of it: the loan just goes on.
		this.#released.delete(lent.id);
		const block = new Block(lent, this.#lender);
		this.#blocks.set(lent.id, block);
		return block;
	}

	#giveBack(block: Block): void {
		this.#blocks.delete(block.id);
		this.#released.add(block.id);
		if (this.#releasing) return;
		this.#releasing = true;
		setImmediate(() => this.#release());
	}

	#release(): void {
		this.#releasing = false;
		this.binding.release([...this.#released]);
		this.#released.clear();
	}

	// What is thrown inside a call from native code is swallowed by Node or ends the batch, so nothing
	// may escape; thrown again from the next tick it is an ordinary uncaught exception.
	#deliver(events: NativeEvent[]): void {
		for (const event of events) {
			try {
				this.#tell(event);
			} catch (error) {
				process.nextTick(() => {
					throw error;
				});
			}
		}
	}

	#tell(event: NativeEvent): void {
		if (event.type === 'wanted' || event.type === 'offered')
			return this.#domains.get(event.domain)?.(event);
		const listener = this.#listeners.get(event.id);
		if (isLast(event)) this.#listeners.delete(event.id);
		listener?.(event);
	}
}

const isLast = ({type}: NativeEvent): boolean =>
	type === 'closed' || type === 'stopped' || type === 'unwanted' || type === 'withdrawn';

let door: Door | undefined;

/** The one door of this environment; loads the addon at the first call. */
export const openDoor = (): Door => (door ??= new Door(loadAddon()));
