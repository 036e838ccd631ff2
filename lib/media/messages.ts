// What the two halves say to each other: control owns paths and sources, delivery owns sockets and
// readers. Plain data and ids only (structured-cloneable), so that either half can move elsewhere.
import type {ErrorCode} from '../errors.ts';
import type {Id, TrackInfo} from '../native/binding.ts';

/** How a reader comes in: its protocol, and what is known of it. */
export type ReaderInfo = {
	/** Chosen by delivery; unique within the process. */
	reader: string;
	path: string;
	protocol:
		| 'hls'
		| 'snapshot'
		| 'pipeline'
		| 'rtsp'
		| 'rtsps'
		| 'rtmp'
		| 'rtmps'
		| 'flv'
		| 'push'
		| 'webrtc'
		| 'mse';
	/** Address and port of the peer, empty for readers inside the process. */
	peer: string;
	/** False: only join what is running, never start a source (thumbnails). */
	start: boolean;
	/** True: counts for `maxReaders` (an HLS session does, its muxer does not). */
	counted: boolean;
	/** True: keeps an on-demand source running (a muxer does, its sessions do not). */
	holds: boolean;
};

/** Who would feed a path whose source is `publisher`. */
export type PublisherInfo = {
	/** Chosen by delivery; unique within the process. */
	publisher: string;
	path: string;
	protocol: 'pipeline' | 'rtsp' | 'rtsps' | 'rtmp' | 'rtmps' | 'srt' | 'webrtc';
	/** Address and port of the peer, empty for publishers inside the process. */
	peer: string;
};

/**
 * From delivery to control. Every `join` is answered by one `admitted` or one `refused`, every `publish` by one
 * `published` or one `rejected`; `unpublish` says why the publisher left.
 */
export type DeliveryMessage =
	| ({type: 'join'} & ReaderInfo)
	| {type: 'leave'; reader: string}
	| ({type: 'publish'} & PublisherInfo)
	| {type: 'unpublish'; publisher: string; code: ErrorCode; message: string};

/**
 * From control to delivery. After `ended` nothing follows for that reader, after `unpublished` nothing for that
 * publisher; it must not `leave` or `unpublish`.
 */
export type ControlMessage =
	| {type: 'admitted'; reader: string; stream: Id; tracks: TrackInfo[]}
	| {
			type: 'refused';
			reader: string;
			code: ErrorCode;
			message: string;
			context: Record<string, unknown>;
	  }
	/** The source came back, or its parameters changed. */
	| {type: 'epoch'; reader: string; tracks: TrackInfo[]}
	| {type: 'ended'; reader: string; code: ErrorCode; message: string}
	/** What it sends goes into this stream from now on. */
	| {type: 'published'; publisher: string; stream: Id}
	| {
			type: 'rejected';
			publisher: string;
			code: ErrorCode;
			message: string;
			context: Record<string, unknown>;
	  }
	/** The path sent it away: another one took its place, an operator stopped the path ... */
	| {type: 'unpublished'; publisher: string; code: ErrorCode; message: string};

/** One half's end of the line between the two. */
export type Port<Out, In> = {
	post(message: Out): void;
	onMessage: (message: In) => void;
};
