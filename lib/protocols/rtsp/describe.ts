// The session description that a path is offered with: RFC 4566, RFC 2326 appendix C, RFC 6184 section 8.2
// (H.264), RFC 7798 section 7.2 (H.265), RFC 3640 section 4.1 (AAC).
import {isIPv6} from 'node:net';
import type {TrackInfo} from '../../native/binding.ts';
import {formatKeyMgmt} from './key-management.ts';
import type {ReaderKey} from './reader-keys.ts';
import {formatControl} from './request-url.ts';
import {formatSdp} from './sdp.ts';
import type {Attribute, SdpMedia} from './sdp.ts';

/** Payload types that mean nothing by themselves (RFC 3551 section 6). */
const [firstDynamic, dynamicTypes] = [96, 32];

/**
 * How a track's packets are marked: by the number that means its codec, which some clients know it by alone (ffmpeg takes
 * MP3 apart under no other), else by one that means nothing.
 */
export const payloadTypeOf = (tracks: readonly TrackInfo[], index: number): number => {
	const types = tracks.map(staticTypeOf);
	const own = types[index];
	const isFree = own !== undefined && types.indexOf(own) === index;
	return isFree ? own : firstDynamic + (index % dynamicTypes);
};

/** The description of a live path for a client at an address; controls are relative to Content-Base. */
export const describe = (
	name: string,
	tracks: readonly TrackInfo[],
	address: string,
	keys: readonly ReaderKey[] = [],
): string => {
	const attributes = [
		{name: 'tool', value: 'Sluice'},
		{name: 'range', value: 'npt=now-'},
		{name: 'control', value: '*'},
	];
	const medias = tracks.map((track, index) =>
		withKey(mediaOf(track, index, payloadTypeOf(tracks, index)), keys[index]),
	);
	const family = isIPv6(address) ? 6 : 4;
	return formatSdp({sessionName: name, attributes, medias}, {family});
};

/** Encrypted, where there is a key. */
const withKey = (media: SdpMedia, key: ReaderKey | undefined): SdpMedia =>
	key
		? {
				...media,
				protocol: 'RTP/SAVP',
				attributes: [{name: 'key-mgmt', value: formatKeyMgmt(key.mikey)}, ...media.attributes],
			}
		: media;

const staticTypeOf = (track: TrackInfo): number | undefined => {
	if (track.type === 'opaque') return isStatic(track.payloadType) ? track.payloadType : undefined;
	if (track.type === 'video' || track.type === 'audio') return staticTypes[encodingOf(track)];
	return undefined;
};

const isStatic = (payloadType: number): boolean => payloadType > 0 && payloadType < firstDynamic;

/** RFC 3551 tables 4 and 5. */
const staticTypes: Readonly<Record<string, number>> = {
	'PCMU/8000': 0,
	'PCMA/8000': 8,
	'G722/8000': 9,
	'L16/44100/2': 10,
	'L16/44100': 11,
	'MPA/90000': 14,
	'JPEG/90000': 26,
};

const mediaOf = (track: TrackInfo, index: number, payloadType: number): SdpMedia => {
	const {encoding, fmtp, more = []} = texts(track);
	return {
		kind: track.kind === 'other' ? 'application' : track.kind,
		port: 0,
		protocol: 'RTP/AVP',
		formats: [`${payloadType}`],
		attributes: [
			{name: 'rtpmap', value: `${payloadType} ${encoding}`},
			...(fmtp === '' ? [] : [{name: 'fmtp', value: `${payloadType} ${fmtp}`}]),
			...more,
			{name: 'control', value: formatControl(index)},
			{name: 'recvonly', value: ''},
		],
	};
};

type Texts = {encoding: string; fmtp: string; more?: Attribute[]};

const texts = (track: TrackInfo): Texts => {
	switch (track.type) {
		case 'h264':
			return h264Texts(track);
		case 'h265':
			return h265Texts(track);
		case 'video':
			return videoTexts(track);
		case 'audio':
			return audioTexts(track);
		case 'aac':
			return aacTexts(track);
		case 'opaque':
			return {encoding: track.encoding, fmtp: track.fmtp};
		default:
			return track satisfies never;
	}
};

const h264Texts = (track: Extract<TrackInfo, {type: 'h264'}>): Texts => {
	const sets = track.parameterSets.map(set => Buffer.from(set).toString('base64')).join(',');
	const {profileIdc, constraints, levelIdc} = track;
	const profile = Buffer.from([profileIdc, constraints, levelIdc]).toString('hex');
	return {
		encoding: 'H264/90000',
		fmtp: `packetization-mode=1;profile-level-id=${profile};sprop-parameter-sets=${sets}`,
		more: frameRateOf(track),
	};
};

const h265Texts = (track: Extract<TrackInfo, {type: 'h265'}>): Texts => {
	const setsOf = (type: number) =>
		track.parameterSets
			.filter(([head = 0]) => ((head >> 1) & 0x3f) === type)
			.map(set => Buffer.from(set).toString('base64'))
			.join(',');
	return {
		encoding: 'H265/90000',
		fmtp: `sprop-vps=${setsOf(32)};sprop-sps=${setsOf(33)};sprop-pps=${setsOf(34)}`,
		more: frameRateOf(track),
	};
};

const videoTexts = (track: Extract<TrackInfo, {type: 'video'}>): Texts => ({
	encoding: encodingOf(track),
	fmtp: track.fmtp,
	more: [...frameRateOf(track), ...dimensionsOf(track)],
});

/** JPEG over RTP has 8 bits for an eighth of a size (RFC 2435 section 3.1.5): GStreamer's attribute says more. */
const dimensionsOf = ({codec, width, height}: Extract<TrackInfo, {type: 'video'}>): Attribute[] =>
	codec === 'JPEG' && Math.max(width, height) > 2040
		? [{name: 'x-dimensions', value: `${width},${height}`}]
		: [];

const audioTexts = (track: Extract<TrackInfo, {type: 'audio'}>): Texts => ({
	encoding: encodingOf(track),
	fmtp: track.codec === 'OPUS' && track.channels > 1 ? 'sprop-stereo=1' : '',
});

/** RFC 3551 section 6: one channel is not told; RFC 7587 section 7: Opus always has two; MPA tells none. */
const encodingOf = (track: Extract<TrackInfo, {type: 'video' | 'audio'}>): string => {
	const {codec, clockRateHz} = track;
	const channels = track.type === 'audio' ? track.channels : 1;
	const count = codec === 'OPUS' ? 2 : codec === 'MPA' ? 1 : channels;
	return `${codec}/${clockRateHz}${count > 1 ? `/${count}` : ''}`;
};

const frameRateOf = ({
	frameRateNum,
	frameRateDen,
}: {
	frameRateNum: number;
	frameRateDen: number;
}): Attribute[] => {
	const rate = frameRateDen > 0 ? Math.round((100 * frameRateNum) / frameRateDen) / 100 : 0;
	return rate > 0 ? [{name: 'framerate', value: `${rate}`}] : [];
};

const aacTexts = ({clockRateHz, channels, config}: Extract<TrackInfo, {type: 'aac'}>): Texts => ({
	encoding: `mpeg4-generic/${clockRateHz}/${channels}`,
	fmtp:
		'streamtype=5;profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;' +
		`config=${Buffer.from(config).toString('hex')}`,
});
