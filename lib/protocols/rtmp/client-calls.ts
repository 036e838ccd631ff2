import type {MediaError} from '../../errors.ts';
import type {Amf} from './amf0.ts';

/** What a client has asked, by number, until it is answered. */
export class ClientCalls {
	readonly #waiting = new Map<number, Answer>();
	#last = 0;
	#end: MediaError | undefined;

	/** The number of what was asked last. */
	get last(): number {
		return this.#last;
	}

	/** The number of what is asked next. */
	next(): number {
		return ++this.#last;
	}

	/** Resolves with what follows the number in the answer to what was asked last. */
	async answer(): Promise<Amf[]> {
		if (this.#end) throw this.#end;
		return new Promise((resolve, reject) => this.#waiting.set(this.#last, {resolve, reject}));
	}

	/** Who waits for an answer, which has come; undefined: nobody. */
	take(number: Amf | undefined): Answer | undefined {
		if (typeof number !== 'number') return undefined;
		const answer = this.#waiting.get(number);
		this.#waiting.delete(number);
		return answer;
	}

	/** Nothing is answered any more, and nothing asked. */
	end(error: MediaError): void {
		this.#end = error;
		for (const {reject} of this.#waiting.values()) reject(error);
		this.#waiting.clear();
	}
}

export type Answer = {resolve: (values: Amf[]) => void; reject: (error: MediaError) => void};
