import {distance} from 'fastest-levenshtein';

/** The word that somebody who wrote `typed` most likely meant; capitals do not count. Undefined: none is near. */
export function nearest(typed: string, words: readonly string[]): string | undefined {
	let best: string | undefined;
	// Long nonsense costs time and has no near word anyway.
	const start = typed.slice(0, 64).toLowerCase();
	let least = Math.ceil(start.length / 3) + 1;
	for (const word of words) {
		const far = distance(start, word.toLowerCase());
		if (far < least) [best, least] = [word, far];
	}
	return best;
}
