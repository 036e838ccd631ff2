// What the outside is told about a track, in the words of MediaMTX's /v3 API.
import type {TrackInfo} from '../native/binding.ts';

export type TrackCodecProps =
	| {width: number; height: number; profile: string; level: string}
	| {sampleRate: number; channelCount: number};

/** One track: its codec by MediaMTX's name (`H264`, `MPEG-4 Audio`), and what is known of it. */
export type TrackFacts = {codec: string; codecProps: TrackCodecProps | null};

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
		case 'h265':
			return {
				width: track.width,
				height: track.height,
				profile: h265Profile(track),
				level: h265Level(track),
			};
		case 'video':
			return {width: track.width, height: track.height, profile: '', level: ''};
		case 'audio':
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

// ITU-T H.265 annex A.3.
const h265Profiles: Record<number, string> = {
	1: 'Main',
	2: 'Main 10',
	3: 'Main Still Picture',
	4: 'Format Range Extensions',
	5: 'High Throughput',
	9: 'Screen-Extended Main',
};

type H265Track = Extract<TrackInfo, {type: 'h265'}>;

const h265Profile = ({profileTierLevel: [first = 0]}: H265Track): string =>
	h265Profiles[first & 0x1f] ?? String(first & 0x1f);

// Section A.4: general_level_idc is 30 times the level.
const h265Level = ({profileTierLevel}: H265Track): string => {
	const level = (profileTierLevel[11] ?? 0) / 30;
	return Number.isInteger(level) ? String(level) : level.toFixed(1);
};
