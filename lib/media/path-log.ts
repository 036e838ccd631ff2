import type {Logger} from 'pino';
import type {MediaError} from '../errors.ts';
import type {TrackInfo} from '../native/binding.ts';
import {describeTracks} from './describe-tracks.ts';
import type {PathState} from './facts.ts';
import type {LifeLog} from '../observe/life-log.ts';

export type PathTurn = {
	/** Of the path. */
	name: string;
	before: PathState;
	now: PathState;
	tracks: TrackInfo[];
	error: MediaError | undefined;
};

/** `life`: for what strangers can bring about as often as they like. */
export type PathLoggers = {logger: Logger; life: Pick<LifeLog, 'info'>};

/** One line for each fact of a path's life. */
export const tellState = (
	{logger, life}: PathLoggers,
	{name, before, now, tracks, error}: PathTurn,
): void => {
	const path = {path: name};
	const why = {code: error?.code};
	switch (now) {
		case 'ready':
			return life.info(path, `source ${readyWord(before)}: ${describeTracks(tracks)}`);
		case 'reconnecting':
			return logger.warn(why, `source lost: ${error?.message ?? 'it is replaced'}`);
		case 'failed':
			return logger.warn(why, `source failed: ${error?.message ?? 'unknown reason'}`);
		case 'starting':
			return logger.debug('source starts');
		case 'idle':
			return life.info(path, 'source stopped');
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
