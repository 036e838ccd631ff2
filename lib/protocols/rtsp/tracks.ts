// From a session description to the tracks that are set up.
import {aacLengthsOf, codecFmtpOf, parseFmtp} from './fmtp.ts';
import {encryptionOf} from './key-management.ts';
import type {Encryption} from './key-management.ts';
import type {RtpTrackSpec} from '../../native/binding.ts';
import {parameterOf, parseNumber} from './parameters.ts';
import type {Parameter} from './parameters.ts';
import {attributeOf, fmtpsOf, rtpMapsOf, takesPictureLoss} from './sdp.ts';
import type {RtpMap, Sdp, SdpMedia} from './sdp.ts';

/** One track that can be asked for; its channels are known after SETUP. */
export type DescribedTrack = {
	/** The control attribute as given. */
	control: string | undefined;
	/** `RTP/AVP`, or `RTP/AVPF` where reports may come at any time. */
	profile: string;
	/** Of an encrypted track, where its key is understood. */
	encryption: Encryption | undefined;
	spec: Omit<RtpTrackSpec, 'channel' | 'rtcpChannel'>;
};

/** The tracks worth setting up: RTP, of a kind we know, from the camera to us. */
export const tracksOf = (sdp: Sdp): DescribedTrack[] => {
	const usable = sdp.medias.filter(media => kinds.has(media.kind) && isRtp(media));
	// Where all are marked so, none is meant.
	const wanted = usable.every(isSendOnly) ? usable : usable.filter(media => !isBackChannel(media));
	return wanted.flatMap(media => trackOf(media, sdp) ?? []);
};

const kinds = new Map<string, RtpTrackSpec['kind']>([
	['video', 'video'],
	['audio', 'audio'],
	['application', 'other'],
	['text', 'other'],
]);

const isRtp = ({protocol}: SdpMedia): boolean => /^RTP\/S?AVPF?(?:\/(?:TCP|UDP))?$/.test(protocol);

/** ONVIF Streaming section 5.3: sendonly is seen from us. Nobody sends a camera pictures. */
const isBackChannel = (media: SdpMedia): boolean => media.kind === 'audio' && isSendOnly(media);

const isSendOnly = (media: SdpMedia): boolean => attributeOf(media, 'sendonly') !== undefined;

const trackOf = (media: SdpMedia, sdp: Sdp): DescribedTrack | undefined => {
	const map = correct(mapOf(media, sdp));
	const kind = kinds.get(media.kind);
	if (!map || !kind) return undefined;
	const {codec, payloadType, clockRateHz} = map;
	const text = fmtpOf(media, sdp, map);
	const fmtp = parseFmtp(text);
	const control = attributeOf(media, 'control');
	return {
		control,
		profile: media.protocol.replace(/\/(?:TCP|UDP)$/, ''),
		encryption: encryptionOf(media, sdp),
		spec: {
			kind,
			codec,
			clockRateHz: clockRateHz || (kind === 'audio' ? 8000 : 90_000),
			payloadType,
			encoding: encodingOf(map),
			fmtp: text,
			channels: map.channels,
			...codecFmtpOf(codec, fmtp),
			...(codec === 'JPEG' && {config: jpegSizeOf(media)}),
			...aacLengthsOf(fmtp),
			takesPictureLoss: takesPictureLoss(media, payloadType),
		},
	};
};

/** What cameras get wrong: Opus has one rate (RFC 7587 section 4.1), and G.711 what its number says (RFC 3551). */
const correct = (map: RtpMap | undefined): RtpMap | undefined => {
	if (map?.codec === 'OPUS') return {...map, clockRateHz: 48_000, channels: 2};
	const meant = map && staticMaps.get(map.payloadType);
	return meant && g711.has(map.codec) && g711.has(meant.codec) ? {...map, codec: meant.codec} : map;
};

const g711 = new Set(['PCMU', 'PCMA']);

/** What RFC 2435 has no room for above 2040 pixels: GStreamer's `x-dimensions`, 3GPP's `framesize`. */
const jpegSizeOf = (media: SdpMedia): Uint8Array => {
	const told = attributeOf(media, 'x-dimensions') ?? attributeOf(media, 'framesize') ?? '';
	const [, width = '', height = ''] = /(\d{1,5})\s*[,-]\s*(\d{1,5})\s*$/.exec(told) ?? [];
	const size = Buffer.alloc(4);
	size.writeUInt16BE(parseNumber(width, 0xffff) ?? 0, 0);
	size.writeUInt16BE(parseNumber(height, 0xffff) ?? 0, 2);
	return new Uint8Array(size);
};

/** As rtpmap says it; empty where nobody did. */
const encodingOf = ({codec, clockRateHz, channels}: RtpMap): string =>
	clockRateHz === 0 ? '' : `${codec}/${clockRateHz}${channels > 1 ? `/${channels}` : ''}`;

/** The first payload type that is described; a dynamic one that is not is guessed from its fmtp. */
const mapOf = (media: SdpMedia, sdp: Sdp): RtpMap | undefined => {
	const maps = rtpMapsOf(media);
	const payloadTypes = media.formats.flatMap(text => parseNumber(text, 127) ?? []);
	for (const payloadType of payloadTypes) {
		const map = maps.find(candidate => candidate.payloadType === payloadType);
		const known = map ?? staticMaps.get(payloadType);
		if (known) return known;
	}
	const [payloadType] = payloadTypes;
	const [lone] = maps;
	if (payloadType === undefined || lone)
		return lone && {...lone, payloadType: payloadType ?? lone.payloadType};
	const unknown = {payloadType, codec: `PT${payloadType}`, clockRateHz: 0, channels: 1};
	const codec = guessCodec(parseFmtp(fmtpOf(media, sdp, unknown)));
	return codec ? {...unknown, codec} : unknown;
};

/** Its own line, else the lone one without a better place, else one under another `m=`. */
const fmtpOf = (media: SdpMedia, sdp: Sdp, {payloadType}: RtpMap): string => {
	const own = fmtpsOf(media);
	const others = sdp.medias
		.filter(other => other !== media && !other.formats.includes(`${payloadType}`))
		.flatMap(fmtpsOf);
	const found =
		own.find(fmtp => fmtp.payloadType === payloadType) ??
		(own.length === 1 && isNobodys(own[0]?.payloadType, sdp) ? own[0] : undefined) ??
		others.find(fmtp => fmtp.payloadType === payloadType);
	return found?.text ?? '';
};

const isNobodys = (payloadType: number | undefined, sdp: Sdp): boolean =>
	!sdp.medias.some(media => media.formats.includes(`${payloadType}`));

const guessCodec = (fmtp: Parameter[]): string | undefined => {
	const has = (key: string) => parameterOf(fmtp, key) !== undefined;
	if (has('sprop-parameter-sets') || has('packetization-mode')) return 'H264';
	if (has('sprop-vps')) return 'H265';
	return has('config') && has('mode') ? 'MPEG4-GENERIC' : undefined;
};

// RFC 3551 tables 4 and 5.
const staticMaps = new Map(
	(
		[
			[0, 'PCMU', 8000],
			[3, 'GSM', 8000],
			[4, 'G723', 8000],
			[5, 'DVI4', 8000],
			[6, 'DVI4', 16_000],
			[8, 'PCMA', 8000],
			[9, 'G722', 8000],
			[10, 'L16', 44_100],
			[11, 'L16', 44_100],
			[14, 'MPA', 90_000],
			[15, 'G728', 8000],
			[18, 'G729', 8000],
			[26, 'JPEG', 90_000],
			[31, 'H261', 90_000],
			[32, 'MPV', 90_000],
			[33, 'MP2T', 90_000],
			[34, 'H263', 90_000],
		] as const
	).map(([payloadType, codec, clockRateHz]): [number, RtpMap] => [
		payloadType,
		{payloadType, codec, clockRateHz, channels: payloadType === 10 ? 2 : 1},
	]),
);
