import test from 'ava';
import {MediaError} from '../../../lib/errors.ts';
import {config, startControl} from '../../helpers/control.ts';

test('a publisher opens a path of a pattern, is read, and takes it with it', async t => {
	const {publish, join, clock, streams, control} = startControl(
		t,
		'paths: {"~^live/.*$": {publisherGrace: 2s}}',
	);
	const publishing = publish('live/a');
	await clock.pass(0);
	const publication = await publishing;
	t.true(publication.stream === streams[0]?.id);
	streams[0]?.takeFrame({key: true});
	streams[0]?.beginEpoch();
	t.like(control.get('live/a'), {
		confName: '~^live/.*$',
		ready: true,
		source: {type: 'rtspSession', id: publication.publisher},
	});
	const admission = await join('live/a');
	const ended = new Promise(resolve => admission.once('ended', resolve));
	publication.leave(new MediaError('RTSP_LOST', 'Connection was closed'));
	publication.leave(new MediaError('RTSP_LOST', 'Connection was closed'));
	await clock.pass(2000);
	t.is(await ended, 'PATH_NOT_READY');
	t.deepEqual(control.list(), []);
});

test('publishers are refused unknown paths, paths with a source, and names that cannot be', async t => {
	const {publish, control} = startControl(
		t,
		'paths: {cam: {source: "test:"}, away: {source: redirect, sourceRedirect: "rtsp://x/y"}, "~^film(.+)$": {source: "rtsp://127.0.0.1/$G1", sourceOnDemand: yes}}',
	);
	const codeOf = async (path: string) => (await t.throwsAsync<MediaError>(publish(path))).code;
	t.is(await codeOf('other'), 'PATH_NOT_FOUND');
	t.is(await codeOf('cam'), 'PATH_HAS_SOURCE');
	t.is(await codeOf('film1'), 'PATH_HAS_SOURCE');
	t.is(await codeOf('away'), 'PATH_HAS_SOURCE');
	t.is(await codeOf('a//b'), 'PATH_NOT_FOUND');
	await t.throwsAsync(publish('v3/a'), {
		message: "Path v3/a cannot be: names that begin with v3 are taken by the server's own pages",
	});
	t.is(control.list().length, 1);
});

test('a publisher that announces and sends nothing is told that, and many that come and go flood no log', async t => {
	const {publish, clock, lines, logger} = startControl(
		t,
		'{readTimeout: 20s, paths: {all_others: {}}}',
	);
	logger.level = 'info';
	void publish('held').catch(() => {});
	await clock.pass(0);
	await clock.pass(11_000);
	t.true(lines.some(line => line.includes('held has a publisher, but it sent no media in 10 s')));
	for (let number = 0; number < 300; number++) void publish(`flood${number}`).catch(() => {});
	await clock.pass(0);
	t.true(lines.filter(line => line.includes('publisher comes in')).length < 150);
});

test('a publisher that loses its place hears why', async t => {
	const {publish, clock, control} = startControl(t, 'paths: {all_others: {}}');
	const first = publish('live');
	await clock.pass(0);
	const seen: string[] = [];
	(await first).on('ended', (code, message) => seen.push(code, message));
	const second = publish('live');
	await clock.pass(0);
	t.deepEqual(seen, ['PATH_TAKEN', 'Path live has another publisher now']);
	t.like(control.get('live'), {source: {id: (await second).publisher}});
});

test('a path that becomes a published one by a reload lets its readers go and takes a publisher', async t => {
	const {publish, join, clock, sources, control} = startControl(
		t,
		'paths: {cam: {source: "test:"}}',
	);
	await clock.pass(0);
	sources[0]?.deliver();
	const admission = await join('cam');
	const ended = new Promise(resolve => admission.once('ended', resolve));
	control.reload(config('paths: {cam: {}}'));
	t.is(await ended, 'PATH_NOT_FOUND');
	const publishing = publish('cam');
	await clock.pass(0);
	const {publisher} = await publishing;
	t.like(control.get('cam'), {source: {id: publisher}});
});

test('a path of a pattern with a publisher outlives its own entry', async t => {
	const {publish, clock, streams, control} = startControl(t, 'paths: {live: {}, all_others: {}}');
	const publishing = publish('live');
	await clock.pass(0);
	streams[0]?.takeFrame({key: true});
	streams[0]?.beginEpoch();
	await publishing;
	control.reload(config('paths: {all_others: {}}'));
	t.like(control.get('live'), {ready: true, confName: 'all_others'});
});

test('a pipeline publishes by the rules that hold for all', async t => {
	const {offer, publish, clock, streams, control} = startControl(
		t,
		'paths: {live: {}, cam: {source: "test:"}}',
	);
	t.deepEqual(offer('cam').calls, ['refuse Path cam has a source of its own']);
	const made = offer('live');
	await clock.pass(0);
	t.deepEqual(made.calls, [`accept ${streams[1]?.id}`]);
	t.like(control.get('live'), {source: {type: 'pipeline'}});
	const publishing = publish('live');
	await clock.pass(0);
	t.deepEqual(made.calls.slice(1), ['refuse Path live has another publisher now']);
	t.truthy(await publishing);
	made.emit('withdrawn');
	t.like(control.get('live'), {source: {type: 'rtspSession'}});
});

test('a pipeline that rests leaves its place, and may come again under the same id', async t => {
	const {offer, clock, streams, control} = startControl(t, 'paths: {live: {}}');
	const made = offer('live', 7);
	await clock.pass(0);
	streams[0]?.takeFrame({key: true});
	streams[0]?.beginEpoch();
	made.emit('withdrawn');
	t.is(control.get('live')?.state, 'reconnecting');
	const again = offer('live', 7);
	await clock.pass(0);
	streams[0]?.takeFrame({key: true});
	streams[0]?.beginEpoch();
	t.deepEqual(again.calls, [`accept ${streams[0]?.id}`]);
	t.is(control.get('live')?.state, 'ready');
	t.is(streams.length, 1);
});

test('close sends publishers away', async t => {
	const {publish, clock, control} = startControl(t, 'paths: {live: {}}');
	const publishing = publish('live');
	await clock.pass(0);
	const publication = await publishing;
	const ended = new Promise(resolve => publication.once('ended', resolve));
	await control.close();
	t.is(await ended, 'PATH_NOT_READY');
	t.is(clock.pending, 0);
	t.is((await t.throwsAsync<MediaError>(publish('live'))).code, 'PATH_NOT_FOUND');
});
