import {parseArgs} from 'node:util';

/** What the words of a command line ask for. */
export type Order =
	| {type: 'help'}
	| {type: 'version'}
	| {type: 'wrong'; reason: string}
	| {type: 'check'; file: string}
	| {type: 'serve'; file: string | undefined; urls: string[] | undefined; isSupervised: boolean};

export const usage = `Usage:
  sluice                    serve what sluice.yml says, or start with defaults
  sluice CONFIG             serve what a file says
  sluice [NAME=]URL...      serve these sources: rtsp://user:password@camera/stream,
                            file:///film.mp4, test:
  sluice check FILE         say what is wrong with a file

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
	const isSupervised = !values['no-supervisor'];
	if (first === undefined) {
		const file = isFile(defaultFile) ? defaultFile : undefined;
		return {type: 'serve', file, urls: undefined, isSupervised};
	}
	if (words.every(isSource)) return {type: 'serve', file: undefined, urls: words, isSupervised};
	const stranger = words.find(word => !isSource(word)) ?? first;
	if (words.length > 1) return wrong(`expected one file or URLs only, got ${stranger} among them`);
	return {type: 'serve', file: first, urls: undefined, isSupervised};
};

const wrong = (reason: string): Order => ({type: 'wrong', reason});

const checkOrder = ([file, ...rest]: string[]): Order =>
	file === undefined || rest.length > 0
		? wrong('expected one file after check')
		: {type: 'check', file};

const options = {
	help: {type: 'boolean', short: 'h'},
	version: {type: 'boolean', short: 'v'},
	'no-supervisor': {type: 'boolean'},
} as const;

const split = (args: readonly string[]) => {
	try {
		const {values, positionals} = parseArgs({args: [...args], options, allowPositionals: true});
		return {values, words: positionals};
	} catch (error) {
		return error instanceof Error ? error.message : String(error);
	}
};
