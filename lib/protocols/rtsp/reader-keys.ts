// What a reader over TLS is offered of SRTP (docs/design/0034-srtp.md): keys that nobody else has, each for one session.
import {randomBytes} from 'node:crypto';
import type {SrtpKeySpec} from '../../native/binding.ts';
import type {Mikey} from './mikey.ts';
import {makeSrtpKey} from './srtp-key.ts';
import {keySpec} from './srtp-track.ts';

export type ReaderKey = {
	/** As the description tells it. */
	mikey: Mikey;
	/** The same for native code. */
	spec: SrtpKeySpec;
	ssrc: number;
};

/** One for each track. */
export const makeReaderKeys = (tracks: number): ReaderKey[] =>
	Array.from({length: tracks}, () => {
		const key = makeSrtpKey();
		const ssrc = randomBytes(4).readUInt32BE();
		return {mikey: {key, sources: [{ssrc, rollovers: 0}]}, spec: keySpec(key), ssrc};
	});

/** By path, the newest of a connection. A key is taken once: no two sessions encrypt by it. */
export class OfferedKeys {
	readonly #keys = new Map<string, readonly ReaderKey[]>();

	offer(path: string, tracks: number): readonly ReaderKey[] {
		const keys = makeReaderKeys(tracks);
		this.#keys.delete(path);
		this.#keys.set(path, keys);
		const [oldest] = this.#keys.keys();
		if (this.#keys.size > maxPaths && oldest !== undefined) this.#keys.delete(oldest);
		return keys;
	}

	has(path: string): boolean {
		return this.#keys.has(path);
	}

	take(path: string): readonly ReaderKey[] | undefined {
		const keys = this.#keys.get(path);
		this.#keys.delete(path);
		return keys;
	}
}

const maxPaths = 16;
