// What INPUT and OUTPUT of the streamer may be, as plain data. Nothing is opened here.
import {statSync} from 'node:fs';
import {extname, resolve} from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';
import {parsePlayedUrl, parseRtmpUrl} from '../protocols/rtmp/url.ts';
import {parseRtspUrl} from '../protocols/rtsp/url.ts';
import {parseTestSource} from '../protocols/test/options.ts';
import {parsed, unparsed} from '../util/parsed.ts';
import type {Parsed} from '../util/parsed.ts';
import {schemeOf} from '../util/scheme.ts';
import {redactEndpoint} from './secrets.ts';

export type Input =
	| {type: 'file'; location: string; uri: string}
	/** By our own clients, or by GStreamer's where a codec asks for it. */
	| {type: 'rtsp' | 'rtmp'; url: string}
	/** What GStreamer fetches; `live`: it does not wait for us. */
	| {type: 'uri'; uri: string; live: boolean}
	| {type: 'test'; source: string};

export type FileFormat = 'mp4' | 'flv' | 'ts';

export type Output =
	| {type: 'file'; format: FileFormat; location: string}
	/** `location` is the playlist; the segments lie beside it. */
	| {type: 'hls'; location: string}
	| {type: 'rtmp' | 'rtsp' | 'srt'; url: string};

export const inputForms =
	'a file, file://, rtsp://, rtmp://, rtmps://, srt://, http://, https:// or test:';
export const outputForms =
	'rtmp://, rtmps://, rtsp://, rtsps://, srt://, or a file that ends with .mp4, .flv, .ts or .m3u8';

export const parseInput = (text: string): Parsed<Input> =>
	byScheme(text, {readers: inputReaders, what: 'INPUT', forms: inputForms});

export const parseOutput = (text: string): Parsed<Output> =>
	byScheme(text, {readers: outputReaders, what: 'OUTPUT', forms: outputForms});

/** Whether what comes in and what goes out are the same thing, whatever it is called. */
export const isSamePlace = (input: Input, output: Output): boolean => {
	if (input.type === 'file') return 'location' in output && isSameFile(input, output);
	return 'url' in output && plainUrl(urlOf(input)) === plainUrl(output.url);
};

type Reader<Value> = (text: string) => Parsed<Value>;
type Readers<Value> = Readonly<Record<string, Reader<Value>>>;

const byScheme = <Value>(
	text: string,
	{readers, what, forms}: {readers: Readers<Value>; what: string; forms: string},
): Parsed<Value> => {
	if (text === '-')
		return unparsed(
			`expected ${forms} as ${what}, got -: standard input and output carry no media`,
		);
	const scheme = schemeOf(text);
	const read = Object.hasOwn(readers, scheme) ? readers[scheme] : undefined;
	if (!read || text === '')
		return unparsed(`expected ${forms} as ${what}, got "${redactEndpoint(text)}"`);
	return read(text);
};

const readUrl =
	<Value>(example: string, make: (url: string) => Value): Reader<Value> =>
	text => {
		const url = URL.parse(text);
		return url && url.hostname !== ''
			? parsed(make(text))
			: unparsed(`expected a URL such as ${example}, got "${redactEndpoint(text)}"`);
	};

/** One that listens names no host. */
const readSrt =
	<Value>(make: (url: string) => Value): Reader<Value> =>
	text =>
		/^srt:\/\/[^/?#]*:\d{1,5}(\/?\?\S*)?$/i.test(text)
			? parsed(make(text))
			: unparsed(`expected a URL such as srt://server:9000, got "${redactEndpoint(text)}"`);

const pathOf = (text: string): Parsed<string> => {
	if (schemeOf(text) !== 'file') return parsed(resolve(text));
	try {
		return parsed(fileURLToPath(text));
	} catch {
		return unparsed(
			`expected file:// and an absolute path such as file:///film.mp4, got "${text}"`,
		);
	}
};

const readFile: Reader<Input> = text => {
	const path = pathOf(text);
	if (!path.ok) return path;
	const location = path.value;
	return parsed({type: 'file', location, uri: pathToFileURL(location).href});
};

const readRtsp: Reader<Input> = text => {
	const url = parseRtspUrl(text);
	return url.ok ? parsed({type: 'rtsp', url: text}) : unparsed(url.reason);
};

const readTest: Reader<Input> = source => {
	const options = parseTestSource(source);
	return options.ok ? parsed({type: 'test', source}) : unparsed(`test: ${options.reason}`);
};

const live = (uri: string): Input => ({type: 'uri', uri, live: true});
const perhapsLive = (uri: string): Input => ({type: 'uri', uri, live: false});

const checkRtmp = <Value>(text: string, parse: Reader<unknown>, value: Value): Parsed<Value> => {
	const url = parse(text.replace(userOfRtmp, '$1'));
	if (url.ok) return parsed(value);
	return unparsed(`${url.reason}, got "${redactEndpoint(text)}"`);
};

const userOfRtmp = /^(rtmps?:\/\/)[^/?#]*@/i;

/** A user and a password are left to GStreamer. */
const readRtmp: Reader<Input> = text =>
	userOfRtmp.test(text)
		? checkRtmp(text, parseRtmpUrl, live(text))
		: checkRtmp(text, parsePlayedUrl, {type: 'rtmp', url: text});

const inputReaders: Readers<Input> = {
	'': readFile,
	file: readFile,
	rtsp: readRtsp,
	rtsps: readRtsp,
	'rtsp+http': readRtsp,
	'rtsps+http': readRtsp,
	'rtsp+ws': readRtsp,
	'rtsps+ws': readRtsp,
	rtmp: readRtmp,
	rtmps: readRtmp,
	srt: readSrt(live),
	http: readUrl('http://server/live/index.m3u8', perhapsLive),
	https: readUrl('https://server/live/index.m3u8', perhapsLive),
	test: readTest,
};

const formats: Readonly<Record<string, FileFormat>> = {'.mp4': 'mp4', '.flv': 'flv', '.ts': 'ts'};

const readOutputFile: Reader<Output> = text => {
	const path = pathOf(text);
	if (!path.ok) return path;
	const location = path.value;
	const ending = extname(location).toLowerCase();
	if (ending === '.m3u8') return parsed({type: 'hls', location});
	const format = formats[ending];
	return format
		? parsed({type: 'file', format, location})
		: unparsed(`expected ${outputForms} as OUTPUT, got "${text}"`);
};

const readRtmpOutput: Reader<Output> = url => checkRtmp(url, parseRtmpUrl, {type: 'rtmp', url});

const readRtspOutput = readUrl<Output>('rtsp://server/path', url => ({type: 'rtsp', url}));

const outputReaders: Readers<Output> = {
	'': readOutputFile,
	file: readOutputFile,
	rtmp: readRtmpOutput,
	rtmps: readRtmpOutput,
	rtsp: readRtspOutput,
	rtsps: readRtspOutput,
	srt: readSrt(url => ({type: 'srt', url})),
};

const urlOf = (input: Exclude<Input, {type: 'file'}>): string =>
	'url' in input ? input.url : input.type === 'uri' ? input.uri : input.source;

/** Only web URLs have their hosts in lower case by themselves. */
const plainUrl = (text: string): string => {
	const {href = text, host = ''} = URL.parse(text) ?? {};
	return href.replace(host, host.toLowerCase()).replace(/\/$/, '');
};

const isSameFile = ({location: a}: {location: string}, {location: b}: {location: string}) => {
	if (a === b) return true;
	const [first, second] = [a, b].map(path => statSync(path, {throwIfNoEntry: false}));
	return first !== undefined && first.dev === second?.dev && first.ino === second.ino;
};
