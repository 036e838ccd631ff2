import test from 'ava';
import {place, publisher, reader, startPath} from '../../helpers/path.ts';
import {flow, startPublished} from '../../helpers/published-path.ts';

test('the first publisher opens the stream, and readers come in with its first key frame', async t => {
	const {path, clock, streams, send, told, lines} = startPublished(t);
	path.publish(publisher('p'));
	await clock.pass(0);
	t.deepEqual(told('p'), ['published']);
	t.is(streams.length, 1);
	path.join(reader('a'));
	t.deepEqual(told('a'), []);
	await send();
	t.is(path.state, 'ready');
	t.deepEqual(told('a'), ['admitted']);
	t.deepEqual(lines, ['rtsp publisher comes in', 'source ready: 1 track (H264 1920x1080 25 fps)']);
});

test('without a publisher readers are refused at once', async t => {
	const {path, codeFor, publish, leave, clock} = startPublished(t);
	path.join(reader('early'));
	t.is(codeFor('early'), 'PATH_NOT_READY');
	await publish('p');
	leave('p');
	await clock.pass(10_000);
	path.join(reader('late'));
	t.is(codeFor('late'), 'PATH_NOT_READY');
});

test('facts name the publisher as the source, and nobody when it is gone', async t => {
	const {path, publish, leave} = startPublished(t);
	t.is(path.facts().source, null);
	await publish('rtsp-7');
	t.deepEqual(path.facts().source, {type: 'rtspSession', id: 'rtsp-7'});
	leave('rtsp-7');
	t.is(path.facts().source, null);
});

test('readers are held when the publisher goes, and get an epoch from the next one', async t => {
	const {path, clock, publish, leave, streams, told, lines} = startPublished(t);
	await publish('p');
	path.join(reader('a'));
	leave('p');
	t.is(path.state, 'reconnecting');
	t.like(path.facts(), {error: {code: 'RTSP_LOST'}});
	await clock.pass(9999);
	t.deepEqual(told('a'), ['admitted']);
	await publish('q');
	t.is(path.state, 'ready');
	t.deepEqual(told('a'), ['admitted', 'epoch']);
	t.is(streams.length, 1);
	t.is(path.facts().reconnects, 1);
	t.deepEqual(lines.slice(2), [
		'source lost: Connection was closed',
		'rtsp publisher comes in',
		'source is back: 1 track (H264 1920x1080 25 fps)',
	]);
});

test('readers are sent away and the stream is closed when nobody publishes again in time', async t => {
	const {path, clock, publish, leave, streams, told, codeFor} = startPublished(t, {
		publisherGrace: 3000,
	});
	await publish('p');
	path.join(reader('a'));
	leave('p');
	await clock.pass(2999);
	t.false(streams[0]?.isClosed);
	await clock.pass(1);
	t.is(path.state, 'idle');
	t.true(streams[0]?.isClosed);
	t.deepEqual(told('a'), ['admitted', 'ended']);
	t.is(codeFor('a'), 'PATH_NOT_READY');
	t.is(clock.pending, 0);
	await publish('q');
	t.is(path.state, 'ready');
	t.is(streams.length, 2);
});

test('the grace begins anew when somebody publishes, whose key frame may be late', async t => {
	const started = startPublished(t);
	const {path, clock, publish, leave, send, told} = started;
	await publish('p');
	path.join(reader('a'));
	leave('p');
	await clock.pass(9000);
	path.publish(publisher('q'));
	await flow(started, 9);
	t.deepEqual(told('a'), ['admitted']);
	await send();
	t.deepEqual(told('a'), ['admitted', 'epoch']);
});

test('a publisher that sends no key frame within the grace costs the readers, not its own place', async t => {
	const started = startPublished(t);
	const {path, publish, leave, send, told, codeFor} = started;
	await publish('p');
	path.join(reader('a'));
	leave('p');
	path.publish(publisher('q'));
	await flow(started, 10);
	t.is(path.state, 'failed');
	t.deepEqual(told('a'), ['admitted', 'ended']);
	path.join(reader('b'));
	t.is(codeFor('b'), 'PATH_FAILED');
	t.deepEqual(told('q'), ['published']);
	await send();
	t.is(path.state, 'ready');
});

test('a second publisher takes the place of the first, and readers stay', async t => {
	const {path, publish, streams, told, codeFor} = startPublished(t);
	await publish('p');
	path.join(reader('a'));
	await publish('q');
	t.deepEqual(told('p'), ['published', 'unpublished']);
	t.is(codeFor('p'), 'PATH_TAKEN');
	t.deepEqual(told('q'), ['published']);
	t.deepEqual(told('a'), ['admitted', 'epoch']);
	t.is(path.state, 'ready');
	t.is(streams.length, 1);
	t.like(path.facts(), {source: {id: 'q'}});
});

test('the first publisher hears that it is replaced before the second may send', async t => {
	const {publish, messages} = startPublished(t);
	await publish('p');
	await publish('q');
	const names = messages.flatMap(message => ('publisher' in message ? [message.type] : []));
	t.deepEqual(names, ['published', 'unpublished', 'published']);
});

test('a second publisher is refused where overridePublisher is off', async t => {
	const {path, publish, leave, told, codeFor} = startPublished(t, {overridePublisher: false});
	await publish('p');
	await publish('q');
	t.deepEqual(told('q'), ['rejected']);
	t.is(codeFor('q'), 'PATH_TAKEN');
	t.deepEqual(told('p'), ['published']);
	leave('p');
	await publish('r');
	t.deepEqual(told('r'), ['published']);
	t.is(path.state, 'ready');
});

test('publishers that come in one breath leave the last one in', async t => {
	const {path, clock, told, codeFor} = startPublished(t);
	path.publish(publisher('p'));
	path.publish(publisher('q'));
	await clock.pass(0);
	t.deepEqual(told('p'), ['rejected']);
	t.is(codeFor('p'), 'PATH_TAKEN');
	t.deepEqual(told('q'), ['published']);
});

test('a publisher that leaves before it was let in leaves nothing behind', async t => {
	const {path, clock, leave, streams, told} = startPublished(t);
	path.publish(publisher('p'));
	path.join(reader('a'));
	leave('p');
	await clock.pass(0);
	t.is(path.state, 'idle');
	t.deepEqual(told('p'), []);
	t.deepEqual(told('a'), ['refused']);
	t.true(streams[0]?.isClosed);
	t.is(clock.pending, 0);
});

test('a publisher that leaves before its first key frame leaves its readers without a stream', async t => {
	const {path, clock, leave, told, codeFor} = startPublished(t);
	path.publish(publisher('p'));
	await clock.pass(0);
	path.join(reader('a'));
	leave('p');
	t.deepEqual(told('a'), ['refused']);
	t.is(codeFor('a'), 'PATH_NOT_READY');
	t.is(path.state, 'idle');
});

test('who leaves after it was replaced changes nothing', async t => {
	const {path, publish, leave, told} = startPublished(t);
	await publish('p');
	await publish('q');
	leave('p');
	t.is(path.state, 'ready');
	t.deepEqual(told('q'), ['published']);
});

test('a publisher that sends nothing for readTimeout is sent away', async t => {
	const {path, clock, told, codeFor} = startPublished(t, {readTimeoutMs: 3000});
	path.publish(publisher('p'));
	await clock.pass(3000);
	t.deepEqual(told('p'), ['published', 'unpublished']);
	t.is(codeFor('p'), 'SOURCE_SILENT');
	t.is(path.state, 'idle');
	t.is(clock.pending, 0);
});

test('a publisher that falls silent is sent away after readTimeout, and readers are held then', async t => {
	const {path, clock, publish, told, codeFor} = startPublished(t, {readTimeoutMs: 7000});
	await publish('p');
	path.join(reader('a'));
	await clock.pass(7000);
	t.is(path.state, 'ready');
	await clock.pass(1000);
	t.is(codeFor('p'), 'SOURCE_SILENT');
	t.is(path.state, 'reconnecting');
	await clock.pass(9999);
	t.deepEqual(told('a'), ['admitted']);
});

test('a reader that waits for a key frame is told when it does not come, and the publisher stays', async t => {
	const started = startPublished(t);
	const {path, send, told, codeFor} = started;
	path.publish(publisher('p'));
	path.join(reader('a'));
	await flow(started, 10);
	t.is(codeFor('a'), 'PATH_TIMEOUT');
	await send();
	t.is(path.state, 'ready');
	t.deepEqual(told('p'), ['published']);
});

test('the publisher of a failed path may leave, or be replaced', async t => {
	const started = startPublished(t);
	const {path, publish, leave, told} = started;
	path.publish(publisher('p'));
	await flow(started, 10);
	t.is(path.state, 'failed');
	await publish('q');
	t.is(path.state, 'ready');
	t.deepEqual(told('p'), ['published', 'unpublished']);
	leave('q');
	await flow(started, 10);
	t.is(path.state, 'idle');
});

test('a path with a source of its own takes no publisher', async t => {
	const {path, clock, told, codeFor} = startPath(t);
	path.publish(publisher('p'));
	await clock.pass(0);
	t.deepEqual(told('p'), ['rejected']);
	t.is(codeFor('p'), 'PATH_HAS_SOURCE');
});

test('a change of settings does not touch the publisher', async t => {
	const {path, publish, told, codeFor} = startPublished(t);
	await publish('p');
	path.update(place({source: 'publisher', overridePublisher: false, rtspTransport: 'udp'}));
	t.is(path.state, 'ready');
	t.deepEqual(told('p'), ['published']);
	await publish('q');
	t.is(codeFor('q'), 'PATH_TAKEN');
});

test('a path that a pattern made for its publisher stays while it is there, readers or not', async t => {
	const started = startPublished(t, {}, true);
	const {path, clock, publish, leave} = started;
	await publish('p');
	await flow(started, 60);
	t.is(path.state, 'ready');
	t.false(path.isEmpty);
	leave('p');
	await clock.pass(10_000);
	t.is(path.state, 'idle');
	t.true(path.isEmpty);
});
