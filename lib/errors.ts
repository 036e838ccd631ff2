/** How a failure is met, whoever caused it. */
export type ErrorKind =
	| 'invalid'
	| 'unauthenticated'
	| 'denied'
	| 'not-found'
	| 'conflict'
	| 'unsupported'
	| 'exhausted'
	| 'unavailable'
	| 'internal';

/** Every code there is, and its kind; `docs/reference/errors.md` is made from this table. */
export const errorKinds = {
	API_BODY_INVALID: 'invalid',
	API_BODY_TOO_LARGE: 'invalid',
	API_FORBIDDEN: 'denied',
	API_INVALID: 'invalid',
	API_METHOD_UNSUPPORTED: 'invalid',
	API_NOT_FOUND: 'not-found',
	API_UNAUTHORIZED: 'unauthenticated',
	AUTH_DENIED: 'denied',
	AUTH_FAILED: 'unauthenticated',
	AUTH_REQUIRED: 'unauthenticated',
	AUTH_TOO_OFTEN: 'exhausted',
	CERTIFICATE_INVALID: 'invalid',
	CONFIG_INVALID: 'invalid',
	CONFIG_UNREADABLE: 'invalid',
	FILE_UNREADABLE: 'unavailable',
	FILE_UNWRITABLE: 'exhausted',
	HLS_GONE: 'not-found',
	HLS_NO_NEWS: 'unavailable',
	HLS_NO_TRACKS: 'unsupported',
	HLS_RELOAD_INVALID: 'invalid',
	HLS_TIMEOUT: 'unavailable',
	HTTP_INVALID: 'invalid',
	HTTP_METHOD_UNSUPPORTED: 'invalid',
	HTTP_NOT_FOUND: 'not-found',
	HTTP_RANGE: 'invalid',
	INPUT_UNREADABLE: 'unavailable',
	INTERNAL: 'internal',
	LISTEN_REFUSED: 'invalid',
	LIVE_INVALID: 'invalid',
	LIVE_NO_TRACKS: 'unsupported',
	LIVE_TOO_OFTEN: 'exhausted',
	NATIVE_LOAD: 'internal',
	OUTPUT_REFUSED: 'unavailable',
	PATH_EXISTS: 'conflict',
	PATH_FAILED: 'not-found',
	PATH_HAS_SOURCE: 'conflict',
	PATH_NOT_FOUND: 'not-found',
	PATH_NOT_READY: 'not-found',
	PATH_PAUSED: 'conflict',
	PATH_TAKEN: 'conflict',
	PATH_TIMEOUT: 'unavailable',
	PATH_TOO_MANY_READERS: 'exhausted',
	PIPELINE_ERROR: 'unavailable',
	PIPELINE_SYNTAX: 'invalid',
	PIPELINE_CYCLE: 'invalid',
	PIPELINE_STUCK: 'internal',
	RTMP_CONNECT: 'unavailable',
	RTMP_LOST: 'unavailable',
	RTMP_NO_RECONNECT: 'unsupported',
	RTMP_NO_TRACKS: 'unsupported',
	RTMP_REFUSED: 'unavailable',
	RTSP_BAD_RESPONSE: 'unavailable',
	RTSP_CONNECT: 'unavailable',
	RTSP_LOST: 'unavailable',
	RTSP_NOT_FOUND: 'unavailable',
	RTSP_NO_PORTS: 'exhausted',
	RTSP_NO_TRACKS: 'unsupported',
	RTSP_REFUSED: 'unavailable',
	RTSP_SILENT: 'unavailable',
	RTSP_TIMEOUT: 'unavailable',
	RTSP_UNAUTHORIZED: 'unavailable',
	SERVER_NOT_READY: 'unavailable',
	SESSION_NOT_FOUND: 'not-found',
	SNAPSHOT_BUSY: 'exhausted',
	SNAPSHOT_FAILED: 'unavailable',
	SNAPSHOT_INVALID: 'invalid',
	SNAPSHOT_NONE: 'not-found',
	SNAPSHOT_NO_TRACKS: 'unsupported',
	SNAPSHOT_TIMEOUT: 'unavailable',
	SOURCE_ENDED: 'unavailable',
	SOURCE_SILENT: 'unavailable',
	SOURCE_TOO_FAST: 'exhausted',
	SOURCE_UNSUPPORTED: 'unsupported',
	SRT_CONNECT: 'unavailable',
	STATS_BUSY: 'exhausted',
	STREAMER_INVALID: 'invalid',
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorKinds;

/** What helps to find the case in a log or a capture: path, peer, cseq, element, ssrc ... */
export type ErrorContext = {cause?: unknown; [key: string]: unknown};

/** The one error class. Its message is one sentence without a full stop that says what was expected. */
export class MediaError extends Error {
	readonly code: ErrorCode;
	readonly context: Record<string, unknown>;

	constructor(code: ErrorCode, message: string, {cause, ...context}: ErrorContext = {}) {
		super(message, cause === undefined ? undefined : {cause});
		this.name = 'MediaError';
		this.code = code;
		this.context = context;
	}

	get kind(): ErrorKind {
		return errorKinds[this.code];
	}
}

/** Whatever was thrown, as a MediaError; what is not ours is `INTERNAL` with the original as cause. */
export const toMediaError = (error: unknown): MediaError =>
	error instanceof MediaError
		? error
		: new MediaError('INTERNAL', error instanceof Error ? error.message : String(error), {
				cause: error,
			});
