import type {ErrorCode, MediaError} from '../errors.ts';

/** The first pause between two tries and the longest one, in milliseconds. */
export const firstPauseMs = 250;
export const longestPauseMs = 15_000;
/** Cameras lock accounts after a few wrong passwords. */
export const unauthorizedPauseMs = 60_000;

/** The pause after the `failures`th failed try in a row (1 = the first); jitter takes a fifth of it at most. */
export const pauseAfter = (failures: number, code: ErrorCode, random: () => number): number => {
	if (code === 'RTSP_UNAUTHORIZED') return unauthorizedPauseMs;
	if (code === 'SOURCE_TOO_FAST') return longestPauseMs;
	const doubled = firstPauseMs * 2 ** Math.min(failures - 1, 16);
	return Math.min(doubled, longestPauseMs) * (1 - random() / 5);
};

/** No further try can help before somebody changes something. */
export const isHopeless = ({code, kind}: MediaError): boolean =>
	code === 'RTSP_UNAUTHORIZED' || kind === 'invalid' || kind === 'unsupported';
