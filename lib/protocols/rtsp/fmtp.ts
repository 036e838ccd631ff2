// What format parameters hold, decoded: RFC 6184 section 8.1 (H.264), RFC 7798 section 7.1 (H.265), RFC 3640
// section 4.1 (AAC), RFC 6416 section 7 (AAC in LATM, MPEG-4 part 2).
import type {RtpTrackSpec} from '../../native/binding.ts';
import {parameterOf, parseNumber, parseParameters} from './parameters.ts';
import type {Parameter} from './parameters.ts';

export const parseFmtp = (text: string): Parameter[] => parseParameters(text);

export type CodecFmtp = Pick<RtpTrackSpec, 'parameterSets' | 'config' | 'configInBand'>;

/** What a decoder needs before the first packet, as far as the codec has it in its fmtp. */
export const codecFmtpOf = (codec: string, fmtp: Parameter[]): CodecFmtp => ({
	parameterSets: [],
	config: empty,
	configInBand: true,
	...readers[codec]?.(fmtp),
});

export type AacLengths = {sizeLength: number; indexLength: number; indexDeltaLength: number};

/** The AU header's fields in bits; what is missing is what the mode prescribes. */
export const aacLengthsOf = (fmtp: Parameter[]): AacLengths => {
	const isLow = parameterOf(fmtp, 'mode')?.toLowerCase() === 'aac-lbr';
	const bits = (key: string, usual: number) => parseNumber(parameterOf(fmtp, key), 32) ?? usual;
	return {
		sizeLength: bits('sizelength', isLow ? 6 : 13),
		indexLength: bits('indexlength', isLow ? 2 : 3),
		indexDeltaLength: bits('indexdeltalength', isLow ? 2 : 3),
	};
};

const empty = new Uint8Array();

/** Sets of a list in base64, without start codes; what `isSet` does not know is left out. */
const setsOf = (fmtp: Parameter[], key: string, isSet: (head: number) => boolean): Uint8Array[] =>
	(parameterOf(fmtp, key) ?? '')
		.split(',')
		.map(text => withoutStartCode(decodeBase64(text.trim())))
		.filter(set => set.length > 1 && isSet(set[0] ?? 0));

const isH264Set = (head: number): boolean => [7, 8].includes(head & 0x1f);
const isH265Set = (head: number): boolean => [32, 33, 34].includes((head >> 1) & 0x3f);

/** Empty when it is missing or no hexadecimal number. */
const configOf = (fmtp: Parameter[]): Uint8Array => {
	const text = (parameterOf(fmtp, 'config') ?? '').replaceAll('"', '');
	return /^(?:[\da-f]{2})+$/i.test(text) ? new Uint8Array(Buffer.from(text, 'hex')) : empty;
};

const readers: Record<string, (fmtp: Parameter[]) => Partial<CodecFmtp>> = {
	H264: fmtp => ({parameterSets: setsOf(fmtp, 'sprop-parameter-sets', isH264Set)}),
	H265: fmtp => ({
		parameterSets: ['sprop-vps', 'sprop-sps', 'sprop-pps'].flatMap(key =>
			setsOf(fmtp, key, isH265Set),
		),
	}),
	'MPEG4-GENERIC': fmtp => ({config: configOf(fmtp)}),
	'MP4A-LATM': fmtp => ({
		config: configOf(fmtp),
		configInBand: parameterOf(fmtp, 'cpresent') !== '0',
	}),
	'MP4V-ES': fmtp => ({config: configOf(fmtp)}),
};

const decodeBase64 = (text: string): Uint8Array =>
	/^[\w+/=-]*$/.test(text) ? new Uint8Array(Buffer.from(text, 'base64')) : empty;

const withoutStartCode = (bytes: Uint8Array): Uint8Array => {
	const zeros = bytes.findIndex(byte => byte !== 0);
	return zeros >= 2 && bytes[zeros] === 1 ? bytes.subarray(zeros + 1) : bytes;
};
