import {createHmac, randomBytes} from 'node:crypto';
import {MediaError} from '../errors.ts';
import {isSecret} from '../util/secret.ts';
import type {Secret} from '../util/secret.ts';

export type Check = {
	/** As the configuration has it. */
	text: string;
	secret: Secret;
	given: string;
	/** Whom it is done for: each place has its turn. */
	place: string;
};

type Task = {check: Check; resolve: (isRight: boolean) => void; reject: (error: unknown) => void};

/**
 * Compares what was given with secrets. Argon2 takes a thread of the pool and its memory for a while, so it is done once
 * at a time, for one place after the other; what was right is known from then on.
 */
export class Passwords {
	readonly #isSecret: typeof isSecret;
	readonly #key = randomBytes(32);
	/** Digests of secrets with what they stand for, the last used at the end. */
	readonly #right = new Set<string>();
	readonly #pending = new Map<string, Promise<boolean>>();
	readonly #waiting = new Map<string, Task[]>();
	#isBusy = false;

	constructor(compare = isSecret) {
		this.#isSecret = compare;
	}

	/** Rejects with AUTH_TOO_OFTEN when too much is asked for from this place. */
	async isRight(check: Check): Promise<boolean> {
		const {text, secret, given} = check;
		if (secret.type !== 'argon2') return this.#isSecret(secret, given);
		const key = createHmac('sha256', this.#key)
			.update(JSON.stringify([text, given]))
			.digest('hex');
		if (this.#right.delete(key)) return this.#remember(key);
		const pending = this.#pending.get(key) ?? this.#begin(key, check);
		return pending;
	}

	#remember(key: string): true {
		this.#right.add(key);
		const [oldest] = this.#right;
		if (this.#right.size > maxRight && oldest !== undefined) this.#right.delete(oldest);
		return true;
	}

	async #begin(key: string, check: Check): Promise<boolean> {
		const result = this.#stand(check);
		this.#pending.set(key, result);
		try {
			const isRight = await result;
			return isRight && this.#remember(key);
		} finally {
			this.#pending.delete(key);
		}
	}

	/** In line. */
	async #stand(check: Check): Promise<boolean> {
		const {place} = check;
		const line = this.#waiting.get(place) ?? [];
		if (line.length >= maxWaiting || (line.length === 0 && this.#waiting.size >= maxPlaces))
			throw new MediaError('AUTH_TOO_OFTEN', 'Expected fewer passwords at the same time', {
				address: place,
			});
		const result = new Promise<boolean>((resolve, reject) => {
			line.push({check, resolve, reject});
		});
		this.#waiting.set(place, line);
		if (!this.#isBusy) void this.#serve();
		return result;
	}

	async #serve(): Promise<void> {
		this.#isBusy = true;
		for (let task = this.#next(); task; task = this.#next()) {
			const {check, resolve, reject} = task;
			await this.#isSecret(check.secret, check.given).then(resolve, reject);
		}
		this.#isBusy = false;
	}

	/** The oldest of the place whose turn it is; that place is the last one then. */
	#next(): Task | undefined {
		const [first] = this.#waiting;
		if (!first) return undefined;
		const [place, line] = first;
		const task = line.shift();
		this.#waiting.delete(place);
		if (line.length > 0) this.#waiting.set(place, line);
		return task;
	}
}

const maxRight = 10_000;
const maxWaiting = 16;
const maxPlaces = 256;
