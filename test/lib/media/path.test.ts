import test from 'ava';
import {place, reader, startPath} from '../../helpers/path.ts';
import {videoTrack} from '../../helpers/scripted-source.ts';

test('a static source is started at once and lets readers in when it has a key frame', async t => {
	const {path, clock, source, told, lines} = startPath(t);
	path.join(reader('a'));
	await clock.pass(0);
	t.is(path.state, 'starting');
	t.deepEqual(told('a'), []);
	source().deliver();
	t.is(path.state, 'ready');
	t.deepEqual(told('a'), ['admitted']);
	t.deepEqual(lines, ['source ready: 1 track (H264 1920x1080 25 fps)']);
});

test('a reader of a failed static path is refused at once with the cause', async t => {
	const {path, clock, source, codeFor, told} = startPath(t);
	for (const pause of [0, 250, 500]) {
		await clock.pass(pause);
		source().fail('RTSP_NOT_FOUND', 'No such stream');
	}
	path.join(reader('late'));
	t.deepEqual(told('late'), ['refused']);
	t.is(codeFor('late'), 'PATH_FAILED');
	t.like(path.facts(), {state: 'failed', error: {code: 'RTSP_NOT_FOUND'}});
});

test('a source that is connected but gives no key frame in time is a timeout of its own kind', async t => {
	const {path, clock, source, sources, codeFor} = startPath(t);
	path.join(reader('a'));
	for (let second = 0; second < 10; second++) {
		await clock.pass(1000);
		source().stream.takeFrame({key: false});
	}
	await clock.pass(0);
	t.is(codeFor('a'), 'PATH_TIMEOUT');
	t.is(sources.length, 1);
	source().deliver();
	t.is(path.state, 'ready');
});

test('a source on demand waits for its first reader and stops after the last one', async t => {
	const {path, clock, sources, streams, deliver, told, source} = startPath(
		t,
		place({sourceOnDemand: true}),
	);
	await clock.pass(60_000);
	t.is(sources.length, 0);
	path.join(reader('a'));
	await deliver();
	t.deepEqual(told('a'), ['admitted']);
	path.leave('a');
	await clock.pass(4000);
	source().stream.takeFrame({key: true});
	await clock.pass(4000);
	source().stream.takeFrame({key: true});
	t.is(path.state, 'ready');
	await clock.pass(2000);
	t.is(path.state, 'idle');
	t.true(streams[0]?.isClosed);
	t.deepEqual(source().calls, ['close']);
	t.is(clock.pending, 0);
});

test('a reader that comes in time keeps a source on demand running', async t => {
	const {path, clock, deliver, source} = startPath(
		t,
		place({sourceOnDemand: true, sourceOnDemandCloseAfter: 3000}),
	);
	path.join(reader('a'));
	await deliver();
	path.leave('a');
	await clock.pass(2000);
	path.join(reader('b'));
	await clock.pass(2000);
	source().stream.takeFrame({key: true});
	await clock.pass(2000);
	t.is(path.state, 'ready');
});

test('a reader that does not hold is ended when the source on demand stops', async t => {
	const {path, clock, deliver, told, codeFor, source} = startPath(
		t,
		place({sourceOnDemand: true, sourceOnDemandCloseAfter: 1000}),
	);
	path.join(reader('session', {holds: false}));
	await deliver();
	source().stream.takeFrame({key: true});
	await clock.pass(1000);
	t.deepEqual(told('session'), ['admitted', 'ended']);
	t.is(codeFor('session'), 'PATH_NOT_READY');
});

test('a failed source on demand rests, and the next reader starts it no sooner than the pause due', async t => {
	const {path, clock, sources, source, streams} = startPath(t, place({sourceOnDemand: true}));
	path.join(reader('a'));
	for (const pause of [0, 250, 500]) {
		await clock.pass(pause);
		source().fail();
	}
	t.is(path.state, 'failed');
	await clock.pass(100);
	t.true(streams[0]?.isClosed);
	path.join(reader('b'));
	t.is(path.state, 'starting');
	await clock.pass(899);
	t.is(sources.length, 3);
	await clock.pass(1);
	t.is(sources.length, 4);
});

test('a failed source on demand is not tried without readers', async t => {
	const {path, clock, sources, source} = startPath(t, place({sourceOnDemand: true}));
	path.join(reader('a'));
	for (const pause of [0, 250, 500]) {
		await clock.pass(pause);
		source().fail();
	}
	await clock.pass(3_600_000);
	t.is(sources.length, 3);
	t.is(path.state, 'failed');
});

test('a wrong password of a source on demand refuses readers for a minute', async t => {
	const {path, clock, sources, source, codeFor} = startPath(t, place({sourceOnDemand: true}));
	path.join(reader('a'));
	await clock.pass(0);
	source().fail('RTSP_UNAUTHORIZED', 'Wrong user or password');
	await clock.pass(30_000);
	path.join(reader('b'));
	t.is(codeFor('b'), 'PATH_FAILED');
	t.is(sources.length, 1);
	await clock.pass(30_000);
	path.join(reader('c'));
	await clock.pass(0);
	t.is(sources.length, 2);
});

test('readers of a lost source stay, and get an epoch when it is back', async t => {
	const {path, clock, deliver, source, sources, streams, told, lines} = startPath(t);
	path.join(reader('a'));
	await deliver();
	source().fail('RTSP_LOST', 'Connection was closed');
	t.is(path.state, 'reconnecting');
	await clock.pass(250);
	t.is(sources.length, 2);
	source().deliver();
	t.is(path.state, 'ready');
	t.deepEqual(told('a'), ['admitted', 'epoch']);
	t.is(streams.length, 1);
	t.is(path.facts().reconnects, 1);
	t.deepEqual(lines.slice(1), [
		'source lost: Connection was closed',
		'source is back: 1 track (H264 1920x1080 25 fps)',
	]);
});

test('a source that comes back after its readers were sent away has come back as well', async t => {
	const {path, clock, deliver, source, sources} = startPath(t);
	await deliver();
	source().fail('RTSP_LOST', 'Connection was closed');
	await clock.pass(10_000);
	t.is(path.state, 'failed');
	t.is(path.facts().reconnects, 0);
	t.true(sources.length > 1);
	source().deliver();
	t.is(path.state, 'ready');
	t.is(path.facts().reconnects, 1);
});

test('a reader that comes while the source is lost waits for it and never gets old pictures', async t => {
	const {path, clock, deliver, source, told} = startPath(t);
	await deliver();
	source().fail('RTSP_LOST', 'Connection was closed');
	path.join(reader('new'));
	await clock.pass(250);
	t.deepEqual(told('new'), []);
	source().deliver();
	t.deepEqual(told('new'), ['admitted']);
});

test('readers over maxReaders are refused; those that do not count come in', async t => {
	const {path, deliver, told, codeFor} = startPath(t, place({maxReaders: 1}));
	path.join(reader('a'));
	path.join(reader('b'));
	path.join(reader('muxer', {counted: false}));
	await deliver();
	t.deepEqual(told('a'), ['admitted']);
	t.is(codeFor('b'), 'PATH_TOO_MANY_READERS');
	t.deepEqual(told('muxer'), ['admitted']);
	path.leave('a');
	path.join(reader('c'));
	t.deepEqual(told('c'), ['admitted']);
});

test('a reader that starts nothing is refused unless media flows', async t => {
	const {path, deliver, codeFor, told, sources} = startPath(t, place({sourceOnDemand: true}));
	path.join(reader('thumbnail', {start: false}));
	t.is(codeFor('thumbnail'), 'PATH_NOT_READY');
	t.is(sources.length, 0);
	path.join(reader('a'));
	await deliver();
	path.join(reader('second', {start: false, holds: false}));
	t.deepEqual(told('second'), ['admitted']);
});

test('a path that waits for a publisher has no stream', t => {
	const {path, codeFor, sources} = startPath(t, place({source: 'publisher'}));
	path.join(reader('a'));
	t.is(codeFor('a'), 'PATH_NOT_READY');
	t.is(sources.length, 0);
});

test('pause keeps source and readers, play goes on', async t => {
	const {path, clock, deliver, source, told} = startPath(t);
	path.join(reader('a'));
	await deliver();
	path.pause();
	t.is(path.state, 'paused');
	await clock.pass(60_000);
	path.join(reader('b'));
	path.play();
	t.is(path.state, 'ready');
	t.deepEqual(source().calls, ['pause', 'play']);
	t.deepEqual(source().stream.calls, ['pause', 'play']);
	t.deepEqual(told('a'), ['admitted']);
	t.deepEqual(told('b'), ['admitted']);
});

test('a source that is lost while paused is fetched again by play', async t => {
	const {path, clock, deliver, source, sources, told} = startPath(t);
	path.join(reader('a'));
	await deliver();
	path.pause();
	source().fail('RTSP_LOST', 'Connection was closed');
	await clock.pass(60_000);
	t.is(path.state, 'paused');
	t.is(sources.length, 1);
	path.play();
	await deliver();
	t.is(path.state, 'ready');
	t.deepEqual(told('a'), ['admitted', 'epoch']);
});

test('exit ends readers and stops the source until play', async t => {
	const {path, clock, deliver, source, sources, codeFor} = startPath(t);
	path.join(reader('a'));
	await deliver();
	path.exit();
	t.is(path.state, 'stopped');
	t.deepEqual(source().calls, ['close']);
	t.is(codeFor('a'), 'PATH_PAUSED');
	path.join(reader('b'));
	t.is(codeFor('b'), 'PATH_PAUSED');
	await clock.pass(3_600_000);
	t.is(sources.length, 1);
	path.play();
	await deliver();
	t.is(path.state, 'ready');
});

test('a new source of a reload takes the place of the old one before the same readers', async t => {
	const {path, clock, deliver, source, sources, told} = startPath(t);
	path.join(reader('a'));
	await deliver();
	path.update(place({source: 'rtsp://127.0.0.1/other'}));
	await clock.pass(0);
	t.deepEqual(sources[0]?.calls, ['close']);
	t.is(sources.length, 2);
	source().deliver();
	t.deepEqual(told('a'), ['admitted', 'epoch']);
});

test('a change that does not concern the source does not touch it', async t => {
	const {path, deliver, source, sources, told} = startPath(t);
	await deliver();
	path.update(place({maxReaders: 1, readTimeoutMs: 5000}));
	t.is(path.state, 'ready');
	t.is(sources.length, 1);
	t.deepEqual(source().calls, []);
	path.join(reader('a'));
	path.join(reader('b'));
	t.deepEqual([told('a'), told('b')], [['admitted'], ['refused']]);
});

test('parameters that change in mid-stream reach the readers', async t => {
	const {path, deliver, source, messages} = startPath(t);
	path.join(reader('a'));
	await deliver();
	source().stream.beginEpoch([{...videoTrack, width: 640, height: 360} as typeof videoTrack]);
	t.like(messages.at(-1), {type: 'epoch', reader: 'a', tracks: [{width: 640}]});
});

test('a path that exists for its readers is idle again some time after its source has failed', async t => {
	const {path, clock, source} = startPath(t, place({}, true));
	path.join(reader('a'));
	for (const pause of [0, 250, 500]) {
		await clock.pass(pause);
		source().fail();
	}
	t.is(path.state, 'failed');
	await clock.pass(15_000);
	t.is(path.state, 'idle');
	t.is(clock.pending, 0);
});

test('a closed path ends its readers, leaves no timer and says so once', async t => {
	const {path, clock, deliver, source, streams, told} = startPath(t);
	path.join(reader('a'));
	await deliver();
	let closed = 0;
	path.on('closed', () => closed++);
	path.close();
	path.close();
	await clock.pass(0);
	t.is(closed, 1);
	t.is(clock.pending, 0);
	t.true(streams[0]?.isClosed);
	t.deepEqual(source().calls, ['close']);
	t.deepEqual(told('a'), ['admitted', 'ended']);
	path.join(reader('b'));
	path.play();
	path.update(place({source: 'rtsp://127.0.0.1/other'}));
	await clock.pass(1000);
	t.deepEqual(told('b'), ['refused']);
	t.is(clock.pending, 0);
});
