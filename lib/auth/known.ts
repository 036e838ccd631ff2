import {createHmac, randomBytes} from 'node:crypto';
import {placeOf} from '../util/network.ts';
import type {Credentials} from './authorization.ts';

/** Who was right before, and from where: they need not wait for what others do wrong at the same place. */
export class Known {
	readonly #key = randomBytes(32);
	/** The last used at the end. */
	readonly #right = new Set<string>();

	get size(): number {
		return this.#right.size;
	}

	/** Credentials of Digest say no password: that their user was right is all that can be known before they are checked. */
	has(address: string, credentials: Credentials): boolean {
		return this.#right.has(this.#digest(address, credentials));
	}

	add(address: string, credentials: Credentials): void {
		const digest = this.#digest(address, credentials);
		this.#right.delete(digest);
		this.#right.add(digest);
		const [oldest] = this.#right;
		if (this.#right.size > maxKnown && oldest !== undefined) this.#right.delete(oldest);
	}

	#digest(address: string, credentials: Credentials): string {
		const {scheme, user} = credentials;
		const password = scheme === 'basic' ? credentials.password : '';
		const text = JSON.stringify([placeOf(address), scheme, user, password]);
		return createHmac('sha256', this.#key).update(text).digest('base64');
	}
}

const maxKnown = 10_000;
