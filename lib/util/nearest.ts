import {distance} from 'fastest-levenshtein';

/** The word that somebody who wrote `typed` most likely meant; capitals do not count. */
export function nearest(typed: string, words: readonly string[]): string | undefined {
	let best: string | undefined;
	let least = Infinity;
	// Long nonsense costs time and has no near word anyway.
	const start = typed.slice(0, 64).toLowerCase();
	for (const word of words) {
		const far = distance(start, word.toLowerCase());
		if (far < least) [best, least] = [word, far];
	}
	return best;
}
