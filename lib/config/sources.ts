import {parseTestSource} from '../protocols/test/options.ts';
import {redactUrl} from '../util/redact.ts';
import {schemeOf} from '../util/scheme.ts';

/** Every form of `source` that this version can start, as messages name them. */
export const sourceForms =
	'rtsp://..., rtmp://..., file:///..., test:, gstreamer: ..., redirect or publisher';

const ownWords = ['publisher', 'redirect'];
const lackedWords = ['rpiCamera'];
const ownSchemes = [
	...['rtsp', 'rtsps', 'rtsp+http', 'rtsps+http', 'rtsp+ws', 'rtsps+ws', 'rtmp', 'rtmps'],
];
const lackedSchemes = [
	...['http', 'https'],
	...['udp', 'udp+mpegts', 'unix+mpegts', 'udp+rtp', 'unix+rtp', 'srt', 'moqt', 'whep', 'wheps'],
];

/** Why this is no `source`, or undefined; `$G1`, `$G2`... stand for groups of a regular expression. */
export function checkSource(source: string): string | undefined {
	if (ownWords.includes(source) || lackedWords.includes(source)) return undefined;
	const scheme = schemeOf(source);
	if (scheme === 'test') return checkTest(source);
	if (scheme === 'gstreamer') return checkLine(source);
	if (scheme === 'file') return checkFile(source);
	if (!ownSchemes.includes(scheme) && !lackedSchemes.includes(scheme)) {
		return `expected ${sourceForms}, got "${redactUrl(source)}"`;
	}
	return scheme.startsWith('u') ? undefined : checkUrl(source);
}

/** What a `source` lacks that MediaMTX could start and this version cannot, or undefined. */
export function lackOfSource(source: string): string | undefined {
	const scheme = schemeOf(source);
	if (lackedWords.includes(source)) return `source ${source} is not supported by this version`;
	if (!lackedSchemes.includes(scheme)) return undefined;
	return `sources of the form ${scheme}:// are not supported by this version`;
}

/** Whether this opens something on this machine; unlike anything else, which goes out to a peer. */
export const isLocalSource = (source: unknown): boolean =>
	typeof source === 'string' &&
	['file', 'gstreamer', 'unix+mpegts', 'unix+rtp'].includes(schemeOf(source));

function checkTest(source: string): string | undefined {
	// What a group stands for is known when a path takes the name.
	const options = parseTestSource(source);
	return options.ok || source.includes('$') ? undefined : options.reason;
}

const checkLine = (source: string) =>
	/^gstreamer:\s*\S/.test(source) ? undefined : 'expected a launch line after gstreamer:';

function checkFile(source: string): string | undefined {
	return /^file:\/\/\/[^/]/.test(source)
		? undefined
		: `expected file:// and an absolute path such as file:///var/film.mp4, got "${redactUrl(source)}"`;
}

function checkUrl(source: string): string | undefined {
	const url = URL.parse(source.replace(/:\$G\d+/g, ':554').replace(/\$(G\d+|MTX_QUERY)/g, 'g'));
	if (url !== null && url.hostname !== '') return undefined;
	return (
		`expected a URL such as rtsp://user:password@camera/stream, got "${redactUrl(source)}" ` +
		'(in a user or password write % as %25, @ as %40, : as %3A, / as %2F, ? as %3F, # as %23)'
	);
}
