/** What time-dependent logic of paths takes instead of Date and setTimeout, so that tests turn the hands. */
export type Clock = {
	/** The server clock in milliseconds. */
	now(): number;
	/** Calls `fire` once after `ms`; the answer cancels it and may be called at any time. */
	setTimer(ms: number, fire: () => void): () => void;
};

/** The real one, on the server clock of native code. */
export const createClock = (native: {nowUs(): number}): Clock => ({
	now: () => native.nowUs() / 1000,
	setTimer(ms, fire) {
		const timer = setTimeout(fire, ms);
		return () => clearTimeout(timer);
	},
});

/** One named timer slot: setting it again replaces what was set. */
export class Alarm {
	readonly #clock: Clock;
	#cancel: (() => void) | undefined;

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	get isSet(): boolean {
		return this.#cancel !== undefined;
	}

	set(ms: number, fire: () => void): void {
		this.cancel();
		this.#cancel = this.#clock.setTimer(Math.max(0, ms), () => {
			this.#cancel = undefined;
			fire();
		});
	}

	cancel(): void {
		this.#cancel?.();
		this.#cancel = undefined;
	}
}
