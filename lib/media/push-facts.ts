/** `waiting` for a stream of the path, `pausing` before the next try. */
export type PushState = 'waiting' | 'connecting' | 'running' | 'pausing';

/** What the outside is told of one place that a path is sent to. */
export type PushDestinationFacts = {
	/** Without key and password. */
	url: string;
	protocol: string;
	state: PushState;
	/** ISO 8601: since when it runs; null while it does not. */
	since: string | null;
	/** Why it does not run, or did not at last. */
	error: {code: string; message: string} | null;
	/** Of media, over all connections. */
	bytesSent: number;
	/** Pictures; of sound alone, its frames. */
	framesSent: number;
	reconnects: number;
};

/** A path and where it is sent to. */
export type PathPushFacts = {name: string; destinations: PushDestinationFacts[]};
