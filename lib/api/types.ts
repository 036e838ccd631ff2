// What the API answers, for those who ask it in TypeScript: the pages.
import type {PathFacts} from '../media/facts.ts';
import type {
	RtmpConnectionFacts,
	RtspConnectionFacts,
	RtspSessionFacts,
} from '../media/session-facts.ts';

export type {PathFacts, PathState} from '../media/facts.ts';
export type {StatsFacts} from '../media/stats-facts.ts';

/** A path by MediaMTX's present and former names, and ours. */
export type PathView = PathFacts & {
	available: boolean;
	availableTime: string | null;
	online: boolean;
	onlineTime: string | null;
	inboundBytes: number;
	outboundBytes: number;
	inboundFramesInError: number;
};

/** A session by MediaMTX's present and former names, and ours. */
export type RtspSessionView = RtspSessionFacts & {
	inboundBytes: number;
	inboundRTPPackets: number;
	inboundRTPPacketsLost: number;
	outboundBytes: number;
	outboundRTPPackets: number;
	outboundRTPPacketsReportedLost: number;
	outboundRTPPacketsDiscarded: number;
	rtpPacketsReceived: number;
	rtpPacketsSent: number;
	rtpPacketsLost: number;
};

export type RtspConnectionView = RtspConnectionFacts & {
	inboundBytes: number;
	outboundBytes: number;
};

/** A connection by MediaMTX's present and former names. */
export type RtmpConnectionView = RtmpConnectionFacts & {
	inboundBytes: number;
	outboundBytes: number;
};

/** One page of a list; pages are counted from 0. */
export type Page<Item> = {itemCount: number; pageCount: number; items: Item[]};

export type PathList = Page<PathView>;

/** Every error's body. */
export type ApiError = {error: string; code: string; context: Record<string, unknown>};

export type Info = {version: string; started: string; gstreamer: string};
