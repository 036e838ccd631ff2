// Interleaved channels (RFC 2326 section 10.12): what the client asks for, or a pair that is free.
import type {Pair} from './transport.ts';

/** The channels for one more track; `taken` are those of the others. Undefined: there are no more. */
export const chooseChannels = (
	wanted: Pair | undefined,
	taken: readonly Pair[],
): Pair | undefined => {
	const isFree = ([first, second]: Pair) =>
		first !== second && !taken.some(pair => pair.includes(first) || pair.includes(second));
	if (wanted && isFree(wanted)) return wanted;
	return pairs.find(isFree);
};

const pairs = Array.from({length: 128}, (_, index): Pair => [2 * index, 2 * index + 1]);
