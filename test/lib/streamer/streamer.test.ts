import test from 'ava';
import {MediaError} from '../../../lib/errors.ts';
import {settle} from '../../helpers/manual-clock.ts';
import {gone, startScripted} from '../../helpers/scripted-relay.ts';

const whole = {error: null, note: null};
const live = {type: 'hub', path: 'input'} as const;

test('a stream is relayed to its end', async t => {
	const {streamer, relay, begin, told, sink, source, state} = await startScripted(t);
	t.is(streamer.state, 'connecting');
	await begin();
	t.is(streamer.state, 'playing');
	relay().emit('eos');
	t.deepEqual(await streamer.ended, whole);
	t.deepEqual(told, ['H.264 passes through', 'playing', 'finishing', 'ended']);
	t.deepEqual(sink.ends, [true]);
	t.true(source.isClosed);
	t.is(state.released, 1);
});

test('a film that ends long before it should is told of', async t => {
	const {streamer, relay, source} = await startScripted(t);
	source.emit('ready', {type: 'uri', uri: 'file:///film.mp4', live: false});
	relay().begin(20e6);
	relay().write(12);
	relay().emit('eos');
	const note = 'the input ended after 12.0 s and says that it has 20.0 s: it may be cut short';
	t.deepEqual(await streamer.ended, {error: null, note});
});

test('what an earlier run left makes room when there is media, and not before', async t => {
	const {sink, source, relay} = await startScripted(t);
	source.emit('ready', live);
	t.false(sink.hasBegun);
	relay().begin();
	t.true(sink.hasBegun);
});

test('options reach the relay', async t => {
	const {relay, begin} = await startScripted(t, {paused: true, duration: '2s', loop: true});
	await begin();
	t.like(relay().recipe, {paused: true, durationUs: 2_000_000, loop: true, startUs: 0});
});

test('play and pause go to the relay, as often as they are said', async t => {
	const {streamer, relay, begin} = await startScripted(t);
	await begin();
	for (const word of ['pause', 'pause', 'play'] as const) streamer[word]();
	t.deepEqual(relay().calls, ['pause', 'pause', 'play']);
});

test('a word that comes before the relay plays is not lost', async t => {
	const {streamer, relay, source} = await startScripted(t);
	streamer.pause();
	source.emit('ready', live);
	t.true(relay().recipe.paused);
	streamer.play();
	relay().begin();
	t.deepEqual(relay().calls, ['play', 'play']);
});

test('exit completes what is written', async t => {
	const {streamer, relay, begin, sink} = await startScripted(t, {output: 'a.ts'});
	await begin();
	const end = streamer.exit();
	t.is(streamer.state, 'finishing');
	t.deepEqual(relay().calls, ['finish']);
	relay().emit('eos');
	t.deepEqual(await end, whole);
	t.deepEqual(sink.ends, [true]);
	t.deepEqual(await streamer.exit(), whole);
});

test('exit before anything was written leaves nothing, and is no failure', async t => {
	const {streamer, source, sink} = await startScripted(t, {output: 'a.ts', paused: true});
	source.emit('ready', live);
	t.like(await streamer.exit(), {error: null});
	t.deepEqual(sink.ends, [false]);
});

test('what comes to the output while nothing is broken off counts for nothing', async t => {
	const {streamer, source, sink, relay} = await startScripted(t, {output: 'a.ts'});
	source.emit('ready', live);
	const end = streamer.exit();
	relay().write(1);
	t.deepEqual(await end, {error: null, note: 'a part stays'});
	t.is(streamer.status().frames, 0);
	t.deepEqual(sink.ends, [false]);
});

test('exit before there is an input ends at once', async t => {
	const {streamer} = await startScripted(t);
	t.deepEqual(await streamer.exit(), {error: null, note: 'nothing was written'});
});

test('a peer that does not let go is left after five seconds', async t => {
	const {streamer, relay, begin, clock} = await startScripted(t);
	await begin();
	const end = streamer.exit();
	await clock.pass(4999);
	t.deepEqual(relay().calls, ['finish']);
	await clock.pass(1);
	t.deepEqual(relay().calls, ['finish', 'stop']);
	t.deepEqual(await end, whole);
});

test('a file that cannot be completed is a failure', async t => {
	const {streamer, begin, clock, sink} = await startScripted(t, {output: 'a.ts'});
	await begin();
	const end = streamer.exit();
	await clock.pass(5000);
	t.like(await end, {error: {code: 'FILE_UNWRITABLE'}, note: 'a part stays'});
	t.deepEqual(sink.ends, [false]);
});

test('a peer that fails while it is left is no failure, a disk is', async t => {
	const peer = await startScripted(t);
	await peer.begin();
	const end = peer.streamer.exit();
	peer.relay().fail('output');
	t.deepEqual(await end, whole);

	const disk = await startScripted(t, {output: 'a.ts'});
	await disk.begin();
	const failed = disk.streamer.exit();
	disk.relay().fail('output', 'FILE_UNWRITABLE', 'No space');
	t.like(await failed, {error: {code: 'FILE_UNWRITABLE', message: 'No space'}});
});

test('without --reconnect a failure is the end, and tells no secret', async t => {
	const {streamer, relay, begin} = await startScripted(t);
	await begin();
	relay().fail('output', 'RTMP_REFUSED', 'rtmp://server/live/secret: stream secret is in use');
	t.like(await streamer.ended, {
		error: {code: 'RTMP_REFUSED', message: 'rtmp://server/live/***: stream *** is in use'},
	});
	t.is(streamer.state, 'failed');
	t.like(streamer.status(), {output: 'rtmp://server/live/***', error: {code: 'RTMP_REFUSED'}});
});

test('with --reconnect a file goes on where the output was lost, after growing pauses', async t => {
	const {streamer, relay, relays, begin, clock, told} = await startScripted(t, {reconnect: true});
	await begin();
	relay().write(3);
	relay().fail('output');
	await clock.pass(249);
	t.is(streamer.state, 'reconnecting');
	t.is(relays.length, 1);
	await clock.pass(1);
	t.is(relays.length, 2);
	t.is(relay().recipe.startUs, 3_000_000);
	relay().fail('output');
	await clock.pass(499);
	t.is(relays.length, 2);
	await clock.pass(1);
	relay().begin();
	t.is(streamer.state, 'playing');
	t.deepEqual(told.slice(2), [
		'lost: Connection refused',
		'reconnecting',
		'lost: Connection refused',
		'back',
		'playing',
	]);
	t.like(streamer.status(), {position: 3, reconnects: 1, error: null});
});

for (const loop of [false, true])
	test(`a film ${loop ? 'in a loop ' : ''}goes on at its own time, whatever was written twice`, async t => {
		const {relay, begin, clock} = await startScripted(t, {reconnect: true, loop});
		await begin();
		relay().write(19);
		relay().fail('output');
		await clock.pass(250);
		t.is(relay().recipe.startUs, 19_000_000);
		// It begins with the key frame before that, at 10.
		relay().begin();
		relay().write(15, 25);
		relay().fail('output');
		await clock.pass(10_000);
		t.is(relay().recipe.startUs, 25_000_000);
	});

test('the duration counts over all that was written', async t => {
	const options = {reconnect: true, duration: '10s'};
	const {relay, begin, clock} = await startScripted(t, options);
	await begin();
	relay().write(4);
	relay().fail('output');
	await clock.pass(250);
	t.is(relay().recipe.durationUs, 6_000_000);
});

test('a pause that was asked for holds for the next relay', async t => {
	const {streamer, relay, begin, clock} = await startScripted(t, {reconnect: true});
	await begin();
	relay().fail('output');
	streamer.pause();
	await clock.pass(250);
	t.true(relay().recipe.paused);
});

for (const when of ['between two tries', 'during a try'])
	test(`what was written before the output was lost is whole, left ${when}`, async t => {
		const {streamer, relay, relays, begin, clock, sink} = await startScripted(t, {
			reconnect: true,
		});
		await begin();
		relay().fail('output');
		await settle();
		if (when === 'during a try') await clock.pass(250);
		t.is(relays.length, when === 'during a try' ? 2 : 1);
		t.is(streamer.state, 'reconnecting');
		t.deepEqual(await streamer.exit(), whole);
		t.deepEqual(sink.ends, [true]);
	});

test('after five good seconds the pauses begin anew', async t => {
	const {relay, relays, begin, clock} = await startScripted(t, {reconnect: true});
	await begin();
	for (const pauseMs of [250, 500]) {
		relay().fail('output');
		await clock.pass(pauseMs);
		relay().begin();
	}
	await clock.pass(5000);
	relay().fail('output');
	await clock.pass(250);
	t.is(relays.length, 4);
});

test('what was broken off within a file is not tried again', async t => {
	const {streamer, relay, begin, sink} = await startScripted(t, {output: 'a.ts', reconnect: true});
	await begin();
	relay().fail('input', 'INPUT_UNREADABLE', 'Gone');
	t.like(await streamer.ended, {error: {code: 'INPUT_UNREADABLE'}, note: 'a part stays'});
	t.deepEqual(sink.ends, [false]);
});

test('with --reconnect an input that is not there yet is waited for, whatever the output is', async t => {
	const {streamer, relay, relays, source, clock} = await startScripted(t, {
		...{input: 'http://server/index.m3u8', output: 'a.ts', reconnect: true},
	});
	source.emit('ready', {type: 'uri', uri: 'http://server/index.m3u8', live: false});
	relay().fail('input', 'INPUT_UNREADABLE', 'Not found');
	await settle();
	t.is(streamer.state, 'reconnecting');
	await clock.pass(250);
	t.is(relays.length, 2);
	relay().fail('output', 'FILE_UNWRITABLE', 'Read-only file system');
	t.like(await streamer.ended, {error: {code: 'FILE_UNWRITABLE'}});
});

test('a file that cannot be read is not tried again', async t => {
	const {streamer, source, relay} = await startScripted(t, {reconnect: true});
	source.emit('ready', {type: 'uri', uri: 'file:///none', live: false});
	relay().fail('input', 'FILE_UNREADABLE', 'No such file');
	t.like(await streamer.ended, {error: {code: 'FILE_UNREADABLE'}});
});

test('with --reconnect a live input that ends is fetched again', async t => {
	const uri = {type: 'uri', uri: 'rtmp://a/b/c', live: true} as const;
	const options = {input: 'rtmp://a/b/c', reconnect: true};
	const {relay, relays, begin, clock} = await startScripted(t, options, uri);
	await begin();
	relay().emit('eos');
	await clock.pass(250);
	t.is(relays.length, 2);
});

test('a live input that has given its duration is not fetched again', async t => {
	const uri = {type: 'uri', uri: 'rtmp://a/b/c', live: true} as const;
	const options = {input: 'rtmp://a/b/c', reconnect: true, duration: '3s'};
	const {streamer, relay, begin} = await startScripted(t, options, uri);
	await begin();
	relay().write(3);
	relay().emit('eos');
	t.deepEqual(await streamer.ended, whole);
});

test('a camera that is lost ends a file in order, with a failure', async t => {
	const options = {input: 'rtsp://camera/x', output: 'a.ts'};
	const {streamer, relay, source, begin, sink} = await startScripted(t, options, live);
	await begin();
	source.emit('lost', gone);
	t.deepEqual(relay().calls, ['finish']);
	relay().emit('eos');
	t.like(await streamer.ended, {error: {code: 'RTSP_LOST', message: 'Camera hung up'}});
	t.deepEqual(sink.ends, [true]);
});

test('an input that breaks off ends a file in order, with a failure, once', async t => {
	const options = {input: 'srt://camera:9000', output: 'a.ts', reconnect: true};
	const uri = {type: 'uri', uri: 'srt://camera:9000', live: true} as const;
	const {streamer, relay, relays, begin, sink} = await startScripted(t, options, uri);
	await begin();
	relay().loseInput('INPUT_UNREADABLE', 'Gone');
	t.is(streamer.state, 'finishing');
	t.deepEqual(relay().calls, ['finish']);
	relay().emit('eos');
	t.like(await streamer.ended, {error: {code: 'INPUT_UNREADABLE', message: 'Gone'}, note: null});
	t.deepEqual(sink.ends, [true]);
	t.is(relays.length, 1);
});

test('a file that cannot be completed without its input ends with what broke off', async t => {
	const {streamer, relay, begin, clock, sink} = await startScripted(t, {output: 'a.ts'});
	await begin();
	relay().loseInput('INPUT_UNREADABLE', 'Gone');
	await clock.pass(5000);
	t.deepEqual(relay().calls, ['finish', 'stop']);
	t.like(await streamer.ended, {error: {code: 'INPUT_UNREADABLE'}, note: 'a part stays'});
	t.deepEqual(sink.ends, [false]);
});

test('with --reconnect the output stays while a camera is gone', async t => {
	const options = {input: 'rtsp://camera/x', reconnect: true};
	const {streamer, relays, source, begin, told} = await startScripted(t, options, live);
	await begin();
	source.emit('lost', gone);
	t.is(streamer.state, 'reconnecting');
	t.like(streamer.status(), {error: {code: 'RTSP_LOST'}});
	source.emit('back');
	t.is(streamer.state, 'playing');
	t.is(relays.length, 1);
	t.deepEqual(told.slice(2), ['lost: Camera hung up', 'reconnecting', 'back', 'playing']);
});

test('a wrong password is not tried again', async t => {
	const options = {input: 'rtsp://camera/x', reconnect: true};
	const {streamer, source} = await startScripted(t, options, live);
	source.emit('lost', new MediaError('RTSP_UNAUTHORIZED', 'Wrong password'));
	t.like(await streamer.ended, {error: {code: 'RTSP_UNAUTHORIZED'}});
});

test('a camera that is not there yet is waited for', async t => {
	const options = {input: 'rtsp://camera/x', reconnect: true};
	const {streamer, source, begin} = await startScripted(t, options, live);
	source.emit('lost', new MediaError('RTSP_CONNECT', 'Refused'));
	t.is(streamer.state, 'reconnecting');
	await begin();
	t.is(streamer.state, 'playing');
});

test('the status has speeds once two looks were taken', async t => {
	const {streamer, relay, begin, clock} = await startScripted(t);
	await begin();
	t.like(streamer.status(), {bitrate: null, frameRate: null});
	for (const seconds of [2, 3]) {
		relay().write(seconds);
		await clock.pass(1000);
	}
	t.like(streamer.status(), {position: 3, frames: 75, bitrate: 800_000, frameRate: 25});
});

test('nothing follows the end', async t => {
	const {streamer, relay, begin, told, clock, source} = await startScripted(t);
	await begin();
	relay().emit('eos');
	await streamer.ended;
	const before = told.length;
	streamer.play();
	streamer.pause();
	source.emit('lost', gone);
	await clock.pass(10_000);
	await settle();
	t.is(told.length, before);
	t.is(clock.pending, 0);
});
