import type {Spread} from './delays.ts';

/** To a hundredth of a millisecond. */
export const spreadOf = (millis: readonly number[]): Spread => {
	const sorted = millis.toSorted((a, b) => a - b);
	const at = (share: number) =>
		Math.round((sorted[Math.floor(share * (sorted.length - 1))] ?? NaN) * 100) / 100;
	return {
		tries: sorted.length,
		...{leastMs: at(0), medianMs: at(0.5), p95Ms: at(0.95), mostMs: at(1)},
	};
};
