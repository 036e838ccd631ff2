import type {Logger} from 'pino';
import type {StreamSpec} from '../native/binding.ts';
import type {Clock} from './clock.ts';
import type {PathState} from './facts.ts';
import type {ControlMessage} from './messages.ts';
import type {PathStream} from './path-feed.ts';
import type {PathLoggers} from './path-log.ts';
import type {PathPlace, PathSettings} from './path-settings.ts';
import type {Source} from './source.ts';

export type PathEvents = {
	/** It has come to this state. `idle`: a path that a pattern made may be forgotten. */
	state: [state: PathState];
	/** After `close()`: its source has said goodbye and its stream is gone. */
	closed: [];
};

/** What a path is made with. */
export type PathOptions = {
	name: string;
	place: PathPlace;
	openStream: (spec: Omit<StreamSpec, 'domain'>) => PathStream;
	openSource: (options: PathSourceOptions) => Source;
	post: (message: ControlMessage) => void;
	clock: Clock;
	random: () => number;
	logger: Logger;
	/** For what strangers bring about; `path` is among its fields. */
	life: PathLoggers['life'];
};

/** What one try of a source that is fetched is made with. */
export type PathSourceOptions = {
	path: string;
	settings: PathSettings;
	stream: PathStream;
	logger: Logger;
};
