// The session description that a path is offered with: RFC 4566, RFC 2326 appendix C, RFC 6184 section 8.2
// (H.264), RFC 3640 section 4.1 (AAC).
import type {TrackInfo} from '../../native/binding.ts';
import {formatControl} from './request-url.ts';
import {formatSdp} from './sdp.ts';
import type {Attribute, SdpMedia} from './sdp.ts';

/** The first payload type that means nothing by itself (RFC 3551 section 6). */
const firstDynamic = 96;

/** How a track's packets are marked: by the source's number where that has a meaning of its own, else by one that is free. */
export const payloadTypeOf = (tracks: readonly TrackInfo[], index: number): number => {
	const own = givenType(tracks[index]);
	const isFree = tracks.every((track, other) => other === index || givenType(track) !== own);
	return own > 0 && own < firstDynamic && isFree ? own : firstDynamic + index;
};

/** The description of a live path; controls are relative to Content-Base. */
export const describe = (name: string, tracks: readonly TrackInfo[]): string =>
	formatSdp({
		sessionName: name,
		attributes: [
			{name: 'tool', value: 'Sluice'},
			{name: 'range', value: 'npt=now-'},
			{name: 'control', value: '*'},
		],
		medias: tracks.map((track, index) => mediaOf(track, index, payloadTypeOf(tracks, index))),
	});

const givenType = (track: TrackInfo | undefined): number =>
	track?.type === 'opaque' ? track.payloadType : 0;

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
	const {profileIdc, constraints, levelIdc, frameRateNum, frameRateDen} = track;
	const profile = Buffer.from([profileIdc, constraints, levelIdc]).toString('hex');
	const rate = frameRateDen > 0 ? Math.round((100 * frameRateNum) / frameRateDen) / 100 : 0;
	return {
		encoding: 'H264/90000',
		fmtp: `packetization-mode=1;profile-level-id=${profile};sprop-parameter-sets=${sets}`,
		...(rate > 0 && {more: [{name: 'framerate', value: `${rate}`}]}),
	};
};

const aacTexts = ({sampleRateHz, channels, config}: Extract<TrackInfo, {type: 'aac'}>): Texts => ({
	encoding: `mpeg4-generic/${sampleRateHz}/${channels}`,
	fmtp:
		'streamtype=5;profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;' +
		`config=${Buffer.from(config).toString('hex')}`,
});
