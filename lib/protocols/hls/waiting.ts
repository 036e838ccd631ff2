import {MediaError} from '../../errors.ts';

/** Who waits; tells when it is gone. */
export type Peer = {
	readonly destroyed: boolean;
	once(event: 'close', listener: () => void): unknown;
	off(event: 'close', listener: () => void): unknown;
};

export type Wait = {
	peer: Peer;
	/** Milliseconds from now. */
	patienceMs: number;
	/** What is told when that is over. */
	late: () => MediaError;
};

type Waiter = {
	isReady: () => boolean;
	deadline: number;
	late: () => MediaError;
	end: (error?: MediaError) => void;
};

/** Requests that wait until something is there. Each ends once: it is there, too late, the peer is gone, or all is over. */
export class Waiting {
	readonly #waiters = new Set<Waiter>();
	#timer: NodeJS.Timeout | undefined;
	/** When it ends. */
	#due = Infinity;

	get size(): number {
		return this.#waiters.size;
	}

	async until(isReady: () => boolean, {peer, patienceMs, late}: Wait): Promise<void> {
		if (isReady()) return;
		if (peer.destroyed) throw gone();
		await new Promise<void>((resolve, reject) => {
			const onClose = () => waiter.end(gone());
			const end = (error?: MediaError) => {
				this.#waiters.delete(waiter);
				peer.off('close', onClose);
				if (error) reject(error);
				else resolve();
			};
			const waiter: Waiter = {isReady, deadline: performance.now() + patienceMs, late, end};
			peer.once('close', onClose);
			this.#waiters.add(waiter);
			this.#watch(waiter.deadline);
		});
	}

	/** Something is there: whoever waited for it goes on. */
	wake(): void {
		for (const waiter of this.#waiters) if (waiter.isReady()) waiter.end();
	}

	/** Nothing comes any more. */
	fail(error: MediaError): void {
		clearTimeout(this.#timer);
		for (const waiter of this.#waiters) waiter.end(error);
	}

	/** One timer for all, for whoever has the least patience; it goes on when they have what they waited for. */
	#watch(deadline: number): void {
		if (deadline >= this.#due) return;
		clearTimeout(this.#timer);
		this.#due = deadline;
		this.#timer = setTimeout(() => this.#endLate(), deadline - performance.now()).unref();
	}

	#endLate(): void {
		this.#due = Infinity;
		const now = performance.now();
		for (const {deadline, end, late} of this.#waiters)
			if (deadline <= now + 1) end(late());
			else this.#watch(deadline);
	}
}

const gone = (): MediaError => new MediaError('HLS_TIMEOUT', 'The peer went away');
