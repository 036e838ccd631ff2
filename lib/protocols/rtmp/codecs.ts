// How FLV and Enhanced RTMP (version 2) call codecs; here they have RTP's names.
import type {TrackInfo} from '../../native/binding.ts';
import type {Amf, AmfObject} from './amf0.ts';

/** By a number, as Flash knew them: every player takes them. */
const numbers: Readonly<Record<string, number>> = {
	...{H264: 7, 'MPEG4-GENERIC': 10, MPA: 2, PCMA: 7, PCMU: 8},
};

/** By four letters, for who says that it knows them. */
const fourCcs: Readonly<Record<string, string>> = {
	...{H265: 'hvc1', AV1: 'av01', VP9: 'vp09', VP8: 'vp08'},
	...{OPUS: 'Opus', FLAC: 'fLaC', AC3: 'ac-3'},
};

/** What metadata calls a codec; undefined: it has no name there. */
export const codecIdOf = (codec: string): number | undefined => {
	const fourCc = fourCcs[codec];
	return fourCc === undefined ? numbers[codec] : Buffer.from(fourCc).readUInt32BE();
};

/** Flags of `capsEx`. */
const caps = {reconnect: 1, multitrack: 2, modEx: 4, timestampNanoOffset: 8};

/** What is understood here beyond the codecs of Flash, for `connect` and its answer. */
export const enhanced: AmfObject = {
	capsEx: caps.reconnect | caps.multitrack | caps.modEx | caps.timestampNanoOffset,
	fourCcList: ['avc1', 'hvc1', 'av01', 'vp09', 'vp08', 'mp4a', 'Opus', 'fLaC', 'ac-3', '.mp3'],
};

/** How a client that sends introduces itself: as OBS does, some services take no others. */
export const asEncoder = {
	type: 'nonprivate',
	flashVer: 'FMLE/3.0 (compatible; FMSc/1.0)',
	...enhanced,
};

/** How one that takes everything does: as ffmpeg, with the sound and pictures of Flash. */
export const asPlayer = {
	...{flashVer: 'LNX 9,0,124,2', fpad: false, ...enhanced},
	...{capabilities: 15, audioCodecs: 4071, videoCodecs: 252, videoFunction: 1},
};

/** Whether a client does what a reconnect request says, as its `connect` tells. */
export const obeysReconnect = ({capsEx}: AmfObject): boolean =>
	typeof capsEx === 'number' && (capsEx & caps.reconnect) !== 0;

/** Whether somebody decodes what has these four letters. */
export type Understands = (fourCc: string) => boolean;

/** As its `connect` says. */
export const understoodBy = (asked: AmfObject): Understands => {
	const {fourCcList, videoFourCcInfoMap, audioFourCcInfoMap} = asked;
	const listed = Array.isArray(fourCcList) ? fourCcList : [];
	const maps = [videoFourCcInfoMap, audioFourCcInfoMap].filter(isMap);
	const isKnown = (name: string) => listed.includes(name) || maps.some(map => isDecoded(map[name]));
	return fourCc => isKnown(fourCc) || isKnown(everything);
};

const everything = '*';
/** Of the flags in the maps. */
const canDecode = 1;

const isDecoded = (flags: Amf): boolean => typeof flags === 'number' && (flags & canDecode) !== 0;

const isMap = (value: Amf): value is AmfObject =>
	typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** Which tracks of a stream go to a player, by index: one picture and one sound. */
export type PlayTracks = {video?: number; audio?: number};

/** `left`: codecs of those that it does not get. */
export type PlayChoice = {chosen: PlayTracks; left: string[]};

/** The first picture and the first sound that it understands. */
export const choosePlayTracks = (
	tracks: readonly TrackInfo[],
	understands: Understands,
): PlayChoice => {
	const find = (wanted: TrackInfo['kind']) =>
		tracks.findIndex(track => track.kind === wanted && isPlayable(track, understands));
	const [video, audio] = [find('video'), find('audio')];
	const left = tracks.filter((_, index) => index !== video && index !== audio);
	return {
		chosen: {...(video >= 0 && {video}), ...(audio >= 0 && {audio})},
		left: left.map(({codec}) => codec),
	};
};

const isPlayable = (track: TrackInfo, understands: Understands): boolean => {
	if (track.type === 'opaque') return false;
	const fourCc = fourCcs[track.codec];
	if (fourCc !== undefined) return understands(fourCc);
	if (track.codec === 'PCMA' || track.codec === 'PCMU') return track.clockRateHz === 8000;
	// Of MPEG audio layer 3 alone, as in files.
	return numbers[track.codec] !== undefined && track.fmp4 !== '';
};
