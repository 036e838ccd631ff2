import type {ErrorCode} from '../errors.ts';
import type {PlannedTrack} from '../native/binding.ts';

export type StreamerState =
	/** Input or output are being opened. */
	| 'connecting'
	| 'playing'
	| 'paused'
	/** One side was lost and is tried again. */
	| 'reconnecting'
	/** Asked to end, or at the end: what is open is completed. */
	| 'finishing'
	| 'ended'
	/** Ended, with an error. */
	| 'failed';

/** Everything that is told about a streamer at one moment; secrets are hidden. */
export type StreamerStatus = {
	state: StreamerState;
	input: string;
	output: string;
	/** Seconds of media written; pauses do not count. */
	position: number;
	/** Bits a second of media; null where too little has come to tell. */
	bitrate: number | null;
	/** Pictures a second of media, or audio frames where there are no pictures. */
	frameRate: number | null;
	frames: number;
	/** Frames thrown away: before the first key frame, and of a live input while it was paused. */
	drops: number;
	/** How often a side that was lost came back. */
	reconnects: number;
	/** What happens to each track; empty until it is known. */
	tracks: readonly PlannedTrack[];
	/** Why it failed, or is reconnecting. */
	error: {code: ErrorCode; message: string} | null;
};
