// A reader of playlists that takes nothing it does not know: what is written must be what the specification says.

export type ListedPart = {uri: string; duration: number; independent: boolean};

export type ListedSegment = {
	sequence: number;
	discontinuities: number;
	/** Undefined: its parts come. */
	uri: string | undefined;
	duration: number;
	init: string | undefined;
	dateTime: number | undefined;
	isGap: boolean;
	parts: ListedPart[];
};

export type ParsedPlaylist = {
	version: number;
	targetDuration: number;
	mediaSequence: number;
	control: Record<string, string>;
	partTarget: number | undefined;
	skipped: number;
	segments: ListedSegment[];
	hint: string | undefined;
	isEnded: boolean;
};

type State = ParsedPlaylist & {
	discontinuities: number;
	init: string | undefined;
	next: ListedSegment | undefined;
};

const fail = (line: string): never => {
	throw new Error(`Expected a line of a media playlist, got ${JSON.stringify(line)}`);
};

/** `NAME=value,NAME="text"` (RFC 8216 section 4.2). */
export const parseAttributes = (text: string): Record<string, string> => {
	const all: Record<string, string> = {};
	const pattern = /([A-Z0-9-]+)=("[^"\r\n]*"|[^",\s]+)(,|$)/gy;
	let at = 0;
	for (const match of text.matchAll(pattern)) {
		const [whole, name = '', value = ''] = match;
		if (name in all) fail(text);
		all[name] = value.replace(/^"|"$/g, '');
		at += whole.length;
	}
	return at === text.length ? all : fail(text);
};

const number = (text: string, pattern = /^\d+$/): number =>
	pattern.test(text) ? Number(text) : fail(text);
const decimal = (text: string): number => number(text, /^\d+(\.\d+)?$/);

/** The segment that the lines read now belong to. */
const segmentOf = (state: State): ListedSegment =>
	(state.next ??= {
		sequence: state.mediaSequence + state.skipped + state.segments.length,
		discontinuities: state.discontinuities,
		uri: undefined,
		duration: 0,
		init: state.init,
		dateTime: undefined,
		isGap: false,
		parts: [],
	});

const addPart = (state: State, text: string): void => {
	const {DURATION = '', URI = '', INDEPENDENT, ...rest} = parseAttributes(text);
	if (URI === '' || Object.keys(rest).length > 0) fail(text);
	const independent = INDEPENDENT === 'YES';
	segmentOf(state).parts.push({uri: URI, duration: decimal(DURATION), independent});
};

const tags: Readonly<Record<string, (state: State, value: string) => void>> = {
	'EXT-X-VERSION': (state, value) => void (state.version = number(value)),
	'EXT-X-INDEPENDENT-SEGMENTS': (_, value) => void (value === '' || fail(value)),
	'EXT-X-TARGETDURATION': (state, value) => void (state.targetDuration = number(value)),
	'EXT-X-MEDIA-SEQUENCE': (state, value) => void (state.mediaSequence = number(value)),
	'EXT-X-DISCONTINUITY-SEQUENCE': (state, value) => void (state.discontinuities = number(value)),
	'EXT-X-SERVER-CONTROL': (state, value) => void (state.control = parseAttributes(value)),
	'EXT-X-PART-INF': (state, value) =>
		void (state.partTarget = decimal(parseAttributes(value)['PART-TARGET'] ?? '')),
	'EXT-X-SKIP': (state, value) =>
		void (state.skipped = number(parseAttributes(value)['SKIPPED-SEGMENTS'] ?? '')),
	'EXT-X-DISCONTINUITY': state => {
		if (state.next) fail('EXT-X-DISCONTINUITY');
		state.discontinuities++;
	},
	'EXT-X-MAP': (state, value) => {
		state.init = parseAttributes(value)['URI'] ?? fail(value);
		if (state.next) state.next.init = state.init;
	},
	'EXT-X-PROGRAM-DATE-TIME': (state, value) => void (segmentOf(state).dateTime = Date.parse(value)),
	'EXT-X-GAP': state => void (segmentOf(state).isGap = true),
	'EXT-X-PART': addPart,
	EXTINF: (state, value) =>
		void (segmentOf(state).duration = decimal(/^([\d.]+),$/.exec(value)?.[1] ?? value)),
	'EXT-X-PRELOAD-HINT': (state, value) => {
		const {TYPE, URI} = parseAttributes(value);
		if (TYPE !== 'PART' || state.hint !== undefined) fail(value);
		state.hint = URI;
	},
	'EXT-X-ENDLIST': state => void (state.isEnded = true),
};

/** Throws for what is no media playlist. */
export const parsePlaylist = (text: string): ParsedPlaylist => {
	const [first = '', ...lines] = text.split('\n');
	if (first !== '#EXTM3U' || lines.pop() !== '') fail(first);
	const state: State = {
		...{version: 1, targetDuration: 0, mediaSequence: 0, control: {}, partTarget: undefined},
		...{skipped: 0, segments: [], hint: undefined, isEnded: false},
		...{discontinuities: 0, init: undefined, next: undefined},
	};
	for (const line of lines) readLine(state, line);
	if (state.next) endSegment(state);
	return state;
};

const readLine = (state: State, line: string): void => {
	if (!line.startsWith('#')) {
		segmentOf(state).uri = line === '' ? fail(line) : line;
		return endSegment(state);
	}
	const [, name = '', value = ''] = /^#([A-Z0-9-]+):?(.*)$/.exec(line) ?? [];
	const read = tags[name];
	if (!read) return fail(line);
	read(state, value);
};

const endSegment = (state: State): void => {
	const segment = segmentOf(state);
	if (segment.uri === undefined)
		segment.duration = segment.parts.reduce((sum, {duration}) => sum + duration, 0);
	state.segments.push(segment);
	state.next = undefined;
};
