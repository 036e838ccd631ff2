// What goes on, in plain words.
import type {PathState, PathView} from '../../lib/api/types.ts';

/** The word that stands in the badge of a path. */
export const stateWords: Record<PathState, string> = {
	idle: 'Idle',
	starting: 'Starting',
	ready: 'Live',
	reconnecting: 'Reconnecting',
	failed: 'Failed',
	paused: 'Paused',
	stopped: 'Stopped',
};

/** Why there is no moving picture, as a title and what comes of it. Undefined: nothing is wrong. */
export const explain = (
	path: Pick<PathView, 'state' | 'error'>,
): {title: string; text: string} | undefined => {
	const cause = path.error && explainCode(path.error.code, path.error.message);
	switch (path.state) {
		case 'ready':
			return undefined;
		case 'idle':
			return {title: 'Idle', text: 'Starts when somebody watches or publishes.'};
		case 'starting':
			return {title: 'Starting…', text: 'Waiting for the first picture.'};
		case 'reconnecting':
			return {title: cause?.title ?? 'Connection lost', text: 'Trying to get it back…'};
		case 'failed':
			return cause ?? {title: 'No picture', text: 'The source does not deliver.'};
		case 'paused':
			return {title: 'Paused', text: 'Somebody paused this path.'};
		case 'stopped':
			return {title: 'Stopped', text: 'Somebody stopped this path.'};
		default:
			return path.state satisfies never;
	}
};

/** An error code as a person would say it. */
export const explainCode = (code: string, message: string): {title: string; text: string} => {
	const known = codeWords[code];
	return known ? {title: known[0], text: known[1]} : {title: 'No picture', text: `${message}.`};
};

const codeWords: Record<string, [title: string, text: string]> = {
	FILE_UNREADABLE: ['File cannot be read', 'Is it there, and may the server read it?'],
	HLS_NO_NEWS: ['Waiting for the picture…', 'The camera is connected, but sends nothing new.'],
	HLS_NO_TRACKS: [
		'Not playable here',
		'The stream has no video or sound that browsers can be sent.',
	],
	HLS_TIMEOUT: ['Still waiting', 'The camera is connected, but sent no picture in time.'],
	LIVE_NO_TRACKS: ['Not playable here', 'This browser decodes nothing of what the camera sends.'],
	PATH_NOT_FOUND: ['No such camera', 'Nothing is configured under this name.'],
	PATH_NOT_READY: ['Nothing to see yet', 'Nobody sends to this path at the moment.'],
	PATH_PAUSED: ['Paused', 'Somebody paused this path.'],
	PATH_TIMEOUT: ['Still waiting', 'The camera is connected, but sent no picture in time.'],
	PATH_TOO_MANY_READERS: ['Too many viewers', 'Trying again until there is a place.'],
	RTSP_CONNECT: ['Camera unreachable', 'Is it switched on, and is its address right?'],
	RTSP_LOST: ['Connection lost', 'The camera hung up.'],
	RTSP_NOT_FOUND: ['No such stream', 'The camera is there, but not under this address.'],
	RTSP_NO_TRACKS: ['No video', 'The camera offers nothing that can be shown.'],
	RTSP_SILENT: ['Camera fell silent', 'It is connected, but sends nothing.'],
	RTSP_TIMEOUT: ['Camera does not answer', 'Is it switched on, and is its address right?'],
	RTSP_UNAUTHORIZED: ['Wrong password', 'The camera refuses this user or password.'],
	SNAPSHOT_NO_TRACKS: ['Sound only', 'There is no picture in this stream.'],
	SOURCE_UNSUPPORTED: ['Not supported', 'This kind of source is not supported yet.'],
};
