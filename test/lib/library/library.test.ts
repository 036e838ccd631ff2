import {once} from 'node:events';
import test from 'ava';
import type {MediaError} from '../../../lib/errors.ts';
import {startPaths} from '../../helpers/server.ts';

const picture =
	'videotestsrc is-live=true ! video/x-raw,width=160,height=120,framerate=25/1 ! ' +
	'x264enc tune=zerolatency key-int-max=10 ! hubsink';

test('a pipeline publishes to a path, and what reads it gets its media', async t => {
	const {server, url} = await startPaths(t, {mine: {}});
	const mine = server.path('mine');
	t.is(mine.state, 'idle');
	server.startPipeline(`${picture} path=mine`);
	await once(mine, 'ready');
	t.like(mine.facts, {state: 'ready', tracks: ['H264'], source: {type: 'pipeline'}});
	const answer = await fetch(`${url}/mine/index.m3u8`);
	t.is(answer.status, 200);
});

test('a pipeline reads a path and publishes another one', async t => {
	const {server} = await startPaths(t, {cam: {source: 'test:?size=160x120'}, copy: {}});
	const copy = server.path('copy');
	server.startPipeline('hubsrc path=cam ! h264parse ! hubsink path=copy');
	await once(copy, 'ready');
	t.is(copy.facts?.width, 160);
	t.like(server.path('cam').facts?.readers, [{type: 'pipeline'}]);
});

const failureOf = async (pipeline: NodeJS.EventEmitter): Promise<MediaError> => {
	const stopped = once(pipeline, 'stopped');
	const [error] = (await once(pipeline, 'failed')) as [MediaError];
	await stopped;
	return error;
};

test('a pipeline that may not publish fails with the reason', async t => {
	const {server} = await startPaths(t, {cam: {source: 'test:'}});
	const refused = await failureOf(server.startPipeline(`${picture} path=cam`));
	t.is(refused.message, 'Path cam has a source of its own');
	const unknown = await failureOf(server.startPipeline(`${picture} path=other`));
	t.is(unknown.message, 'Path other is not configured');
});

test('a launch line that makes no sense fails, and stops', async t => {
	const {server} = await startPaths(t, {});
	const error = await failureOf(server.startPipeline('nosuchelement ! fakesink'));
	t.is(error.code, 'PIPELINE_SYNTAX');
});

test('a second pipeline takes the path over, and the first one is told', async t => {
	const {server} = await startPaths(t, {mine: {}});
	const mine = server.path('mine');
	const first = server.startPipeline(`${picture} path=mine`);
	await once(mine, 'ready');
	const failure = failureOf(first);
	const again = once(mine, 'ready');
	server.startPipeline(`${picture} path=mine`);
	t.is((await failure).message, 'Path mine has another publisher now');
	await again;
	t.is(mine.facts?.reconnects, 1);
});

test('a pipeline that pauses leaves its path to others, and takes it again', async t => {
	const {server} = await startPaths(t, {mine: {}});
	const mine = server.path('mine');
	const pipeline = server.startPipeline(`${picture} path=mine`);
	await once(mine, 'ready');
	const held = once(mine, 'reconnecting');
	pipeline.pause();
	await held;
	t.is(mine.facts?.source, null);
	const back = once(mine, 'ready');
	pipeline.play();
	await back;
	t.is(mine.state, 'ready');
});

test('a pipeline can be started paused, and stopped twice', async t => {
	const {server} = await startPaths(t, {mine: {}});
	const pipeline = server.startPipeline(`${picture} path=mine`, {paused: true});
	await once(pipeline, 'paused');
	t.is(server.path('mine').state, 'idle');
	const ready = once(server.path('mine'), 'ready');
	pipeline.play();
	await ready;
	await Promise.all([pipeline.stop(), pipeline.stop()]);
	await pipeline.stop();
	pipeline.play();
	t.is(server.path('mine').state, 'reconnecting');
});

test('a pipeline says when its media has ended', async t => {
	const {server} = await startPaths(t, {});
	const pipeline = server.startPipeline('audiotestsrc num-buffers=3 ! fakesink');
	const stopped = once(pipeline, 'stopped');
	await once(pipeline, 'ended');
	await stopped;
	t.pass();
});

test('pipelines end with their server, and none can be started then', async t => {
	const {server} = await startPaths(t, {mine: {}});
	const pipeline = server.startPipeline(`${picture} path=mine`);
	await once(server.path('mine'), 'ready');
	const stopped = once(pipeline, 'stopped');
	const idle = once(server.path('mine'), 'idle');
	await server.close();
	await Promise.all([stopped, idle]);
	const error = t.throws<MediaError>(() => server.startPipeline('fakesrc ! fakesink'));
	t.is(error.code, 'SERVER_NOT_READY');
});

test('a path is steered by its name', async t => {
	const {server} = await startPaths(t, {cam: {source: 'test:?size=160x120'}});
	const cam = server.path('cam');
	t.is(cam, server.path('cam'));
	if (cam.state !== 'ready') await once(cam, 'ready');
	for (const [word, state] of [
		['pause', 'paused'],
		['play', 'ready'],
		['exit', 'stopped'],
	] as const) {
		const came = once(cam, state);
		cam[word]();
		await came;
		t.is(cam.state, state);
	}
});

test('a path that nobody has made has no facts and cannot be steered', async t => {
	const {server} = await startPaths(t, {});
	const other = server.path('other');
	t.is(other.facts, undefined);
	t.is(t.throws<MediaError>(() => other.pause()).code, 'PATH_NOT_FOUND');
	t.is(t.throws<MediaError>(() => server.path('a//b')).code, 'PATH_NOT_FOUND');
});
