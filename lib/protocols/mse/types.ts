// What is said in the live protocol besides media (docs/reference/live-protocol.md), as both sides write it.

import type {ViewerReport} from '../../media/reader-facts.ts';

/** A track that a viewer gets, by the number that stands in the header of its messages. */
export type LiveTrack = {
	track: number;
	kind: 'video' | 'audio';
	/** RFC 6381: `avc1.64001f`. */
	codec: string;
	/** Of a picture. */
	width?: number;
	height?: number;
};

export type ServerMessage =
	/** Media of these tracks follows; those of the message before have ended. */
	| {
			type: 'tracks';
			version: 1;
			path: string;
			tracks: LiveTrack[];
			/** Codecs of the path of which this viewer gets nothing. */
			lacks: string[];
	  }
	/** In microseconds: `t1` as the viewer said it, the other two by the server's clock. */
	| {type: 'time'; t1: number; t2: number; t3: number}
	/** The last message; the WebSocket is closed with 4000 more than the status, which is that of HTTP. */
	| {
			type: 'error';
			status: number;
			error: string;
			code: string;
			context: Record<string, unknown>;
	  };

export type ClientMessage =
	/** The first message. */
	| {
			type: 'hello';
			version: 1;
			/** How the names of codecs begin that the viewer decodes: `avc1`, `mp4a.40.2`. */
			decodes: string[];
			/** Whether it wants sound. */
			audio: boolean;
	  }
	| {type: 'audio'; audio: boolean}
	/** No media until `resume`, which begins anew. */
	/** How it fares; about once a second. */
	| ({type: 'stats'} & ViewerReport)
	| {type: 'pause'}
	| {type: 'resume'}
	| {type: 'time'; t1: number};
