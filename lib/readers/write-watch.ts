import type {Carrier} from './carrier.ts';
import {socketInfo} from './socket-info.ts';
import type {AskKernel} from './socket-info.ts';

/**
 * Finds out whether a peer takes anything at all: a write that does not end may be a large one, whose bytes leave
 * the kernel all the while.
 */
export class WriteWatch {
	readonly #socket: Carrier;
	readonly #queue: {readonly stalledUs: number};
	readonly #tcpInfo: AskKernel;
	#lastSample = '';
	#changedAtMs = 0;

	constructor(socket: Carrier, queue: {readonly stalledUs: number}, tcpInfo: AskKernel) {
		this.#socket = socket;
		this.#queue = queue;
		this.#tcpInfo = tcpInfo;
	}

	/** Asked about once a second. */
	isStuckFor(timeoutMs: number): boolean {
		const stalledMs = this.#queue.stalledUs / 1000;
		if (stalledMs < timeoutMs / 10) return false;
		const nowMs = performance.now();
		const sample = this.#sample();
		if (sample !== this.#lastSample) this.#changedAtMs = nowMs;
		this.#lastSample = sample;
		return Math.min(stalledMs, nowMs - this.#changedAtMs) >= timeoutMs;
	}

	#sample(): string {
		const info = socketInfo(this.#socket, this.#tcpInfo);
		return info ? `${info.unsentBytes} ${info.unackedBytes}` : '';
	}
}
