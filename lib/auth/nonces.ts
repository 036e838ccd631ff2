import {createHmac, randomBytes} from 'node:crypto';
import {isSame} from '../util/secret.ts';

/** What a nonce that came back is worth. */
export type NonceState = 'fresh' | 'stale' | 'foreign';

/** Nonces of Digest: each holds for one address and some minutes. Nothing is remembered of them. */
export class Nonces {
	readonly #key = randomBytes(32);
	readonly #lifeMs: number;
	readonly #now: () => number;

	constructor({lifeMs = 300_000, now = () => performance.now()} = {}) {
		this.#lifeMs = lifeMs;
		this.#now = now;
	}

	make(address: string): string {
		return this.#sign(Math.floor(this.#now()).toString(16).padStart(12, '0'), address);
	}

	check(nonce: string, address: string): NonceState {
		const time = nonce.slice(0, 12);
		if (!/^[\da-f]{12}$/.test(time)) return 'foreign';
		const own = Buffer.from(this.#sign(time, address));
		if (!isSame(own, Buffer.from(nonce))) return 'foreign';
		return this.#now() - Number.parseInt(time, 16) < this.#lifeMs ? 'fresh' : 'stale';
	}

	#sign(time: string, address: string): string {
		const mac = createHmac('sha256', this.#key).update(`${time} ${address}`).digest('hex');
		return time + mac.slice(0, 32);
	}
}
