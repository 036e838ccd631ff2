// What the outside is told about a path: plain data, made by control, shown by API, page and metrics.
// The first part has the field names of MediaMTX's /v3 API, the second is ours.
import type {ErrorCode} from '../errors.ts';
import type {TrackInfo} from '../native/binding.ts';

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

export type TrackCodecProps =
	| {width: number; height: number; profile: string; level: string}
	| {sampleRate: number; channelCount: number};

/** One track: its codec by MediaMTX's name (`H264`, `MPEG-4 Audio`), and what is known of it. */
export type TrackFacts = {codec: string; codecProps: TrackCodecProps | null};

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
	lostPackets: number;
	/** How often the framing of interleaved RTP was lost and found again. */
	resyncs: number;
};

/** Codec and properties of a track in MediaMTX's words. */
export const trackFacts = (track: TrackInfo): TrackFacts => ({
	codec: codecName(track.codec),
	codecProps: codecProps(track),
});

const codecNames: Record<string, string> = {
	AC3: 'AC3',
	AV1: 'AV1',
	G722: 'G722',
	H264: 'H264',
	H265: 'H265',
	JPEG: 'M-JPEG',
	L16: 'LPCM',
	L24: 'LPCM',
	L8: 'LPCM',
	MP2T: 'MPEG-TS',
	'MP4A-LATM': 'MPEG-4 Audio LATM',
	'MP4V-ES': 'MPEG-4 Video',
	MPA: 'MPEG-1/2 Audio',
	'MPEG4-GENERIC': 'MPEG-4 Audio',
	MPV: 'MPEG-1/2 Video',
	OPUS: 'Opus',
	PCMA: 'G711',
	PCMU: 'G711',
	SMPTE336M: 'KLV',
	SPEEX: 'Speex',
	VORBIS: 'Vorbis',
	VP8: 'VP8',
	VP9: 'VP9',
};

const codecName = (encoding: string): string => {
	const name = encoding.toUpperCase();
	return codecNames[name] ?? (name.startsWith('G726') ? 'G726' : 'Generic');
};

const codecProps = (track: TrackInfo): TrackCodecProps | null => {
	switch (track.type) {
		case 'h264':
			return {
				width: track.width,
				height: track.height,
				profile: h264Profiles[track.profileIdc] ?? String(track.profileIdc),
				level: h264Level(track),
			};
		case 'aac':
			return {sampleRate: track.sampleRateHz, channelCount: track.channels};
		case 'opaque':
			return null;
		default:
			return track satisfies never;
	}
};

// ITU-T H.264 annex A.2.
const h264Profiles: Record<number, string> = {
	44: 'CAVLC 4:4:4 Intra',
	66: 'Baseline',
	77: 'Main',
	88: 'Extended',
	100: 'High',
	110: 'High 10',
	122: 'High 4:2:2',
	244: 'High 4:4:4 Predictive',
};

// ITU-T H.264 section A.3: level 1b is 11 with constraint_set3_flag in the lower profiles, else 9.
const h264Level = ({levelIdc, profileIdc, constraints}: Extract<TrackInfo, {type: 'h264'}>) => {
	const isLowProfile = [66, 77, 88].includes(profileIdc);
	if (levelIdc === 9 || (levelIdc === 11 && isLowProfile && (constraints & 0x10) !== 0))
		return '1b';
	return levelIdc % 10 === 0 ? String(levelIdc / 10) : (levelIdc / 10).toFixed(1);
};
