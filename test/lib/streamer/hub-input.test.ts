import {EventEmitter} from 'node:events';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import type {RelayInput, TrackInfo} from '../../../lib/native/binding.ts';
import type {NativeEvents} from '../../../lib/native/native.ts';
import {HubInput} from '../../../lib/streamer/hub-input.ts';
import {manualClock, settle} from '../../helpers/manual-clock.ts';
import {ScriptedSource, ScriptedStream, videoTrack} from '../../helpers/scripted-source.ts';

const instead: RelayInput = {type: 'uri', uri: 'rtsp://camera/x', live: true};
const opaque = (kind: TrackInfo['kind'], codec: string) =>
	({...videoTrack, type: 'opaque', kind, codec}) as TrackInfo;

const start = (t: ExecutionContext, fallBack?: RelayInput) => {
	const clock = manualClock();
	const sources: ScriptedSource[] = [];
	const wanted = new EventEmitter<NativeEvents>();
	const stream = new ScriptedStream(clock);
	const input = new HubInput({
		native: {
			openStream: () => stream,
			on: (event, listener) => wanted.on(event, listener),
			off: (event, listener) => wanted.off(event, listener),
		},
		openSource: it => {
			const source = new ScriptedSource(it);
			sources.push(source);
			return source;
		},
		readTimeoutMs: 10_000,
		...(fallBack && {instead: fallBack}),
		clock,
		random: () => 0,
	});
	const told: unknown[] = [];
	input.on('ready', relayInput => told.push(relayInput));
	input.on('lost', ({code}) => told.push(code));
	input.on('back', () => told.push('back'));
	t.teardown(() => input.close());
	const deliver = async (tracks?: TrackInfo[]) => {
		await clock.pass(0);
		sources.at(-1)!.stream.takeFrame({key: true});
		sources.at(-1)!.stream.beginEpoch(tracks);
	};
	return {clock, input, sources, stream, told, wanted, deliver};
};

test('there is something to relay with the first key frame', async t => {
	const {told, deliver, input, clock} = start(t, instead);
	await clock.pass(0);
	t.deepEqual(told, []);
	await deliver();
	t.deepEqual(told, [{type: 'hub', path: 'input'}]);
	t.deepEqual(input.tracks, [videoTrack]);
	t.false(input.startsOver);
});

test('metadata does not keep a stream from being ours', async t => {
	const {told, deliver} = start(t, instead);
	await deliver([videoTrack, opaque('other', 'VND.ONVIF.METADATA')]);
	t.deepEqual(told, [{type: 'hub', path: 'input'}]);
});

test('a codec that streams do not carry is left to GStreamer, after our source has left', async t => {
	const {told, deliver, sources, stream, input} = start(t, instead);
	const calls = () => sources[0]!.calls;
	input.on('ready', () => told.push(...calls(), stream.isClosed));
	await deliver([videoTrack, opaque('audio', 'PCMU')]);
	await settle();
	t.deepEqual(told, [instead, 'close', true]);
	t.true(input.startsOver);
});

test('a source that is lost is fetched again', async t => {
	const {told, deliver, sources, clock} = start(t);
	await deliver();
	sources[0]!.fail('RTSP_LOST');
	await clock.pass(250);
	await deliver();
	await clock.pass(100);
	t.deepEqual(told.slice(1), ['RTSP_LOST', 'back']);
	t.is(sources.length, 2);
});

test('the relay that asks for the stream gets it, others get nothing', async t => {
	const {wanted, stream} = start(t);
	const accepted: number[] = [];
	for (const path of ['input', 'other'])
		wanted.emit('wanted', {path, accept: (id: number) => accepted.push(id)} as never);
	t.deepEqual(accepted, [stream.id]);
});

test('close may be called twice, before and after the first frame', async t => {
	const {input, sources, stream, wanted, clock} = start(t);
	await clock.pass(0);
	await Promise.all([input.close(), input.close()]);
	t.deepEqual(sources[0]!.calls, ['close']);
	t.true(stream.isClosed);
	t.is(wanted.listenerCount('wanted'), 0);
});
