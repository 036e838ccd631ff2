// The life cycle of a path as a table: what happens (columns) to a path in a state (rows).
// path.ts finds out what has happened and does what the table says; it decides nothing itself.
import type {PathState} from './facts.ts';

export type PathEvent =
	/** The path is static, or a reader came that may start its source. */
	| 'needed'
	/** On demand, and nobody has held the source for `sourceOnDemandCloseAfter`. */
	| 'unneeded'
	/** The source has given its first key frame. */
	| 'delivered'
	/** A source that had delivered is gone or silent. */
	| 'lost'
	/** A publisher comes, or takes the place of another one. */
	| 'published'
	/** The publisher is gone or silent. */
	| 'left'
	/** Nobody has published again within `publisherGrace`. */
	| 'abandoned'
	/** Third failed try, start timeout, or `sourceHold` is over. */
	| 'gaveUp'
	/** The pause after a failure is over, and the path exists for its readers only. */
	| 'rested'
	| 'pause'
	/** The command `play`, while the source still runs. */
	| 'play'
	/** The command `play`, with no source. */
	| 'restart'
	/** The command `play`, with readers and without the publisher that they had. */
	| 'awaited'
	| 'exit'
	/** The configuration names another source. */
	| 'replaced';

export type PathAction =
	/** Opens the stream where there is none, and has the source tried. */
	| 'start'
	/** Stops the source; the stream stays. */
	| 'stop'
	/** Lets in who waits. */
	| 'admit'
	/** Sends away who waits and who is in. */
	| 'dismiss'
	/** Sends away who waits. */
	| 'refuse'
	/** Begins the time for which readers are held. */
	| 'hold'
	/** After a failure: an on-demand source stops, a static one goes on being tried. */
	| 'rest'
	/** Media is dropped from now on, or taken again. */
	| 'mute'
	| 'unmute'
	/** Closes the stream unless somebody reads it. */
	| 'release'
	/** Looks whether the source is needed by now. */
	| 'wake'
	/** Stops the source and has the one tried that is configured now, or has come. */
	| 'replace';

type Step = {to: PathState; act: PathAction[]};

/** Pairs that are not listed change nothing. */
export const pathSteps: Record<PathState, Partial<Record<PathEvent, Step>>> = {
	idle: {
		published: {to: 'starting', act: ['start']},
		needed: {to: 'starting', act: ['start']},
		pause: {to: 'paused', act: []},
		exit: {to: 'stopped', act: []},
	},
	starting: {
		published: {to: 'starting', act: ['replace']},
		left: {to: 'idle', act: ['stop', 'dismiss', 'release']},
		delivered: {to: 'ready', act: ['admit']},
		gaveUp: {to: 'failed', act: ['dismiss', 'rest']},
		unneeded: {to: 'idle', act: ['stop', 'dismiss', 'release']},
		pause: {to: 'paused', act: ['stop', 'refuse', 'release']},
		exit: {to: 'stopped', act: ['stop', 'dismiss', 'release']},
		replaced: {to: 'starting', act: ['stop', 'start']},
	},
	ready: {
		published: {to: 'reconnecting', act: ['hold', 'replace']},
		left: {to: 'reconnecting', act: ['stop', 'hold']},
		lost: {to: 'reconnecting', act: ['hold']},
		unneeded: {to: 'idle', act: ['stop', 'dismiss', 'release']},
		pause: {to: 'paused', act: ['mute']},
		exit: {to: 'stopped', act: ['stop', 'dismiss', 'release']},
		replaced: {to: 'reconnecting', act: ['hold', 'replace']},
	},
	reconnecting: {
		published: {to: 'reconnecting', act: ['hold', 'replace']},
		left: {to: 'reconnecting', act: ['stop']},
		abandoned: {to: 'idle', act: ['dismiss', 'release']},
		delivered: {to: 'ready', act: ['admit']},
		gaveUp: {to: 'failed', act: ['dismiss', 'rest']},
		unneeded: {to: 'idle', act: ['stop', 'dismiss', 'release']},
		pause: {to: 'paused', act: ['stop', 'refuse', 'mute']},
		exit: {to: 'stopped', act: ['stop', 'dismiss', 'release']},
		replaced: {to: 'reconnecting', act: ['replace']},
	},
	failed: {
		published: {to: 'starting', act: ['replace', 'start']},
		left: {to: 'idle', act: ['stop', 'release']},
		needed: {to: 'starting', act: ['start']},
		delivered: {to: 'ready', act: ['admit']},
		rested: {to: 'idle', act: ['release']},
		pause: {to: 'paused', act: ['stop', 'release']},
		exit: {to: 'stopped', act: ['stop', 'release']},
		replaced: {to: 'idle', act: ['stop', 'wake']},
	},
	paused: {
		published: {to: 'paused', act: ['replace', 'mute']},
		left: {to: 'paused', act: ['stop']},
		awaited: {to: 'reconnecting', act: ['unmute', 'hold']},
		lost: {to: 'paused', act: ['stop']},
		unneeded: {to: 'paused', act: ['stop', 'release']},
		play: {to: 'ready', act: ['unmute']},
		restart: {to: 'idle', act: ['unmute', 'wake']},
		exit: {to: 'stopped', act: ['unmute', 'stop', 'dismiss', 'release']},
		replaced: {to: 'paused', act: ['stop']},
	},
	stopped: {
		restart: {to: 'idle', act: ['wake']},
	},
};

/** What a reader meets who comes to a path in this state. */
export const pathAnswers: Record<PathState, 'start' | 'wait' | 'admit' | 'failure' | 'paused'> = {
	idle: 'start',
	starting: 'wait',
	ready: 'admit',
	reconnecting: 'wait',
	failed: 'failure',
	paused: 'paused',
	stopped: 'paused',
};
