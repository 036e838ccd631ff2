// RFC 2326 section 12.29. A live stream has one position, so all that is wanted to be known is the unit.
import {parsed, unparsed} from '../../util/parsed.ts';
import type {Parsed} from '../../util/parsed.ts';

export type Range = {
	unit: 'npt' | 'clock' | 'smpte';
	/** As given; empty = from where it stands. */
	from: string;
	to: string;
};

/** Blanks are tried once: a client may send thousands of them. */
const pattern =
	/^\s*(npt|clock|smpte)[\w-]*\s*=\s*(?:([\w:.+]+)\s*)?-\s*(?:([\w:.+]+)\s*)?(?:;|$)/i;

export const parseRange = (text: string): Parsed<Range> => {
	const match = pattern.exec(text);
	if (!match) return unparsed(`no range of npt, clock or smpte: ${text.slice(0, 80)}`);
	const [, unit = '', from = '', to = ''] = match;
	return parsed({unit: unit.toLowerCase() as Range['unit'], from, to});
};

/** What is played, in the unit that was asked for: from a moment of the wall clock on, else from now on. */
export const playedRange = ({unit}: Pick<Range, 'unit'>, wallUs: number): Range =>
	unit === 'clock' ? {unit, from: formatClock(wallUs), to: ''} : {unit: 'npt', from: 'now', to: ''};

/** RFC 2326 section 3.7. */
const formatClock = (wallUs: number): string =>
	new Date(wallUs / 1000).toISOString().replace(/[-:]/g, '');

export const formatRange = ({unit, from, to}: Range): string => `${unit}=${from}-${to}`;
