// What the outside is told about who reads: plain data, one shape for all protocols.
import type {RtmpConnectionFacts, RtspSessionFacts} from './session-facts.ts';

/** What a viewer says of itself once a second, with the names of CMCD version 2 (CTA-5004-B) where it has them. */
export type ViewerReport = {
	/** Buffer length, in milliseconds. */
	bl: number;
	/** Latency, in milliseconds: from when a picture was taken to when it is shown; null: not known yet. */
	ltc: number | null;
	/** Playback rate; 1 = real time, 0 = it does not play. */
	pr: number;
	/** Dropped frames, since it began. */
	dfa: number;
	/** How often it stood still for want of media, since it began. */
	bsa: number;
	/** Frames decoded, since it began. */
	frames: number;
	/** Of the picture, in pixels; 0 without one. */
	width: number;
	height: number;
	/** Round-trip time, in milliseconds; null: not known yet. */
	rtt: number | null;
};

/** `ltc` over all reports of one viewer, in milliseconds. */
export type DelayFacts = {min: number; avg: number; max: number};

export type ReaderFacts = {
	/** Its name in the list of its path. */
	id: string;
	path: string;
	protocol: 'rtsp' | 'rtsps' | 'rtmp' | 'rtmps' | 'flv' | 'mse' | 'hls';
	/** Address and port, as far as they are known. */
	remoteAddr: string;
	/** Empty: nobody was asked for. */
	user: string;
	/** ISO 8601. */
	created: string;
	/** Of media; null: not told by reader (HLS, behind which caches may stand). */
	bytesSent: number | null;
	/** Left out because it was late: packets of RTP and fragments, messages of RTMP; null: nothing is left out. */
	dropped: number | null;
	/** null: it says nothing of itself. */
	report: ViewerReport | null;
	delay: DelayFacts | null;
};

const silent = {report: null, delay: null};

/** Those of these sessions that read. */
export const readersOfRtsp = (sessions: readonly RtspSessionFacts[]): ReaderFacts[] =>
	sessions
		.filter(({state}) => state === 'read')
		.map(({id, path, isTls, remoteAddr, user, created, bytesSent, packetsDropped}) => ({
			...{id, path, protocol: isTls ? 'rtsps' : 'rtsp', remoteAddr, user, created},
			...{bytesSent, dropped: packetsDropped, ...silent},
		}));

/** Those of these connections that read. */
export const readersOfRtmp = (connections: readonly RtmpConnectionFacts[]): ReaderFacts[] =>
	connections
		.filter(({state}) => state === 'read')
		.map(({id, path, isTls, remoteAddr, user, created, bytesSent, messagesDropped}) => ({
			...{id, path, protocol: isTls ? 'rtmps' : 'rtmp', remoteAddr, user, created},
			...{bytesSent, dropped: messagesDropped, ...silent},
		}));
