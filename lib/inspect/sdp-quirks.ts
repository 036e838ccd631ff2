// What is odd about a description: acceptance/rtsp-cameras.md, lines 2, 4, 13 and 15 to 17.
import {parseFmtp} from '../protocols/rtsp/fmtp.ts';
import {parameterOf} from '../protocols/rtsp/parameters.ts';
import {attributeOf, fmtpsOf, parseSdp, rtpMapsOf} from '../protocols/rtsp/sdp.ts';
import type {Sdp, SdpMedia} from '../protocols/rtsp/sdp.ts';

type SdpQuirk = {code: string; says: (text: string) => string[]};

const linesOf = (text: string): string[] => text.split(/\r?\n/).filter(line => line !== '');

const form = (text: string): string[] => {
	const lines = linesOf(text);
	const ofType = (type: string) => lines.filter(line => line.startsWith(`${type}=`));
	return [
		...(ofType('o').length === 1 ? [] : [`the description has ${ofType('o').length} lines of o=`]),
		...(ofType('s').length === 1 ? [] : [`the description has ${ofType('s').length} lines of s=`]),
		...(ofType('t').some(line => /^t=\d+ \d+\s*$/.test(line))
			? []
			: ['the description has no t= that can be read']),
		...(ofType('c').every(line => /^c=IN IP[46] \S+\s*$/.test(line))
			? []
			: ['the description has a c= that cannot be read']),
		...(lines.some(line => /[ \t]$/.test(line)) ? ['lines of the description end in blanks'] : []),
		...(/[^\r]\n/.test(text) ? ['lines of the description end with a line feed alone'] : []),
	];
};

const knownKinds = new Set(['video', 'audio', 'application', 'text', 'message', 'image']);

const withSdp =
	(says: (sdp: Sdp) => string[]): SdpQuirk['says'] =>
	text => {
		const sdp = parseSdp(text);
		return sdp.ok ? says(sdp.value) : [];
	};

const unknownMedia = ({medias}: Sdp): string[] =>
	medias
		.filter(({kind}) => !knownKinds.has(kind))
		.map(({kind}) => `the description has media of the unknown type ${kind}`);

const isSendOnly = (media: SdpMedia): boolean => attributeOf(media, 'sendonly') !== undefined;

const backChannels = ({medias}: Sdp): string[] => {
	if (medias.every(isSendOnly)) return ['all media are marked as back channels'];
	const count = medias.filter(isSendOnly).length;
	return count > 0 ? [`the description has ${count} back channel${count > 1 ? 's' : ''}`] : [];
};

const fmtps = ({medias}: Sdp): string[] =>
	medias.flatMap(media =>
		fmtpsOf(media).flatMap(({payloadType, text}) => {
			if (text.trim() === '') return [`the fmtp of ${media.kind} is empty`];
			if (!media.formats.includes(`${payloadType}`))
				return [`${media.kind} has an fmtp of a payload type that it does not have`];
			return [...missingSets(text), ...(/;\s*;|;\s*$/.test(text) ? ['has empty parts'] : [])].map(
				what => `the fmtp of ${media.kind} ${what}`,
			);
		}),
	);

/** H.265 has three kinds of parameter sets, H.264 two in one list. */
const missingSets = (text: string): string[] => {
	const fmtp = parseFmtp(text);
	const hevc = ['sprop-vps', 'sprop-sps', 'sprop-pps'];
	const missing = hevc.filter(key => (parameterOf(fmtp, key) ?? '') === '');
	const isPartial = missing.length > 0 && missing.length < hevc.length;
	const sets = parameterOf(fmtp, 'sprop-parameter-sets') ?? '';
	return [
		...(isPartial ? [`lacks ${missing.join(' and ')}`] : []),
		...(sets !== '' && !sets.includes(',') ? ['has one parameter set, not SPS and PPS'] : []),
	];
};

/** Most are relative to Content-Base, or whole URLs. */
const controls = ({medias}: Sdp): string[] =>
	medias.flatMap(media => {
		const control = attributeOf(media, 'control');
		if (control === undefined && medias.length > 1) return [`${media.kind} has no control`];
		return control?.startsWith('/') ? [`the control of ${media.kind} begins with a slash`] : [];
	});

const firstDynamic = 96;
const g711 = new Map([
	[0, 'PCMU'],
	[8, 'PCMA'],
]);

const rtpMaps = ({medias}: Sdp): string[] =>
	medias.flatMap(media => [
		...rtpMapsOf(media).flatMap(({payloadType, codec, clockRateHz, channels}) => {
			const meant = g711.get(payloadType);
			if (meant !== undefined && codec !== meant)
				return [`payload type ${payloadType} is called ${codec}, and means ${meant}`];
			const isWrong = codec === 'OPUS' && (clockRateHz !== 48_000 || channels !== 2);
			return isWrong ? [`Opus is described with ${clockRateHz}/${channels}, not 48000/2`] : [];
		}),
		...media.formats
			.filter(text => Number(text) >= firstDynamic && media.protocol.startsWith('RTP/'))
			.filter(text => !rtpMapsOf(media).some(({payloadType}) => payloadType === Number(text)))
			.map(text => `payload type ${text} has no rtpmap`),
	]);

export const sdpQuirks: readonly SdpQuirk[] = [
	{code: 'SDP_ODD', says: form},
	{code: 'MEDIA_UNKNOWN', says: withSdp(unknownMedia)},
	{code: 'BACK_CHANNEL', says: withSdp(backChannels)},
	{code: 'CONTROL_ODD', says: withSdp(controls)},
	{code: 'FMTP_ODD', says: withSdp(fmtps)},
	{code: 'RTPMAP_ODD', says: withSdp(rtpMaps)},
];
