// What format parameters hold, decoded: RFC 6184 section 8.1 (H.264), RFC 3640 section 4.1 (AAC).
import {parameterOf, parseNumber, parseParameters} from './parameters.ts';
import type {Parameter} from './parameters.ts';

export const parseFmtp = (text: string): Parameter[] => parseParameters(text);

/** The SPS and PPS of sprop-parameter-sets, without start codes; what is neither is left out. */
export const parameterSetsOf = (fmtp: Parameter[]): Uint8Array[] =>
	(parameterOf(fmtp, 'sprop-parameter-sets') ?? '')
		.split(',')
		.map(text => withoutStartCode(decodeBase64(text.trim())))
		.filter(set => set.length > 1 && h264ParameterSets.has((set[0] ?? 0) & 0x1f));

/** AudioSpecificConfig; empty when it is missing or no hexadecimal number. */
export const aacConfigOf = (fmtp: Parameter[]): Uint8Array => {
	const text = (parameterOf(fmtp, 'config') ?? '').replaceAll('"', '');
	return /^(?:[\da-f]{2})+$/i.test(text) ? new Uint8Array(Buffer.from(text, 'hex')) : empty;
};

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
const h264ParameterSets = new Set([7, 8]);

const decodeBase64 = (text: string): Uint8Array =>
	/^[\w+/=-]*$/.test(text) ? new Uint8Array(Buffer.from(text, 'base64')) : empty;

const withoutStartCode = (bytes: Uint8Array): Uint8Array => {
	const zeros = bytes.findIndex(byte => byte !== 0);
	return zeros >= 2 && bytes[zeros] === 1 ? bytes.subarray(zeros + 1) : bytes;
};
