// What a client of low latency asks of a media playlist (draft-pantos-hls-rfc8216bis section 6.2.5).
import type {Place} from './window.ts';

/** `msn` and `part`: wait until the playlist has them; `isDelta`: leave out what is known already. */
export type Reload = {msn: number | undefined; part: number | undefined; isDelta: boolean};

/** A text is the reason why these directives mean nothing. */
export const parseReload = (query: URLSearchParams): Reload | string => {
	const msn = parseNumber(query.get('_HLS_msn'));
	const part = parseNumber(query.get('_HLS_part'));
	if (msn === 'none' || part === 'none')
		return 'Expected _HLS_msn and _HLS_part to be whole numbers';
	if (part !== undefined && msn === undefined) return 'Expected _HLS_msn beside _HLS_part';
	const skip = query.get('_HLS_skip');
	return {msn, part, isDelta: skip === 'YES' || skip === 'v2'};
};

/** Why nobody can wait for this place: it is too far ahead; `next` is what the playlist has not yet. */
export const checkAhead = (
	{msn = 0, part = 0}: Reload,
	{next, partTargetUs}: {next: Place; partTargetUs: number},
): string | undefined => {
	const newest = next.part > 0 ? next.msn : next.msn - 1;
	if (msn > newest + segmentsAhead)
		return `Expected _HLS_msn to be at most ${newest + segmentsAhead}, got ${msn}`;
	const partsAhead = partTargetUs > 0 && partTargetUs < 1e6 ? Math.ceil(3e6 / partTargetUs) : 3;
	const most = (msn === next.msn ? next.part - 1 : -1) + partsAhead;
	return msn >= next.msn && part > most
		? `Expected _HLS_part to be at most ${most}, got ${part}`
		: undefined;
};

const segmentsAhead = 2;

const parseNumber = (text: string | null): number | undefined | 'none' => {
	if (text === null) return undefined;
	return /^\d{1,15}$/.test(text) ? Number(text) : 'none';
};
