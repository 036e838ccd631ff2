export type PaceOptions = {
	/** Seconds between what has come and what is shown, on a clean link. */
	target: number;
};

/** What the player does next: how fast it plays, or that it jumps to what is due. */
export type PaceStep = {rate: number} | {jump: true};

/** Keeps what is shown a little behind what has come, by playing slower or faster, or by jumping when it is far off. */
export class Pace {
	readonly #least: number;
	#target: number;
	#behind: number | undefined;
	#sum = 0;
	/** Steps until a beginning that was slow is mended at once. */
	#settles = settleSteps;

	constructor({target}: PaceOptions) {
		this.#least = target;
		this.#target = target;
	}

	/** Seconds. */
	get target(): number {
		return this.#target;
	}

	/** It stood still, for want of media. */
	stalled(): void {
		this.#target = Math.min(this.#target + afterStall, maxTarget);
		this.reset();
	}

	/** After a jump. */
	reset(): void {
		this.#behind = undefined;
		this.#sum = 0;
	}

	/** Called every `stepSeconds`, with how far the player is behind what has come, in seconds. */
	step(behind: number): PaceStep {
		this.#target = Math.max(this.#least, this.#target - decay);
		const isSettled = --this.#settles !== 0;
		if (Math.abs(behind - this.#target) > (isSettled ? jumpFrom : jumpOnceFrom)) {
			this.reset();
			return {jump: true};
		}
		this.#behind = this.#behind === undefined ? behind : 0.8 * this.#behind + 0.2 * behind;
		const error = this.#behind - this.#target;
		if (Math.abs(error) < deadBand) {
			this.#sum = 0;
			return {rate: 1};
		}
		this.#sum = clamp(this.#sum + error * stepSeconds, -0.05, 0.05);
		return {rate: 1 + clamp(0.8 * error + 0.5 * this.#sum, -0.05, 0.1)};
	}
}

export const stepSeconds = 0.05;

const clamp = (value: number, least: number, most: number): number =>
	Math.min(Math.max(value, least), most);

const deadBand = 0.008;
const jumpFrom = 1;
/** A second after the beginning. */
const settleSteps = 20;
const jumpOnceFrom = 0.2;
const afterStall = 0.05;
const maxTarget = 1;
/** Of what stalls have added, at each step: 2 ms a second. */
const decay = 0.0001;
