// RFC 2326 section 12.37.
import {parsed, unparsed} from '../../util/parsed.ts';
import type {Parsed} from '../../util/parsed.ts';
import {parameterOf, parseNumber, parseParameters} from './parameters.ts';

export type SessionHeader = {
	id: string;
	/** Undefined: not said, which means 60 s. */
	timeoutMs: number | undefined;
};

export const parseSession = (text: string): Parsed<SessionHeader> => {
	const [first, ...rest] = text.split(';');
	const id = (first ?? '').trim();
	if (id === '' || /\s/.test(id)) return unparsed('no session identifier');
	const seconds = parseNumber(parameterOf(parseParameters(rest.join(';')), 'timeout'), 1_000_000);
	return parsed({id, timeoutMs: seconds ? seconds * 1000 : undefined});
};

export const formatSession = ({id, timeoutMs}: SessionHeader): string =>
	timeoutMs === undefined ? id : `${id};timeout=${Math.round(timeoutMs / 1000)}`;
