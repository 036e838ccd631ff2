import type {Logger} from 'pino';
import type {MediaError} from '../errors.ts';
import type {TrackInfo} from '../native/binding.ts';
import {describeTracks} from './describe-tracks.ts';
import type {PathState} from './facts.ts';

export type PathTurn = {
	before: PathState;
	now: PathState;
	tracks: TrackInfo[];
	error: MediaError | undefined;
};

/** One line for each fact of a path's life. */
export const tellState = (logger: Logger, {before, now, tracks, error}: PathTurn): void => {
	const why = {code: error?.code};
	switch (now) {
		case 'ready':
			return logger.info(`source ${readyWord(before)}: ${describeTracks(tracks)}`);
		case 'reconnecting':
			return logger.warn(why, `source lost: ${error?.message ?? 'it is replaced'}`);
		case 'failed':
			return logger.warn(why, `source failed: ${error?.message ?? 'unknown reason'}`);
		case 'starting':
			return logger.debug('source starts');
		case 'idle':
			return logger.info('source stopped');
		case 'paused':
			return logger.info('paused by command');
		case 'stopped':
			return logger.info('stopped by command');
		default:
			return now satisfies never;
	}
};

const readyWord = (before: PathState): string => {
	if (before === 'reconnecting') return 'is back';
	return before === 'paused' ? 'goes on' : 'ready';
};
