import type {ExecutionContext} from 'ava';
import {pino} from 'pino';
import type {ControlMessage, PublisherInfo, ReaderInfo} from '../../lib/media/messages.ts';
import {Path} from '../../lib/media/path.ts';
import type {PathPlace, PathSettings} from '../../lib/media/path-settings.ts';
import {manualClock} from './manual-clock.ts';
import {tcpSettings} from './source-settings.ts';
import {ScriptedSource, ScriptedStream} from './scripted-source.ts';

export const settings: PathSettings = {
	source: 'rtsp://127.0.0.1/cam',
	sourceOnDemand: false,
	sourceOnDemandStartTimeout: 10_000,
	sourceOnDemandCloseAfter: 10_000,
	maxIngestBitrate: 0,
	maxReaders: 0,
	sourceHold: 10_000,
	overridePublisher: true,
	publisherGrace: 10_000,
	ringMaxSize: 1_000_000,
	ringMaxAge: 30_000,
	lossPolicy: 'drop',
	...tcpSettings,
};

export const place = (changes: Partial<PathSettings> = {}, passing = false): PathPlace => ({
	confName: passing ? 'all_others' : 'cam',
	passing,
	settings: {...settings, ...changes},
});

export const reader = (name: string, changes: Partial<ReaderInfo> = {}): ReaderInfo => ({
	reader: name,
	path: 'cam',
	protocol: 'hls',
	peer: '',
	start: true,
	counted: true,
	holds: true,
	...changes,
});

export const publisher = (name: string): PublisherInfo => ({
	publisher: name,
	path: 'cam',
	protocol: 'rtsp',
	peer: '127.0.0.1:4000',
});

/** A path on a clock turned by hand, with sources that do what the test says. */
export const startPath = (t: ExecutionContext, where: PathPlace = place()) => {
	const clock = manualClock();
	const sources: ScriptedSource[] = [];
	const streams: ScriptedStream[] = [];
	const messages: ControlMessage[] = [];
	const lines: string[] = [];
	const logger = pino({base: null}, {write: line => lines.push(textOf(line))});
	const path = new Path({
		name: 'cam',
		place: where,
		openStream() {
			const stream = new ScriptedStream(clock);
			streams.push(stream);
			return stream;
		},
		openSource({stream}) {
			const source = new ScriptedSource(stream as ScriptedStream);
			sources.push(source);
			return source;
		},
		post: message => messages.push(message),
		clock,
		random: () => 0,
		logger,
		life: logger,
	});
	t.teardown(() => path.close());
	path.open();
	const source = (): ScriptedSource => {
		const last = sources.at(-1);
		if (!last) throw new Error('No source was opened');
		return last;
	};
	return {
		path,
		clock,
		sources,
		streams,
		messages,
		lines,
		source,
		/** What a reader was told, message types in order. */
		told: (name: string) =>
			messages.filter(message => nameOf(message) === name).map(({type}) => type),
		/** The code that a reader was sent away with. */
		codeFor: (name: string) =>
			messages.flatMap(message =>
				nameOf(message) === name && 'code' in message ? [message.code] : [],
			)[0],
		/** What a publisher sends: a key frame. */
		async send() {
			await clock.pass(0);
			streams.at(-1)?.takeFrame({key: true});
			streams.at(-1)?.beginEpoch();
		},
		/** A source that delivers is needed by most tests. */
		async deliver() {
			await clock.pass(0);
			source().deliver();
		},
	};
};

/** The reader or publisher that a message is for. */
const nameOf = (message: ControlMessage): string =>
	'reader' in message ? message.reader : message.publisher;

const textOf = (line: string): string => (JSON.parse(line) as {msg: string}).msg;
