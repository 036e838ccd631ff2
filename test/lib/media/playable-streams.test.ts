import {EventEmitter} from 'node:events';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {PlayableStreams} from '../../../lib/media/playable-streams.ts';
import type {PlayableNative} from '../../../lib/media/playable-streams.ts';
import type {TrackInfo} from '../../../lib/native/binding.ts';
import type {PipelineEvents} from '../../../lib/native/native.ts';
import type {PlayableStreamEvents} from '../../../lib/native/playable-stream.ts';

const sound = (codec: string, fmp4: string, playable: string): TrackInfo => ({
	...{fmp4, playable, kind: 'audio', codec, clockRateHz: 8000},
	...{type: 'audio', sampleRateHz: 8000, channels: 1},
});
const g711 = sound('PCMU', '', 'fLaC');
const opus = sound('OPUS', 'opus', 'opus');
const speex = sound('SPEEX', '', '');

class ScriptedStream extends EventEmitter<PlayableStreamEvents> {
	readonly id = 100;
	isClosed = false;
	close() {
		this.isClosed = true;
	}
}

class ScriptedPipeline extends EventEmitter<PipelineEvents> {
	isStopped = false;
	stop() {
		this.isStopped = true;
	}
	fail() {
		const failure = {code: 'PIPELINE_SYNTAX', message: 'no element "mulawdec"', detail: ''};
		this.emit('failed', {type: 'failed', id: 1, side: '', ...failure});
	}
}

/** Native code whose pipelines do what the test says. */
const start = (t: ExecutionContext) => {
	const streams: ScriptedStream[] = [];
	const pipelines: ScriptedPipeline[] = [];
	const lines: string[] = [];
	const native: PlayableNative = {
		openPlayable: parent => {
			t.is(parent, 1);
			const stream = new ScriptedStream();
			streams.push(stream);
			return stream;
		},
		start: ({stream}) => {
			t.is(stream, 100);
			const pipeline = new ScriptedPipeline();
			pipelines.push(pipeline);
			return pipeline;
		},
	};
	const tell = (_: object, line: string) => void lines.push(line);
	const playables = new PlayableStreams(native, {info: tell, warn: tell});
	const open = async (...tracks: TrackInfo[]) => playables.open({path: 'cam', stream: 1, tracks});
	const begin = (epoch = 1) =>
		streams.at(-1)?.emit('remake', {
			...{type: 'remake', id: 100, epoch},
			tracks: [{track: 0, codec: 'PCMU'}],
		});
	/** The first one is open and its sound is made. */
	const opened = async () => {
		const playable = open(g711);
		begin();
		pipelines.at(-1)?.emit('state', 'playing');
		return playable;
	};
	return {open, begin, opened, streams, pipelines, lines};
};

test('what browsers play as it is, and what nobody can make, is the stream of the path', async t => {
	const {open, streams} = start(t);
	const playable = await open(opus, speex);
	t.is(playable.stream, 1);
	t.deepEqual(playable.lacks, ['SPEEX']);
	t.is(streams.length, 0);
	playable.release();
});

test('a stream is made once for all, and closed with the last who takes it', async t => {
	const {open, opened, streams, pipelines, lines} = start(t);
	const first = await opened();
	const second = await open(g711);
	t.deepEqual([first.stream, second.stream], [100, 100]);
	t.deepEqual(lines, ['browsers get the sound as FLAC, made of PCMU']);
	first.release();
	first.release();
	t.false(streams[0]?.isClosed);
	second.release();
	t.true(streams[0]?.isClosed && pipelines[0]?.isStopped);
	t.is((await opened()).stream, 100);
	t.is(streams.length, 2);
});

test('every epoch has pipelines of its own', async t => {
	const {opened, begin, pipelines} = start(t);
	await opened();
	begin(2);
	t.deepEqual(
		pipelines.map(({isStopped}) => isStopped),
		[true, false],
	);
});

test('sound that cannot be made costs nobody the pictures', async t => {
	const {open, begin, streams, pipelines, lines} = start(t);
	const opening = open(g711, opus);
	begin();
	pipelines[0]?.fail();
	const playable = await opening;
	t.is(playable.stream, 1);
	t.deepEqual(playable.lacks, ['PCMU']);
	t.true(streams[0]?.isClosed);
	t.regex(lines.at(-1) ?? '', /^browsers get no sound: no element "mulawdec"$/);
	t.is((await open(g711)).stream, 1);
	t.is(streams.length, 1);
});

test('whoever takes a stream whose sound fails later is told', async t => {
	const {opened, pipelines} = start(t);
	const playable = await opened();
	const codes: string[] = [];
	playable.once('closed', ({code}) => codes.push(code));
	pipelines[0]?.fail();
	t.deepEqual(codes, ['PIPELINE_SYNTAX']);
	playable.release();
});
