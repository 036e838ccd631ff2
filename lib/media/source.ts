import type {EventEmitter} from 'node:events';
import type {Logger} from 'pino';
import type {MediaError} from '../errors.ts';
import type {NativeStream} from '../native/native.ts';

export type SourceEvents = {
	/** At most once: the peer has promised media (RTSP: PLAY was answered), none need have come yet. */
	connected: [];
	/** At most once, before `stopped`: why this try is over. */
	failed: [error: MediaError];
	/** The last event, after `failed` or `close()`. */
	stopped: [];
};

/**
 * One try to feed a stream: made, running until it fails or is closed, never used again.
 * That it delivers is seen on the stream (`epoch`), not here.
 */
export type Source = EventEmitter<SourceEvents> & {
	/** Asks the peer to send no more (RTSP PAUSE) or to go on, where it can; the stream drops media meanwhile anyway. */
	pause(): void;
	play(): void;
	/** Says goodbye to the peer (TEARDOWN) for at most a second; may be called twice. */
	close(): void;
};

export type SourceOptions = {
	path: string;
	/** As configured; user and password included. Never logged. */
	source: string;
	settings: SourceSettings;
	stream: NativeStream;
	logger: Logger;
};

/** The keys of a path's configuration that sources use. */
export type SourceSettings = {
	rtspTransport: 'automatic' | 'udp' | 'multicast' | 'tcp';
	rtspEngine: 'native' | 'gstreamer';
	/** The lowest and the highest port that RTP over UDP may come in by. */
	rtspUDPSourcePortRange: readonly number[];
	/** Bytes; 0 = as the system has it. */
	rtspUDPReadBufferSize: number;
	/** By name; empty = the system chooses. */
	rtspMulticastInterface: string;
	/** SHA-256 of the certificate that a source over TLS has to show; empty = one of a known authority. */
	sourceFingerprint: string;
	/** Of a source within WebSocket. */
	rtspWebSocketPath: string;
	readTimeoutMs: number;
};

/** Each protocol's pull.ts exports one. */
export type OpenSource = (options: SourceOptions) => Source;
