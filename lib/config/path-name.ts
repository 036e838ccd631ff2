import {isFirstTaken, isLastTaken, isSegment} from '../util/path-words.ts';
import {parsePattern} from './pattern.ts';

const maxLength = 255;

/** Why a stream cannot have this name, or undefined. */
export function checkPathName(name: string): string | undefined {
	if (name === '') return 'a path name has at least one character';
	if (name.length > maxLength) return `a path name has at most ${maxLength} characters`;
	const segments = name.split('/');
	return segments.map(checkSegment).find(reason => reason !== undefined) ?? checkReserved(segments);
}

/** The same for an entry of `paths`, which may be a regular expression (`~^cam(.+)$`) or `all_others` as well. */
export function checkPathKey(key: string): string | undefined {
	if (!key.startsWith('~')) return checkPathName(key);
	return parsePattern(key)
		? undefined
		: 'expected a regular expression after ~, without look-around and back-references';
}

/** Whether an entry of `paths` stands for many names. */
export const isPattern = (key: string): boolean =>
	key.startsWith('~') || key === 'all_others' || key === 'all';

function checkSegment(segment: string): string | undefined {
	if (segment === '') return 'a path name has no / at its ends and no two in a row';
	if (segment === '.' || segment === '..') return 'a path name has no segment . or ..';
	// JavaScript's objects have this key already.
	if (segment === '__proto__') return 'the name __proto__ is reserved';
	if (isSegment(segment)) return undefined;
	return 'a path name has letters A-Z a-z, digits, _ . ~ - and / only';
}

function checkReserved(segments: string[]): string | undefined {
	const [first = ''] = segments;
	const last = segments.at(-1) ?? '';
	if (isFirstTaken(first))
		return `names that begin with ${first} are taken by the server's own pages`;
	if (segments.length > 1 && isLastTaken(last)) {
		return `names that end with /${last} are taken: there the server gives the stream itself`;
	}
	return undefined;
}
