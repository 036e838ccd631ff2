// Who is let in to a path, and what they are told who are not.
import {MediaError} from '../errors.ts';
import type {ErrorCode} from '../errors.ts';
import type {PathState} from './facts.ts';
import type {ReaderInfo} from './messages.ts';
import {isPublished} from './path-settings.ts';
import type {PathSettings} from './path-settings.ts';
import {pathAnswers, pathSteps} from './path-states.ts';

/** What the rules look at. */
export type PathSituation = {
	name: string;
	state: PathState;
	settings: PathSettings;
	isOnDemand: boolean;
	isClosing: boolean;
	/** Readers that count for `maxReaders`. */
	counted: number;
	/** Media has flowed. */
	hasTracks: boolean;
	hasPublisher: boolean;
	/** Milliseconds until the source may be tried again. */
	pauseLeftMs: number;
	/** Why readers were sent away the last time. */
	verdict: MediaError | undefined;
};

/** Readers are let in at once: media flows, or has flowed before it was paused. */
export const isOpen = ({state, hasTracks}: PathSituation): boolean =>
	state === 'paused' ? hasTracks : pathAnswers[state] === 'admit';

/** Why this reader is not let in, or undefined. */
export const readerRefusal = (path: PathSituation, reader: ReaderInfo): MediaError | undefined => {
	const {name, state, settings, counted} = path;
	const {maxReaders} = settings;
	if (path.isClosing) return pathError(name, 'PATH_NOT_FOUND', 'was removed');
	if (reader.counted && maxReaders > 0 && counted >= maxReaders) {
		return pathError(name, 'PATH_TOO_MANY_READERS', `has its ${maxReaders} readers already`);
	}
	if (isOpen(path)) return undefined;
	const answer = pathAnswers[state];
	if (answer === 'paused') return pathError(name, 'PATH_PAUSED', 'is paused by its operator');
	if (answer === 'failure' && !mayStartAgain(path, reader)) return path.verdict;
	if (!reader.start || (isPublished(settings) && answer === 'start')) {
		return pathError(name, 'PATH_NOT_READY', 'has no stream at the moment');
	}
	return undefined;
};

/** Why nobody may publish now, or undefined. */
export const publisherRefusal = (path: PathSituation): MediaError | undefined => {
	const {name, settings} = path;
	if (path.isClosing) return pathError(name, 'PATH_NOT_FOUND', 'was removed');
	if (!isPublished(settings)) return pathError(name, 'PATH_HAS_SOURCE', 'has a source of its own');
	if (!pathSteps[path.state].published) {
		return pathError(name, 'PATH_PAUSED', 'was stopped by its operator');
	}
	if (!path.hasPublisher || settings.overridePublisher) return undefined;
	return pathError(name, 'PATH_TAKEN', 'has a publisher already');
};

/** `what` follows the name of the path: `is paused by its operator`. */
export const pathError = (
	path: string,
	code: ErrorCode,
	what: string,
	context: Record<string, unknown> = {},
): MediaError => new MediaError(code, `Path ${path} ${what}`, {path, ...context});

/** A reader starts a failed on-demand source again, unless the pause due is longer than readers wait. */
const mayStartAgain = ({settings, isOnDemand, pauseLeftMs}: PathSituation, reader: ReaderInfo) =>
	reader.start && isOnDemand && pauseLeftMs <= settings.sourceOnDemandStartTimeout;
