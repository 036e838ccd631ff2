// RFC 4566, read as tolerantly as cameras need it (acceptance line 15): lines missing, doubled,
// malformed or in any order do not matter as long as there is an `m=` line.
import {parsed, unparsed} from '../../util/parsed.ts';
import type {Parsed} from '../../util/parsed.ts';
import {parseNumber} from './parameters.ts';

/** A flag has the value ''. */
export type Attribute = {name: string; value: string};

export type RtpMap = {payloadType: number; codec: string; clockRateHz: number; channels: number};

export type SdpMedia = {
	/** `video`, `audio`, `application` ... in lower case. */
	kind: string;
	port: number;
	/** `RTP/AVP` ... in upper case. */
	protocol: string;
	/** Payload types for RTP. */
	formats: string[];
	attributes: Attribute[];
};

export type Sdp = {
	sessionName: string;
	attributes: Attribute[];
	medias: SdpMedia[];
};

const maxMedias = 64;
const maxAttributes = 4096;
// Tried once for each run of blanks: a publisher may send a line of a megabyte.
const blankEnd = /(?<![\s\0])[\s\0]+$/;

export const parseSdp = (text: string): Parsed<Sdp> => {
	const sdp: Sdp = {sessionName: '', attributes: [], medias: []};
	let count = 0;
	for (const line of text.split(/[\r\n]+/)) {
		const [, type, value = ''] = /^\s*([a-z])\s*=\s*(.*)$/s.exec(line.replace(blankEnd, '')) ?? [];
		if (type === 'm' && sdp.medias.length === maxMedias) return unparsed('too many m= lines');
		if (type === 'a' && ++count > maxAttributes) return unparsed('too many a= lines');
		if (type) takeLine[type]?.(sdp, value);
	}
	return sdp.medias.length > 0 ? parsed(sdp) : unparsed('no m= line');
};

/** `family` is that of the address that it goes to: GStreamer opens its ports by it. */
export const formatSdp = (
	{sessionName, attributes, medias}: Sdp,
	{family = 4}: {family?: 4 | 6} = {},
): string => {
	const lines = [
		'v=0',
		`o=- 0 0 IN ${family === 6 ? 'IP6 ::1' : 'IP4 127.0.0.1'}`,
		`s=${sessionName || '-'}`,
		`c=IN ${family === 6 ? 'IP6 ::' : 'IP4 0.0.0.0'}`,
		't=0 0',
		...attributes.map(formatAttribute),
		...medias.flatMap(media => [
			`m=${media.kind} ${media.port} ${media.protocol} ${media.formats.join(' ')}`,
			...media.attributes.map(formatAttribute),
		]),
	];
	return lines.map(line => `${line}\r\n`).join('');
};

/** The value of the first attribute of that name. */
export const attributeOf = (
	{attributes}: {attributes: Attribute[]},
	name: string,
): string | undefined => attributes.find(attribute => attribute.name === name)?.value;

export const rtpMapsOf = (media: SdpMedia): RtpMap[] =>
	media.attributes
		.filter(({name}) => name === 'rtpmap')
		.flatMap(({value}) => parseRtpMap(value) ?? []);

/** What the fmtp lines of a media say, by payload type; NaN where a line has none. */
export const fmtpsOf = (media: SdpMedia): {payloadType: number; text: string}[] =>
	media.attributes
		.filter(({name}) => name === 'fmtp')
		.map(({value}) => {
			const [, payloadType = 'NaN', text = ''] = /^(?:(\d{1,3})(?:\s+|$))?(.*)$/s.exec(value) ?? [];
			return {payloadType: Number(payloadType), text};
		});

/** RFC 4585 section 4.2: whether it may be told that a picture was lost. */
export const takesPictureLoss = ({attributes}: SdpMedia, payloadType: number): boolean =>
	attributes.some(({name, value}) => {
		const [type, ...words] = value.toLowerCase().split(/\s+/);
		const isMeant = name === 'rtcp-fb' && (type === '*' || Number(type) === payloadType);
		return isMeant && words.join(' ') === 'nack pli';
	});

const takeLine: Record<string, (sdp: Sdp, value: string) => void> = {
	s: (sdp, value) => {
		sdp.sessionName ||= value;
	},
	m: (sdp, value) => {
		const media = parseMedia(value);
		if (media) sdp.medias.push(media);
	},
	a: (sdp, value) => {
		const [, name = '', text = ''] = /^([^:\s]+)\s*:?\s*(.*)$/s.exec(value) ?? [];
		if (name) (sdp.medias.at(-1) ?? sdp).attributes.push({name: name.toLowerCase(), value: text});
	},
};

const parseMedia = (value: string): SdpMedia | undefined => {
	const [kind, port = '', protocol = '', ...formats] = value.split(/\s+/);
	if (!kind) return undefined;
	return {
		kind: kind.toLowerCase(),
		port: Number.parseInt(port, 10) || 0,
		protocol: protocol.toUpperCase(),
		formats,
		attributes: [],
	};
};

/** `96 H264/90000`, `97 MPEG4-GENERIC/48000/2`; the rate may be missing. */
const parseRtpMap = (value: string): RtpMap | undefined => {
	const match = rtpMapPattern.exec(value);
	if (!match) return undefined;
	const [, number, codec = '', clockRate = '0', channels = '1'] = match;
	const payloadType = parseNumber(number, 127);
	if (payloadType === undefined) return undefined;
	return {
		payloadType,
		codec: codec.toUpperCase(),
		clockRateHz: Number(clockRate),
		channels: Number(channels) || 1,
	};
};

const rtpMapPattern = /^(\d{1,3})\s+([^/\s]{1,64})(?:\s*\/\s*(\d{1,9}))?(?:\s*\/\s*(\d{1,3}))?/;

const formatAttribute = ({name, value}: Attribute): string =>
	value === '' ? `a=${name}` : `a=${name}:${value}`;
