import {parseArgs} from 'node:util';
import {lackOfSourceArgument} from '../config/from-urls.ts';
import {isFingerprint} from '../util/fingerprint.ts';
import {redactUrl} from '../util/redact.ts';
import {firstSentence} from '../util/visible.ts';

/** What the words of a command line ask for. */
export type Order =
	| {type: 'help'}
	| {type: 'version'}
	| {type: 'wrong'; reason: string}
	| {type: 'check'; file: string}
	| ({type: 'inspect'; url: string; isJson: boolean} & InspectBounds)
	| {type: 'serve'; file: string | undefined; urls: string[] | undefined; isSupervised: boolean};

type InspectBounds = {packets: number; seconds: number; fingerprint: string};

export const usage = `Usage:
  sluice                    serve what sluice.yml says, or start with defaults
  sluice CONFIG             serve what a file says
  sluice [NAME=]URL...      serve these sources: rtsp://user:password@camera/stream,
                            file:///film.mp4, test:
  sluice check FILE         say what is wrong with a file
  sluice inspect RTSP-URL   show what a camera sends: SDP, packets, frames, clocks

Options of inspect:
  --seconds N               how long to look (10)
  --packets N               how many packets and frames to list (30)
  --json                    one JSON document
  --fingerprint SHA256      the certificate that a camera over TLS has to show

Options:
  --no-supervisor           do not start the server again when it crashes
  --version
  --help`;

/** The file that is read when none is named. */
const defaultFile = 'sluice.yml';

type Looks = {isSource: (argument: string) => boolean; isFile: (file: string) => boolean};

/** Reads the words of a command line; never throws. */
export const parseArguments = (args: readonly string[], {isSource, isFile}: Looks): Order => {
	const parsed = split(args);
	if (typeof parsed === 'string') return {type: 'wrong', reason: parsed};
	const {values, words} = parsed;
	if (values.help) return {type: 'help'};
	if (values.version) return {type: 'version'};
	const [first, ...rest] = words;
	if (first === 'check' && !isSource(first)) return checkOrder(rest);
	if (first === 'inspect' && !isSource(first)) return inspectOrder(rest, values);
	const stray = inspectOptions.find(name => values[name] !== undefined);
	if (stray !== undefined) return wrong(`expected --${stray} with inspect only`);
	const isSupervised = !values['no-supervisor'];
	if (first === undefined) {
		const file = isFile(defaultFile) ? defaultFile : undefined;
		return {type: 'serve', file, urls: undefined, isSupervised};
	}
	const lack = words.filter(isSource).map(lackOfSourceArgument).find(Boolean);
	if (lack !== undefined) return wrong(lack);
	if (words.every(isSource)) return {type: 'serve', file: undefined, urls: words, isSupervised};
	const stranger = words.find(word => !isSource(word)) ?? first;
	if (words.length > 1)
		return wrong(`expected URLs only, one file, or check or inspect first, got ${stranger}`);
	return {type: 'serve', file: first, urls: undefined, isSupervised};
};

const wrong = (reason: string): Order => ({type: 'wrong', reason});

const checkOrder = ([file, ...rest]: string[]): Order =>
	file === undefined || rest.length > 0
		? wrong('expected one file after check')
		: {type: 'check', file};

const inspectOptions = ['json', 'packets', 'seconds', 'fingerprint'] as const;

type InspectValues = {json?: boolean; packets?: string; seconds?: string; fingerprint?: string};

const inspectOrder = ([url, ...rest]: string[], values: InspectValues): Order => {
	if (url === undefined || rest.length > 0) return wrong('expected one RTSP URL after inspect');
	if (!/^rtsps?(?:\+(?:http|ws))?:\/\//i.test(url))
		return wrong(
			`expected a URL that begins with rtsp://, rtsps://, rtsp+http:// or rtsp+ws://, got ${redactUrl(url)}`,
		);
	const packets = integer(values.packets ?? '30', {min: 0, max: 100_000});
	if (packets === undefined)
		return wrong(`expected --packets to be a number of 0 to 100000, got ${values.packets}`);
	const seconds = integer(values.seconds ?? '10', {min: 1, max: 86_400});
	if (seconds === undefined)
		return wrong(`expected --seconds to be a number of 1 to 86400, got ${values.seconds}`);
	const {json: isJson = false, fingerprint = ''} = values;
	if (fingerprint !== '' && !isFingerprint(fingerprint))
		return wrong(`expected --fingerprint to be 64 hexadecimal digits, got ${fingerprint}`);
	return {type: 'inspect', url, isJson, packets, seconds, fingerprint};
};

const integer = (text: string, {min, max}: {min: number; max: number}): number | undefined => {
	const number = /^\d{1,6}$/.test(text) ? Number(text) : NaN;
	return number >= min && number <= max ? number : undefined;
};

const options = {
	help: {type: 'boolean', short: 'h'},
	version: {type: 'boolean', short: 'v'},
	'no-supervisor': {type: 'boolean'},
	json: {type: 'boolean'},
	packets: {type: 'string'},
	seconds: {type: 'string'},
	fingerprint: {type: 'string'},
} as const;

const split = (args: readonly string[]) => {
	try {
		const {values, positionals} = parseArgs({args: [...args], options, allowPositionals: true});
		return {values, words: positionals};
	} catch (error) {
		return sentenceOf(error instanceof Error ? error.message : String(error));
	}
};

/** Node asks whether something was forgotten where a value begins with a minus. */
const sentenceOf = (message: string): string => {
	const [, option] = /^Option '(?:-\w, )?(--\w+)[^']*' argument is ambiguous/.exec(message) ?? [];
	return option === undefined
		? firstSentence(message)
		: `expected a value after ${option} that does not begin with -`;
};
