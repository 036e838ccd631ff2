/* eslint max-lines: ["error", 500] -- the door is one file, as its mirror is */
// The one door to native code: what native/binding/addon.cpp offers, and nothing else.
// Ids, not objects. Calls return at once; everything that happens comes back through `open`'s listener.
// Times are integer microseconds, sizes bytes.

import type {InspectEvent} from './inspected.ts';
import type {RtpTrackSpec, SrtpKeySpec, TrackInfo} from './track-info.ts';
import type {UdpIngestSpec} from './udp-ingest.ts';

export type {RtpTrackSpec, SrtpKeySpec, SrtpTrackSpec, TrackInfo} from './track-info.ts';
export type {UdpIngestSpec, UdpTrackSpec} from './udp-ingest.ts';

/** Identifies a stream, ingest, output, pipeline or block; never used twice within a process. */
export type Id = number;

export type StreamSpec = {
	/** Path names live in a domain: streams of two servers in one process do not meet. */
	domain: string;
	path: string;
	/** The ring since the last key frame is cut to its key frame beyond this. */
	ringMaxBytes: number;
	ringMaxAgeUs: number;
	/** Pictures that miss a piece, or refer to one that does, go to outputs of RTP as well; else to none. */
	passDamaged?: boolean;
};

/** What browsers can play of a stream: its pictures, and sound made anew by pipelines (`remake`) where they lack its codec. */
export type PlayableSpec = {parent: Id};

export type IngestSpec =
	| {
			type: 'rtsp';
			stream: Id;
			tracks: RtpTrackSpec[];
			/** True: every packet, access unit and sender report is told (`InspectEvent`). */
			inspect: boolean;
			/** The tracks come over UDP: `channel` and `rtcpChannel` do not matter. */
			udp?: UdpIngestSpec;
	  }
	/** Of a connection, behind the handshake: what the peer has to say is told (`message`), media goes nowhere until `publish`. */
	| {type: 'rtmp'};

export type OutputSpec =
	| {
			type: 'hls';
			stream: Id;
			segmentDurationUs: number;
			/** Parts are as many whole frames as come nearest to it. */
			partDurationUs: number;
			/** Of the path's last output, which parts keep to; chosen anew where it is 0 or not there. */
			partTargetUs?: number;
			segmentCount: number;
			segmentMaxBytes: number;
	  }
	/** Answers a `wanted`: the hubsrc that asked reads `stream`. */
	| {type: 'hubsrc'; request: Id; stream: Id}
	/** Interleaved RTP, shared by all readers with the same tracks on the same channels. */
	| {
			type: 'rtp';
			stream: Id;
			tracks: RtpOutputTrack[];
			/** Of an RTP packet with its header. */
			maxPacketBytes: number;
	  }
	/**
	 * Messages of RTMP for message stream 1 in chunks of 4096 bytes, or tags of a file of FLV: shared by all players, from
	 * a key frame on.
	 */
	| {
			type: 'flv';
			stream: Id;
			/** Indices in the epoch's tracks. */
			video?: number;
			audio?: number;
			asTags: boolean;
	  }
	/** Messages of the live protocol, for all viewers of these tracks. */
	| {type: 'live'; stream: Id; tracks: {track: number}[]}
	/** RTP over UDP for any number of readers, which come and go by commands. */
	| {
			type: 'udp';
			stream: Id;
			tracks: Omit<RtpOutputTrack, 'channel' | 'rtcpChannel'>[];
			maxPacketBytes: number;
			/** Of sockets that `listen` made; they stay the caller's. */
			rtpFd: number;
			rtcpFd: number;
	  }
	/**
	 * Messages of RTMP for one connection, cut into chunks: from a key frame on, from time 0. A pause leaves no gap in its
	 * times. It tells `state` and `eos` as pipelines do, and has `pipelineStats`.
	 */
	| {
			type: 'rtmp';
			stream: Id;
			/** Indices in the epoch's tracks. */
			video?: number;
			audio?: number;
			/** As `createStream` made it. */
			messageStream: number;
			chunkBytes: number;
			paused: boolean;
			/** 0 = all; else every track ends after so long. */
			durationUs: number;
			/** Of a TCP connection: the blocks go there and are not told, `ended` tells that it takes none. It stays the caller's. */
			fd?: number;
	  };

export type RtpOutputTrack = {
	/** Index in the epoch's tracks. */
	track: number;
	channel: number;
	rtcpChannel: number;
	payloadType: number;
	/** A random number: sequence numbers and times begin at values derived from it. */
	ssrc: number;
	/** Packets and reports leave encrypted; nobody else may have the key. */
	srtp?: SrtpKeySpec;
};

/** `domain` is where hubsink and hubsrc look for their paths. */
export type PipelineSpec = {domain: string} & PipelineRecipe;

export type PipelineRecipe =
	/** A launch line of GStreamer; `hubsink path=NAME` and `hubsrc path=NAME` tie it to streams. */
	| {
			type: 'launch';
			launch: string;
			/** What the pipeline is the source of; hubsinks that name another path ask first. May be empty. */
			path: string;
			paused: boolean;
	  }
	/** A moving picture with running time and a tone. */
	| {
			type: 'test';
			path: string;
			width: number;
			height: number;
			frameRate: number;
			/** Distance of key frames in pictures. */
			gop: number;
			audio: boolean;
			bitrateBps: number;
	  }
	/** A file in real time, again and again. */
	| {type: 'file'; path: string; location: string; loop: boolean}
	/** RTSP pull by GStreamer's rtspsrc; the URL carries user and password. */
	| {type: 'rtsp'; path: string; url: string}
	/** One stream from one place to another. */
	| {
			type: 'relay';
			input: RelayInput;
			output: RelayOutput;
			paused: boolean;
			/** Files: again and again, with continuous time. */
			loop: boolean;
			/** Files: where to begin, to the key frame before it; the rounds of a loop but the first begin at 0. */
			startUs: number;
			/** 0 = all; else every track ends after so long. */
			durationUs: number;
	  }
	/** The sound of one track of a playable stream through one epoch, as a `remake` asks for it. */
	| {type: 'sound'; stream: Id; epoch: number; track: number}
	/** The newest key frame as one still picture; ends by itself with `picture` or `failed`. */
	| ({
			type: 'snapshot';
			format: 'jpg' | 'png' | 'webp';
			/** In pixels; 0 = as the picture is, or from the other one by the aspect ratio. */
			width: number;
			height: number;
			/** 1 to 100; png ignores it. */
			quality: number;
	  } & ({stream: Id} | {/** A relay. */ pipeline: Id}));

export type RelayInput =
	/** What GStreamer fetches itself: file, http(s), rtmp(s), rtsp, srt. `live` of http is found out. */
	| {type: 'uri'; uri: string; live: boolean}
	/** A stream of the domain, by hubsrc; always live. */
	| {type: 'hub'; path: string};

export type RelayOutput =
	| {type: 'file'; format: 'mp4' | 'flv' | 'ts'; location: string}
	| {type: 'rtmp' | 'rtsp' | 'srt'; url: string}
	/** `location` is the playlist; its segments, MPEG-TS, lie beside it. */
	| {type: 'hls'; location: string; segmentDurationUs: number; segmentCount: number}
	/** Into a stream of the domain, by hubsink. */
	| {type: 'hub'; path: string};

/**
 * `pause` and `play` are for streams, pipelines, outputs of RTMP, and those with a ring, whose numbers stand still meanwhile;
 * `finish`, for pipelines and outputs of RTMP, ends the media as if the input had ended;
 * `accept` answers an `offered`, `refuse` that or a `wanted`, and takes back what was accepted; `add` and `remove` are
 * for outputs over UDP; `read` is for ingests, `place` for those of RTSP, `publish` (once: its media goes into that stream) and `expect` (what
 * its metadata says that there is) for those of RTMP.
 */
export type Command =
	| {type: 'play'}
	| {type: 'pause'}
	| {type: 'finish'}
	| {type: 'accept'; stream: Id}
	| {type: 'refuse'; reason: string}
	| ({type: 'add'} & UdpReader)
	| {type: 'remove'; reader: number}
	/** RTP-Info of the answer to PLAY: tracks named here play these RTP times at one moment. */
	| {type: 'publish'; stream: Id}
	| {type: 'expect'; video: boolean; audio: boolean}
	/** What comes by this TCP connection, behind what was fed, is read natively from now on; once. The descriptor stays the caller's. */
	| {type: 'read'; fd: number}
	/** Goes between the blocks of an output of RTMP that writes to a connection. */
	| {type: 'write'; bytes: Uint8Array}
	/** Such an output tells `ended` when nothing of what waits has been taken for so long. */
	| {type: 'check'; patienceUs: number}
	| {type: 'place'; starts: {track: number; rtpTime: number}[]};

export type UdpReader = {
	/** The caller's own number; added again, it is replaced. */
	reader: number;
	/** By the output's tracks; `host` is an IP literal, port 0 = not sent. */
	tracks: {host: string; rtpPort: number; rtcpPort: number}[];
	/**
	 * `live`: with the next key frame, or with the ring where that is younger than a second; `fast` and `real`: with
	 * the ring, in compressed or true time. A ring leaves faster than it came, but not at once.
	 */
	begin: 'live' | 'fast' | 'real';
};

/** Codecs by RTP's names in upper case where there are any, else the media type of GStreamer. */
export type PlannedTrack = {
	kind: 'video' | 'audio' | 'other';
	from: string;
	/** Empty: the track is left out. */
	to: string;
	transcoded: boolean;
};

export type LendRequest =
	/** Of an HLS output; `segment` gives all its parts in order, of complete ones; `part` is there at once. */
	| {output: Id; type: 'init' | 'part' | 'segment'; number: number}
	/**
	 * Of an output of RTP or FLV: its blocks since the newest key frame, oldest first. `compress`: with times squeezed
	 * into the 100 ms before the newest, for players that shall catch up.
	 */
	| {output: Id; type: 'ring'; compress: boolean}
	/** Of the same: what a reader is told first. RTP: a sender report for each track, made now; FLV: what decoders need. */
	| {output: Id; type: 'report'};

/** A view of native memory. Whoever got it releases it by id, once; then `data` is detached. */
export type NativeBlock = {
	id: Id;
	data: ArrayBuffer;
	/** Where it stands, if a ring was asked for. */
	ring?: RingPlace;
};

/** A ring that was cut holds its key frame alone: the output's next block has another number than the next. */
export type RingPlace = {
	number: number;
	packets: number;
	arrivalUs: number;
	/** Of its newest frame. */
	captureUs: number;
	/** For RTP-Info: the first packet of each track from here on, in the order of the spec. */
	starts: RtpStart[];
};

export type RtpStart = {sequence: number; timestamp: number};

/** One picture, with the audio since the last one in front: packets framed by `$`, or messages of RTMP in chunks. */
export type OutputBlock = {
	/** From 1; a gap means that blocks were thrown away before this one, which has a key frame then. */
	number: number;
	block: NativeBlock;
	/** RTP packets or messages in it; sender reports do not count. */
	packets: number;
	/** A reader can begin, or begin again, with it. */
	key: boolean;
	/** No other picture refers to this one. */
	droppable: boolean;
	/** There is a picture in it. */
	hasVideo: boolean;
	/** The server clock when the newest frame came in, and when it was taken. */
	arrivalUs: number;
	captureUs: number;
};

/** Of one kind. */
export type EventOf<Type extends NativeEvent['type']> = Extract<NativeEvent, {type: Type}>;

export type NativeEvent =
	| {type: 'text'; id: Id; text: string}
	| {type: 'drained'; id: Id}
	/** Ingest that reads its connection: nothing more comes; without a reason the peer has closed it. Output that writes: it gave up. */
	| {type: 'ended'; id: Id; reason: string}
	/** Ingest of RTMP that reads its connection, from time to time: so many bytes have come that way. */
	| {type: 'progress'; id: Id; bytes: number}
	/** Ingest of a connection: reports for the source, framed by `$`. */
	| {type: 'rtcp'; id: Id; bytes: Uint8Array}
	/** Ingest of RTMP: a message that is not media; `kind` is its type, `stream` the message stream. */
	| {
			type: 'message';
			id: Id;
			kind: number;
			stream: number;
			timestamp: number;
			bytes: Uint8Array;
	  }
	/** Ingest of RTMP: what comes is none, and nothing is taken any more. */
	| {type: 'broken'; id: Id; reason: string}
	/** Ingest: all sources have said goodbye (RTCP BYE), which some do before others begin. */
	| {type: 'left'; id: Id}
	| {type: 'epoch'; id: Id; number: number; tracks: TrackInfo[]}
	/** A playable stream has begun an epoch: these tracks, of the parent's codecs, need a pipeline of type `sound` each. */
	| {type: 'remake'; id: Id; epoch: number; tracks: {track: number; codec: string}[]}
	| {
			type: 'init';
			id: Id;
			number: number;
			codecs: string;
			width: number;
			height: number;
			frameRateNum: number;
			frameRateDen: number;
			bytes: number;
	  }
	/** Before the segment that it belongs to; what is told of the segment is so for all its parts. */
	| {
			type: 'part';
			id: Id;
			/** From 1, over all segments, without a gap. */
			number: number;
			segment: number;
			init: number;
			captureUs: number;
			discontinuity: boolean;
			durationUs: number;
			/** No part is longer, but where pictures are missing. Grows only with an epoch of longer frames. */
			targetUs: number;
			/** Begins with a key frame. */
			independent: boolean;
			/** The segment is complete with it; that is told next. */
			last: boolean;
			bytes: number;
	  }
	| {
			type: 'segment';
			id: Id;
			number: number;
			init: number;
			startUs: number;
			/** Server clock when its first picture was taken. */
			captureUs: number;
			durationUs: number;
			discontinuity: boolean;
			bytes: number;
	  }
	| ({type: 'block'; id: Id} & OutputBlock)
	/** Once a second while there are readers: what a reader got who was there from the beginning. */
	| {
			type: 'sent';
			id: Id;
			packets: number;
			bytes: number;
			/** Packets that the kernel did not take, of all readers. */
			refused: number;
			/** Readers that lack some: not taken by the kernel, or left out because the sender was late. */
			dropped: {reader: number; packets: number}[];
	  }
	/** A reader that was added is there; `starts` is empty and `captureUs` 0 where it begins with the next key frame. */
	| {type: 'joined'; id: Id; reader: number; starts: RtpStart[]; captureUs: number}
	/** What `sent` counts before the first packet of this reader; may be less than nothing. */
	| {type: 'begun'; id: Id; reader: number; packets: number; bytes: number}
	| {type: 'state'; id: Id; state: 'playing' | 'paused'}
	| {type: 'eos'; id: Id}
	/** Relay: what becomes of each track, before its first frame; `lengthUs` as a film that is wanted to its end says itself, 0: unknown. */
	| {type: 'plan'; id: Id; tracks: PlannedTrack[]; live: boolean; lengthUs: number}
	/** `side`: which end of a relay failed; empty where that is not known. */
	| {
			type: 'failed';
			id: Id;
			code: string;
			message: string;
			detail: string;
			side: 'input' | 'output' | '';
	  }
	/** Relay to a file: its input is gone. It waits for `finish`, which completes what is written, or for `stop`. */
	| {type: 'inputLost'; id: Id; code: string; message: string; detail: string}
	| {type: 'picture'; id: Id; block: NativeBlock}
	| {type: 'wanted'; id: Id; domain: string; path: string; feeds: string[]}
	| {type: 'unwanted'; id: Id}
	/** A hubsink would publish to a path that its pipeline is not the source of. */
	| {type: 'offered'; id: Id; domain: string; path: string}
	/** It is gone, or paused: `offered` comes again, with the same id, when it plays. */
	| {type: 'withdrawn'; id: Id}
	| {type: 'stopped'; id: Id}
	| {type: 'closed'; id: Id}
	| InspectEvent;

/** Counters since the stream was opened; times are of the server clock, 0 = never. */
export type StreamStats = {
	bytes: number;
	packets: number;
	lostPackets: number;
	/** Of SRTP and SRTCP, by another key than was told. */
	undecryptablePackets: number;
	/** Of RTP packets now (RFC 3550 section A.8), of the track with the most. */
	jitterUs: number;
	/** Of all tracks; `pictures` of video tracks alone. */
	frames: number;
	pictures: number;
	keyFrames: number;
	damagedFrames: number;
	/** How often the framing of interleaved RTP was lost and found again. */
	resyncs: number;
	lastFrameUs: number;
	lastKeyFrameUs: number;
	/** The longest from one key frame to the next; 0 = there were no two yet. */
	keyDistanceUs: number;
	ringBytes: number;
	/** Number of the current epoch, 0 = none yet. */
	epoch: number;
};

/** Of a relay or an output of RTMP, counted where its tracks go to the output. */
export type PipelineStats = {
	/** Media written since the start; pauses do not count. */
	positionUs: number;
	bytes: number;
	/** Pictures; of audio where there is no video. */
	frames: number;
	keyFrames: number;
	/** Thrown away while paused and before the first key frame. */
	droppedFrames: number;
	/** Where in a film what is written ends; 0 where nothing is, and of what is no film. */
	filmUs: number;
};

export type ProcessStats = {
	/** The server clock now. */
	nowUs: number;
	streams: number;
	ingests: number;
	outputs: number;
	pipelines: number;
	mediaThreads: number;
	/** Pipelines that did not stop within 5 s. */
	abandonedPipelines: number;
	/** Blocks and bytes that JavaScript holds. */
	blocksOnLoan: number;
	bytesOnLoan: number;
};

export type ListenSpec = {
	protocol: 'tcp' | 'udp';
	/** An IP literal; `::` takes IPv4 as well. */
	host: string;
	/** 0 = any. */
	port: number;
	/** TCP_NOTSENT_LOWAT in bytes; udp ignores it. */
	notSentLowWater: number;
	reusePort: boolean;
};

/** A bound socket: `server.listen({fd})` or `socket.bind({fd})` takes it over. */
export type Listener = {fd: number; port: number};

export type TcpInfo = {rttUs: number; unsentBytes: number; unackedBytes: number};

export type NativeVersion = {sluice: string; gstreamer: string};

export type NativeBinding = {
	/** Once for each environment: one call of `onEvents` for all that is ready, in order. */
	open(onEvents: (events: NativeEvent[]) => void): void;
	openStream(spec: StreamSpec | PlayableSpec): Id;
	closeStream(id: Id): void;
	openIngest(spec: IngestSpec): Id;
	/** Copies `length` bytes. False: more than 1 MB waits; feed again after `drained`. */
	feed(ingest: Id, buffer: Uint8Array, length: number): boolean;
	closeIngest(id: Id): void;
	openOutput(spec: OutputSpec): Id;
	closeOutput(id: Id): void;
	start(spec: PipelineSpec): Id;
	command(id: Id, command: Command): void;
	stop(id: Id): void;
	/** Undefined: it is not there (any more). A block that is on loan already comes with the same id. */
	lend(request: LendRequest): NativeBlock[] | undefined;
	/** Detaches and frees; unknown ids are ignored. */
	release(ids: Id[]): void;
	/** Bytes of a lent block that the kernel takes now by this descriptor of a socket: 0 to all of them. */
	send(block: Id, fd: number): number;
	/** Throws a system error with `code` (EADDRINUSE ...). */
	listen(spec: ListenSpec): Listener;
	/** Undefined: not a TCP socket. */
	tcpInfo(fd: number): TcpInfo | undefined;
	/** Of a stream, or of the process (no id). Undefined: no such stream. */
	streamStats(id: Id): StreamStats | undefined;
	/** Of a relay or an output of RTMP. Undefined: there is none of these. */
	pipelineStats(id: Id): PipelineStats | undefined;
	stats(): ProcessStats;
	version(): NativeVersion;
};
