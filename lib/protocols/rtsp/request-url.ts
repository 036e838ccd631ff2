// What clients make of our URLs: ffmpeg puts the query before `/trackID=0`, GStreamer after it, others a slash
// at the end. Publishers call their tracks `streamid=0` (ffmpeg) and `stream=0` (GStreamer).
import {parsed, unparsed} from '../../util/parsed.ts';
import type {Parsed} from '../../util/parsed.ts';
import {isSegment} from '../../util/path-words.ts';
import {parseNumber} from './parameters.ts';
import {parseRtspUrl} from './url.ts';

export type RequestTarget = {
	/** Name of the path; empty for `*` and for the server as a whole. */
	path: string;
	/** Without `?`; as it was given. */
	query: string;
	/** Which track of the path; undefined: all of them, or not said. */
	track: number | undefined;
};

/** Tried once for each run of slashes: a stranger may send thousands of them. */
export const endSlashes = /(?<!\/)\/+$/;

/** The control attribute of a track, relative to Content-Base. */
export const formatControl = (track: number): string => `trackID=${track}`;

/** What the URL of a request line asks for. */
export const parseRequestUrl = (url: string): Parsed<RequestTarget> => {
	if (url === '*') return parsed({path: '', query: '', track: undefined});
	const whole = wholePath(url);
	if (whole === undefined) return unparsed('expected a URL that begins with rtsp://');
	const mark = whole.indexOf('?');
	const front = splitTrack(mark < 0 ? whole : whole.slice(0, mark));
	const back = splitTrack(mark < 0 ? '' : whole.slice(mark + 1));
	const path = decodeName(front.rest);
	if (path === undefined) return unparsed(wrongName);
	return parsed({path, query: back.rest.replace(/\/$/, ''), track: front.track ?? back.track});
};

const wrongName =
	'expected the name of a path in the URL: letters A-Z a-z, digits, _ . ~ - and / between them';

/** The URL that controls are relative to. */
export const contentBase = (url: string): string =>
	`${url.replace(/\?.*$/s, '').replace(endSlashes, '')}/`;

const wholePath = (url: string): string | undefined => {
	if (url.startsWith('/')) return url;
	const found = parseRtspUrl(url);
	return found.ok ? found.value.path : undefined;
};

const splitTrack = (text: string): {rest: string; track: number | undefined} => {
	const match = /^(.*?)\/?(?:trackID|streamid|stream)=(\d{1,3})\/?$/is.exec(text);
	if (!match) return {rest: text, track: undefined};
	return {rest: match[1] ?? '', track: parseNumber(match[2], 999)};
};

const decodeName = (text: string): string | undefined => {
	const segments = text.replace(/^\/+/, '').replace(endSlashes, '').split('/');
	const decoded = segments.map(decodeSegment);
	if (decoded.length === 1 && decoded[0] === '') return '';
	return decoded.every(segment => segment !== undefined && isSegment(segment))
		? decoded.join('/')
		: undefined;
};

const decodeSegment = (segment: string): string | undefined => {
	try {
		return decodeURIComponent(segment);
	} catch {
		return undefined;
	}
};
