// What docs/reference/errors.md says of each code and kind beside what lib/errors.ts knows.

export const kinds = {
	invalid: ['what was asked or configured is wrong', 'no'],
	unauthenticated: ['the server does not know who asks', 'with credentials'],
	denied: ['who asks may not', 'no'],
	'not-found': ['there is no such thing, or not now', 'later'],
	conflict: ['it is there already, or in another state', 'no'],
	unsupported: ['a codec, transport or feature that this version lacks', 'no'],
	exhausted: ['a limit is reached', 'later'],
	unavailable: ['a peer, a file or the network failed', 'yes'],
	internal: ['a fault of the server; the log has more', 'no'],
};

export const meanings = {
	API_BODY_INVALID: 'The body of a request is no JSON, or not of the form that the request takes.',
	API_BODY_TOO_LARGE: 'The body of a request is longer than the server takes.',
	API_FORBIDDEN:
		'This peer may not change things; the sentence names the key of the configuration that lets it.',
	API_INVALID: 'A parameter of a request is none, or out of its range.',
	API_METHOD_UNSUPPORTED: 'There is such an address, but not with this method.',
	API_NOT_FOUND: 'There is nothing at this address.',
	API_UNAUTHORIZED: 'User or password of a request are wrong or missing.',
	AUTH_DENIED: 'The user is known and may not do this, or not at this path or from this address.',
	AUTH_FAILED: 'User or password are wrong.',
	AUTH_REQUIRED: 'The path is not open to everybody, and nobody said who asks.',
	AUTH_TOO_OFTEN:
		'Wrong passwords came from this address; the next one is looked at after a pause.',
	CERTIFICATE_INVALID:
		'A file of a certificate or its key is none, or the two do not belong to each other.',
	CONFIG_INVALID: 'A configuration is refused; the message has a line for each problem.',
	CONFIG_UNREADABLE: 'A configuration file, or its state file, cannot be read.',
	FILE_UNREADABLE: 'A file that is a source cannot be opened or is no film.',
	FILE_UNWRITABLE: 'A file cannot be written: no room, no permission, no folder.',
	HLS_GONE: 'A segment or part that has left the window, or never came.',
	HLS_NO_NEWS:
		'A playlist was waited for, and the stream gave nothing new for three target durations.',
	HLS_NO_TRACKS: 'The stream has no track that HLS can carry.',
	HLS_RELOAD_INVALID:
		'`_HLS_msn` or `_HLS_part` is no number, stands without the other, or is too far ahead.',
	HLS_TIMEOUT: 'The stream did not give a first segment in time.',
	HTTP_INVALID: 'A request that is no proper HTTP, or has a parameter that is none.',
	HTTP_METHOD_UNSUPPORTED: 'There is such an address, but not with this method.',
	HTTP_NOT_FOUND: 'There is nothing at this address.',
	HTTP_RANGE: 'The range of bytes that was asked for is not there.',
	INPUT_UNREADABLE:
		'What a streamer reads from cannot be opened, ended without media, or holds none that GStreamer knows.',
	INTERNAL: 'A fault of the server.',
	LISTEN_REFUSED:
		'An address of the configuration cannot be listened on: another program has it, or it is not of this machine.',
	LIVE_INVALID:
		'What a viewer says over the live protocol is not understood, or not when it may be said.',
	LIVE_NO_TRACKS: 'The stream has no track that this viewer can decode.',
	LIVE_TOO_OFTEN: 'A viewer says more over the live protocol than anybody needs to.',
	NATIVE_LOAD: 'The native addon cannot be loaded; the message says what to install.',
	OUTPUT_REFUSED: 'What a streamer writes to does not take its media.',
	PATH_EXISTS: 'A path of this name is configured already.',
	PATH_FAILED: 'The source of the path cannot be reached; `context` has the cause.',
	PATH_HAS_SOURCE: 'Nobody can publish to the path: its `source` is not `publisher`.',
	PATH_NOT_FOUND: 'No path has this name.',
	PATH_NOT_READY: 'The path is there, and nobody publishes to it or it was not to be started.',
	PATH_PAUSED: 'The path was stopped by command; play starts it again.',
	PATH_TAKEN:
		'Somebody else publishes to the path: who comes second is refused where `overridePublisher` is off, who was first is sent away where it is on.',
	PATH_TIMEOUT: 'The source did not deliver in time.',
	PATH_TOO_MANY_READERS: 'The path has `maxReaders` readers already.',
	PIPELINE_CYCLE: 'A pipeline would read what it makes.',
	PIPELINE_ERROR: 'An element of a GStreamer pipeline failed.',
	PIPELINE_STUCK: 'A pipeline did not stop within 5 s and was abandoned.',
	PIPELINE_SYNTAX: 'GStreamer does not understand the launch line.',
	RTSP_BAD_RESPONSE: 'The RTSP peer answered something that is none.',
	RTMP_CONNECT: 'No connection to the RTMP peer, or it broke.',
	RTMP_LOST: 'The RTMP peer broke off, or takes nothing any more.',
	RTMP_NO_RECONNECT: 'The RTMP client has not said that it knows reconnect requests.',
	RTMP_NO_TRACKS:
		'FLV carries none of the tracks, or the player does not say that it knows their codecs.',
	RTMP_REFUSED: 'The RTMP peer refused the stream or its key.',
	RTSP_CONNECT: 'No connection to the RTSP peer.',
	RTSP_LOST: 'The connection to the RTSP peer broke.',
	RTSP_NOT_FOUND: 'The RTSP peer has no such stream.',
	RTSP_NO_PORTS: 'No UDP ports are free for RTP from an RTSP peer.',
	RTSP_NO_TRACKS: 'The RTSP peer offers nothing that can be taken.',
	RTSP_REFUSED: 'The RTSP peer refused a request.',
	RTSP_SILENT: 'The RTSP peer sends no media any more.',
	RTSP_TIMEOUT: 'The RTSP peer did not answer in time.',
	RTSP_UNAUTHORIZED:
		'The RTSP peer wants another user or password; it is asked again every 60 s only.',
	SERVER_NOT_READY: 'The server is starting or ending.',
	SESSION_NOT_FOUND: 'There is no session or connection of this id (any more).',
	SNAPSHOT_BUSY: 'Too many pictures are waited for at the same time.',
	SNAPSHOT_FAILED: 'The picture could not be decoded or encoded.',
	SNAPSHOT_INVALID: 'Width, height or quality is none, or too large.',
	SNAPSHOT_NONE: 'No picture was taken of this path yet, and it was not to be started.',
	SNAPSHOT_NO_TRACKS: 'The stream has no video that can be decoded.',
	SNAPSHOT_TIMEOUT: 'The source is connected and no key frame came in time.',
	SOURCE_ENDED: 'The source came to its end; it is started again.',
	SOURCE_SILENT:
		'The source did not answer, or has sent no frame for a while; it is fetched again.',
	SOURCE_TOO_FAST:
		'The source sends more than `maxIngestBitrate`: a publisher is sent away, anything else fetched again after 15 s.',
	SOURCE_UNSUPPORTED: 'This version cannot start a source of this form.',
	SRT_CONNECT: 'No connection to the SRT peer, or it broke.',
	STREAMER_INVALID: 'Input, output or options of the streamer make no sense, alone or together.',
};
