// RFC 2326 section 12.33. What it says of seq and rtptime is often not true (Hikvision, Tapo, OMNY):
// a pull takes it for the first word on where tracks belong, as far as their arrival bears it out.
// `sluice inspect` says where it is wrong.
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

/** Each track's entry: by the control at the end of its URL, else in order where there are as many. */
export const matchRtpInfo = (
	entries: readonly RtpInfo[],
	controls: readonly string[],
): (RtpInfo | undefined)[] => {
	const found = controls.map(control => entries.find(({url}) => isOf(url, control)));
	if (new Set(found).size === controls.length && !found.includes(undefined)) return found;
	return controls.map((_, index) =>
		entries.length === controls.length ? entries[index] : undefined,
	);
};

const isOf = (url: string, control: string): boolean =>
	control !== '' && (url === control || url.endsWith(`/${control.replace(/^\//, '')}`));

/** A URL may hold commas: only one before `url=` parts two entries. */
const splitEntries = (text: string): string[] => text.split(/,\s*(?=url\s*=)/i);

const numbers = (parameters: Parameter[]): Pick<RtpInfo, 'sequence' | 'timestamp'> => ({
	sequence: parseNumber(valueOf(parameters, 'seq'), 0xffff),
	timestamp: parseNumber(valueOf(parameters, 'rtptime'), 0xffff_ffff),
});

/** The last one: a URL may hold `;seq=` of its own before it. */
const valueOf = (parameters: Parameter[], key: string): string | undefined =>
	parameters.findLast(parameter => parameter.key.toLowerCase() === key)?.value;
