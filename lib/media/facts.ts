// What the outside is told about a path: plain data, made by control, shown by API, page and metrics.
// The first part has the field names of MediaMTX's /v3 API, the second is ours.
import type {ErrorCode} from '../errors.ts';
import type {TrackFacts} from './track-facts.ts';

/** Where a path is in its life (docs/lifecycle.md). */
export type PathState =
	/** No source, and nobody needs one. */
	| 'idle'
	/** A source is tried that has not delivered yet; readers wait. */
	| 'starting'
	/** Media flows. */
	| 'ready'
	/** A source that has delivered is gone; its readers are held while it is tried again. */
	| 'reconnecting'
	/** Readers were sent away; a static source is tried all the same. */
	| 'failed'
	/** By command: readers stay, media is not taken. */
	| 'paused'
	/** By the command `exit`: no source and no readers until `play`. */
	| 'stopped';

/** A peer of a path, named in MediaMTX's words: `rtspSource`, `hlsSession` ... */
export type PeerFacts = {type: string; id: string};

/** Everything that is told about one path at one moment. */
export type PathFacts = {
	name: string;
	/** The key of the configuration that it comes from; a pattern as it is written there. */
	confName: string;
	source: PeerFacts | null;
	ready: boolean;
	/** ISO 8601; since when it is ready. */
	readyTime: string | null;
	/** Codec names, in the order of the stream. */
	tracks: string[];
	tracks2: TrackFacts[];
	bytesReceived: number;
	bytesSent: number;
	readers: PeerFacts[];

	state: PathState;
	/** Why it is `failed` or `reconnecting`; passwords are hidden. */
	error: {code: ErrorCode; message: string} | null;
	/** Of the first video track, in pixels; null without one. */
	width: number | null;
	height: number | null;
	/** Frames a second as the parameters announce them. */
	frameRateAnnounced: number | null;
	/** Frames a second as they come. */
	frameRate: number | null;
	/** Bits a second as they come. */
	bitrate: number | null;
	/** Seconds between the last two key frames. */
	keyFrameDistance: number | null;
	/** How often the source was lost and came back. */
	reconnects: number;
	/** Of its packets, in seconds (RFC 3550 section 6.4.1); null: they have none. */
	jitter: number | null;
	lostPackets: number;
	/** Of SRTP, by another key than was told. */
	undecryptablePackets: number;
	/** How often the framing of interleaved RTP was lost and found again. */
	resyncs: number;
};
