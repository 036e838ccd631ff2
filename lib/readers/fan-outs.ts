import type {Id} from '../native/binding.ts';
import {FanOut} from './fan-out.ts';
import type {Member, RingOutput} from './fan-out.ts';

export type FanOutsOptions<Spec> = {
	open: (spec: Spec) => RingOutput;
	/** Members lost pictures, because this machine is too slow. */
	onLate: () => void;
};

/** Gives every picture of a stream to all readers who want it the same way, packaged once. */
export class FanOuts<Spec extends {stream: Id}> {
	readonly #options: FanOutsOptions<Spec>;
	readonly #fanOuts = new Map<string, FanOut>();

	constructor(options: FanOutsOptions<Spec>) {
		this.#options = options;
	}

	/** With this member in it until `leave(member)`. */
	join(spec: Spec, member: Member): FanOut {
		const key = JSON.stringify(spec);
		const known = this.#fanOuts.get(key);
		if (known) return known.join(member);
		const {open, onLate} = this.#options;
		const onEmpty = () => {
			if (this.#fanOuts.get(key) === fanOut) this.#fanOuts.delete(key);
		};
		const fanOut = new FanOut({stream: spec.stream, output: open(spec), onLate, onEmpty});
		this.#fanOuts.set(key, fanOut);
		return fanOut.join(member);
	}
}
