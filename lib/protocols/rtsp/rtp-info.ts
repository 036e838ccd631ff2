// RFC 2326 section 12.33. What it says of seq and rtptime is often not true (Hikvision, Tapo, OMNY),
// so a pull does not depend on it; `sluice inspect` says where it is wrong.
import {parseNumber, parseParameters} from './parameters.ts';
import type {Parameter} from './parameters.ts';

export type RtpInfo = {
	url: string;
	sequence: number | undefined;
	timestamp: number | undefined;
};

/** One entry a track; entries without a URL are dropped. */
export const parseRtpInfo = (text: string): RtpInfo[] =>
	splitEntries(text).flatMap(entry => {
		const parameters = parseParameters(entry);
		const url = valueOf(parameters, 'url');
		return url ? [{url: url.replaceAll('"', ''), ...numbers(parameters)}] : [];
	});

export const formatRtpInfo = (entries: RtpInfo[]): string =>
	entries
		.map(({url, sequence, timestamp}) => {
			const seq = sequence === undefined ? '' : `;seq=${sequence}`;
			return `url=${url}${seq}${timestamp === undefined ? '' : `;rtptime=${timestamp}`}`;
		})
		.join(',');

/** A URL may hold commas: only one before `url=` parts two entries. */
const splitEntries = (text: string): string[] => text.split(/,\s*(?=url\s*=)/i);

const numbers = (parameters: Parameter[]): Pick<RtpInfo, 'sequence' | 'timestamp'> => ({
	sequence: parseNumber(valueOf(parameters, 'seq'), 0xffff),
	timestamp: parseNumber(valueOf(parameters, 'rtptime'), 0xffff_ffff),
});

/** The last one: a URL may hold `;seq=` of its own before it. */
const valueOf = (parameters: Parameter[], key: string): string | undefined =>
	parameters.findLast(parameter => parameter.key.toLowerCase() === key)?.value;
