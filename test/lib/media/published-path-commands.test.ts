import test from 'ava';
import {publisher, reader} from '../../helpers/path.ts';
import {startPublished} from '../../helpers/published-path.ts';

test('pause keeps publisher and readers, play goes on', async t => {
	const {path, clock, publish, streams, told} = startPublished(t);
	await publish('p');
	path.join(reader('a'));
	path.pause();
	await clock.pass(60_000);
	t.is(path.state, 'paused');
	path.join(reader('b'));
	path.play();
	t.is(path.state, 'ready');
	t.deepEqual(streams[0]?.calls, ['pause', 'play']);
	t.deepEqual(told('p'), ['published']);
	t.deepEqual([told('a'), told('b')], [['admitted'], ['admitted']]);
});

test('who publishes to a paused path is let in, and is seen after play', async t => {
	const {path, clock, send, streams, told} = startPublished(t);
	path.pause();
	path.publish(publisher('p'));
	await clock.pass(0);
	t.deepEqual(told('p'), ['published']);
	t.deepEqual(streams[0]?.calls, ['pause']);
	t.is(path.state, 'paused');
	path.play();
	t.is(path.state, 'starting');
	t.deepEqual(streams[0]?.calls, ['pause', 'play']);
	await send();
	t.is(path.state, 'ready');
});

test('a publisher that goes while the path is paused is waited for after play', async t => {
	const {path, clock, publish, leave, told} = startPublished(t);
	await publish('p');
	path.join(reader('a'));
	path.pause();
	leave('p');
	await clock.pass(60_000);
	t.is(path.state, 'paused');
	path.play();
	t.is(path.state, 'reconnecting');
	await publish('q');
	t.is(path.state, 'ready');
	t.deepEqual(told('a'), ['admitted', 'epoch']);
});

test('readers of a paused path are sent away if nobody publishes after play', async t => {
	const {path, clock, publish, leave, codeFor} = startPublished(t);
	await publish('p');
	path.join(reader('a'));
	path.pause();
	leave('p');
	path.play();
	await clock.pass(10_000);
	t.is(path.state, 'idle');
	t.is(codeFor('a'), 'PATH_NOT_READY');
	t.is(clock.pending, 0);
});

test('a publisher that is replaced while the path is paused is not missed after play', async t => {
	const {path, publish, send, told} = startPublished(t);
	await publish('p');
	path.join(reader('a'));
	path.pause();
	path.publish(publisher('q'));
	path.play();
	t.is(path.state, 'reconnecting');
	await send();
	t.is(path.state, 'ready');
	t.deepEqual(told('q'), ['published']);
	t.deepEqual(told('a'), ['admitted', 'epoch']);
});

test('exit sends publisher and readers away, and others are refused until play', async t => {
	const {path, publish, told, codeFor, streams, clock} = startPublished(t);
	await publish('p');
	path.join(reader('a'));
	path.exit();
	t.is(path.state, 'stopped');
	await clock.pass(0);
	t.deepEqual([codeFor('p'), codeFor('a')], ['PATH_PAUSED', 'PATH_PAUSED']);
	t.true(streams[0]?.isClosed);
	await publish('q');
	t.deepEqual(told('q'), ['rejected']);
	t.is(codeFor('q'), 'PATH_PAUSED');
	path.play();
	t.is(path.state, 'idle');
	await publish('r');
	t.is(path.state, 'ready');
});

test('a closed path sends its publisher away, leaves no timer and says so once', async t => {
	const {path, clock, publish, told, codeFor, streams} = startPublished(t);
	await publish('p');
	let closed = 0;
	path.on('closed', () => closed++);
	path.close();
	path.close();
	await clock.pass(0);
	t.is(closed, 1);
	t.is(clock.pending, 0);
	t.true(streams[0]?.isClosed);
	t.deepEqual(told('p'), ['published', 'unpublished']);
	t.is(codeFor('p'), 'PATH_NOT_FOUND');
	path.publish(publisher('q'));
	t.is(codeFor('q'), 'PATH_NOT_FOUND');
});
