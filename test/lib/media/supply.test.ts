import test from 'ava';
import {place, reader, startPath} from '../../helpers/path.ts';

test('tracks alone do not make a path ready: the first key frame does', async t => {
	const {path, clock, source} = startPath(t);
	await clock.pass(0);
	source().stream.beginEpoch();
	await clock.pass(1000);
	t.is(path.state, 'starting');
	source().stream.takeFrame({key: true});
	await clock.pass(100);
	t.is(path.state, 'ready');
});

test('a source that never delivered is failed after the third failed try, and a static one is tried on', async t => {
	const {path, clock, sources, source, told, messages} = startPath(t);
	path.join(reader('a'));
	await clock.pass(0);
	source().fail();
	await clock.pass(250);
	source().fail();
	await clock.pass(500);
	t.is(path.state, 'starting');
	source().fail();
	t.is(path.state, 'failed');
	t.deepEqual(told('a'), ['refused']);
	t.like(messages[0], {code: 'PATH_FAILED', context: {reason: 'RTSP_CONNECT'}});
	await clock.pass(1000);
	t.is(sources.length, 4);
	source().deliver();
	t.is(path.state, 'ready');
});

test('pauses between tries double up to 15 s', async t => {
	const {clock, sources, source} = startPath(t);
	await clock.pass(0);
	for (const pause of [250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000]) {
		const tries = sources.length;
		source().fail();
		await clock.pass(pause - 1);
		t.is(sources.length, tries);
		await clock.pass(1);
		t.is(sources.length, tries + 1);
	}
});

test('the start timeout fails a source that does not answer', async t => {
	const {path, clock, codeFor, messages} = startPath(t, place({sourceOnDemandStartTimeout: 4000}));
	path.join(reader('a'));
	await clock.pass(4000);
	t.is(path.state, 'failed');
	t.is(codeFor('a'), 'PATH_FAILED');
	t.like(messages[0], {context: {reason: 'SOURCE_SILENT'}});
});

test('a try that brings nothing within the read timeout is over', async t => {
	const {clock, sources, source} = startPath(t, place({readTimeoutMs: 2000}));
	await clock.pass(2000);
	t.deepEqual(source().calls, ['close']);
	await clock.pass(250);
	t.is(sources.length, 2);
});

test('what the dialogue with a source takes is no media', async t => {
	const {clock, source} = startPath(t, place({readTimeoutMs: 2000}));
	await clock.pass(500);
	source().stream.takeBytes(3000);
	source().emit('connected');
	await clock.pass(1999);
	t.deepEqual(source().calls, []);
	await clock.pass(1);
	t.deepEqual(source().calls, ['close']);
});

test('a try whose media cannot be decrypted brings nothing', async t => {
	const {path, clock, source, messages} = startPath(t, place({readTimeoutMs: 2000}));
	path.join(reader('a'));
	await clock.pass(1000);
	source().stream.takeForeign();
	await clock.pass(1000);
	t.deepEqual(source().calls, ['close']);
	t.deepEqual(messages, []);
});

test('a wrong password fails at once and is tried again only after a minute', async t => {
	const {path, clock, sources, source, messages} = startPath(t);
	path.join(reader('a'));
	await clock.pass(0);
	source().fail('RTSP_UNAUTHORIZED', 'Wrong user or password');
	t.is(path.state, 'failed');
	t.like(messages[0], {code: 'PATH_FAILED', context: {reason: 'RTSP_UNAUTHORIZED'}});
	await clock.pass(59_999);
	t.is(sources.length, 1);
	await clock.pass(1);
	t.is(sources.length, 2);
});

test('a source that is silent for 5 s is closed and fetched again', async t => {
	const {path, clock, deliver, sources} = startPath(t);
	await deliver();
	await clock.pass(5000);
	t.is(path.state, 'ready');
	await clock.pass(1000);
	t.is(path.state, 'reconnecting');
	t.deepEqual(sources[0]?.calls, ['close']);
	await clock.pass(250);
	t.is(sources.length, 2);
});

test('readers are held for sourceHold from the last frame, then ended', async t => {
	const {path, clock, deliver, source, told, codeFor} = startPath(t);
	path.join(reader('a'));
	await deliver();
	await clock.pass(3000);
	source().fail('RTSP_LOST', 'Connection was closed');
	await clock.pass(6999);
	t.deepEqual(told('a'), ['admitted']);
	await clock.pass(1);
	t.deepEqual(told('a'), ['admitted', 'ended']);
	t.is(codeFor('a'), 'PATH_FAILED');
	t.is(path.state, 'failed');
});

test('a new try waits for the end of the last source', async t => {
	const {clock, deliver, sources, source} = startPath(t);
	await deliver();
	const first = source();
	first.close = () => {};
	await clock.pass(8000);
	t.is(sources.length, 1);
	first.emit('stopped');
	await clock.pass(250);
	t.is(sources.length, 2);
});

/** So many kilobits in each second. */
const sendFor = async (
	{clock, streams}: Pick<ReturnType<typeof startPath>, 'clock' | 'streams'>,
	kilobits: readonly number[],
): Promise<void> => {
	for (const count of kilobits) {
		streams.at(-1)?.takeFrame({key: false});
		streams.at(-1)?.takeBytes(count * 125);
		await clock.pass(1000);
	}
};

test('a source above maxIngestBitrate is closed with the reason, and fetched again 15 s later', async t => {
	const started = startPath(t, place({maxIngestBitrate: 1_000_000}));
	const {path, deliver, sources, lines, clock} = started;
	await deliver();
	await sendFor(started, [1500, 1500, 1500, 1500, 1500]);
	t.is(path.state, 'ready');
	await sendFor(started, [1500]);
	t.is(path.state, 'reconnecting');
	t.deepEqual(sources[0]?.calls, ['close']);
	t.is(path.facts().error?.code, 'SOURCE_TOO_FAST');
	t.regex(
		lines.join('\n'),
		/source lost: Source sends 15\d\dkbps, more than 1Mbps \(maxIngestBitrate\)/,
	);
	await clock.pass(14_000);
	t.is(sources.length, 1);
	await clock.pass(1000);
	t.is(sources.length, 2);
});

test('one large second among quiet ones is not above maxIngestBitrate', async t => {
	const started = startPath(t, place({maxIngestBitrate: 1_000_000}));
	await started.deliver();
	await sendFor(started, [300, 3000, 300, 300, 300, 300, 300, 3000, 300, 300, 300, 300]);
	t.is(started.path.state, 'ready');
});

test('maxIngestBitrate is taken up while a source delivers', async t => {
	const started = startPath(t, place());
	await started.deliver();
	await sendFor(started, [9000, 9000, 9000, 9000, 9000, 9000, 9000]);
	t.is(started.path.state, 'ready');
	started.path.update(place({maxIngestBitrate: 8_000_000}));
	await sendFor(started, [9000]);
	t.is(started.path.state, 'reconnecting');
	t.is(started.sources.length, 1);
});
