import test from 'ava';
import {MediaError} from '../../../lib/errors.ts';
import {config, startControl} from '../../helpers/control.ts';
import {settle} from '../../helpers/manual-clock.ts';

test('a reader waits for a source on demand, reads it and leaves', async t => {
	const {join, clock, sources} = startControl(
		t,
		'paths: {cam: {source: "test:", sourceOnDemand: yes}}',
	);
	const joined = join('cam');
	await clock.pass(0);
	sources[0]?.deliver();
	const admission = await joined;
	t.true(sources[0]?.stream.id === admission.stream);
	t.like(admission.tracks, [{type: 'h264', width: 1920}]);
	admission.leave();
	await clock.pass(10_000);
	t.deepEqual(sources[0]?.calls, ['close']);
});

test('a path that is not configured is refused', async t => {
	const {join} = startControl(t, 'paths: {cam: {source: "test:"}}');
	await t.throwsAsync(join('other'), {instanceOf: MediaError, message: /other/});
	t.is((await t.throwsAsync<MediaError>(join('other'))).code, 'PATH_NOT_FOUND');
});

test('a path that may be published and is not has no stream', async t => {
	const {join, control} = startControl(t, 'paths: {all_others: {}}');
	t.is((await t.throwsAsync<MediaError>(join('anything'))).code, 'PATH_NOT_READY');
	t.deepEqual(control.list(), []);
});

test('a pattern makes a path for its readers, and it is forgotten after them', async t => {
	const {join, clock, sources, opened, control} = startControl(
		t,
		'paths: {"~^cam(.+)$": {source: "rtsp://127.0.0.1/$G1", sourceOnDemand: yes}}',
	);
	const joined = join('cam7');
	await clock.pass(0);
	sources[0]?.deliver();
	const admission = await joined;
	t.deepEqual(opened, ['rtsp://127.0.0.1/7']);
	t.like(control.get('cam7'), {confName: '~^cam(.+)$', ready: true});
	admission.leave();
	await clock.pass(10_000);
	t.deepEqual(control.list(), []);
});

test('the cause of a failed source reaches its reader', async t => {
	const {join, clock, sources} = startControl(t, 'paths: {cam: {source: "test:"}}');
	const joined = join('cam');
	await clock.pass(0);
	sources[0]?.fail('RTSP_UNAUTHORIZED', 'Wrong user or password');
	const error = await t.throwsAsync<MediaError>(joined);
	t.like(error, {code: 'PATH_FAILED', context: {path: 'cam', reason: 'RTSP_UNAUTHORIZED'}});
});

test('a reader that takes its wish back holds nothing', async t => {
	const {join, clock, sources, control} = startControl(
		t,
		'paths: {cam: {source: "test:", sourceOnDemand: yes, sourceOnDemandCloseAfter: 5s}}',
	);
	const abort = new AbortController();
	const joined = join('cam', abort.signal);
	await clock.pass(0);
	abort.abort();
	await t.throwsAsync(joined);
	await clock.pass(4999);
	t.is(sources.length, 1);
	await clock.pass(1);
	t.is(control.get('cam')?.state, 'idle');
});

test('epochs and the end of a path reach those who read it', async t => {
	const {join, clock, sources, control} = startControl(t, 'paths: {cam: {source: "test:"}}');
	await clock.pass(0);
	sources[0]?.deliver();
	const admission = await join('cam');
	const seen: string[] = [];
	admission.on('epoch', () => seen.push('epoch'));
	admission.on('ended', code => seen.push(code));
	sources[0]?.fail();
	await clock.pass(250);
	sources[1]?.deliver();
	control.exit('cam');
	await settle();
	t.deepEqual(seen, ['epoch', 'PATH_PAUSED']);
});

test('a reload makes paths log as much as the server does from now on', t => {
	const {control, logger, lines} = startControl(t, 'paths: {cam: {source: "test:"}}');
	control.exit('cam');
	t.deepEqual(lines, []);
	logger.level = 'info';
	control.reload(config('paths: {cam: {source: "test:"}}'));
	control.pause('cam');
	control.play('cam');
	control.exit('cam');
	t.true(lines.some(line => line.includes('stopped by command')));
});

test('a reload opens what is new, closes what is gone and leaves the rest alone', async t => {
	const {clock, sources, opened, control} = startControl(
		t,
		'paths: {a: {source: "test:?gop=1"}, b: {source: "test:?gop=2"}, c: {source: "test:?gop=3"}}',
	);
	await clock.pass(0);
	control.reload(
		config(
			'paths: {a: {source: "test:?gop=1"}, c: {source: "test:?gop=4"}, d: {source: "test:?gop=5"}}',
		),
	);
	await clock.pass(0);
	t.deepEqual(
		control.list().map(({name}) => name),
		['a', 'c', 'd'],
	);
	t.deepEqual(
		opened,
		['test:?gop=1', 'test:?gop=2', 'test:?gop=3', 'test:?gop=4', 'test:?gop=5'].sort(
			byOrder(opened),
		),
	);
	t.deepEqual(
		sources.slice(0, 3).map(({calls}) => calls),
		[[], ['close'], ['close']],
	);
});

test('play, pause and exit of a path that is not there say so', t => {
	const {control} = startControl(t, 'paths: {}');
	for (const command of ['play', 'pause', 'exit'] as const) {
		t.is(t.throws<MediaError>(() => control[command]('cam')).code, 'PATH_NOT_FOUND');
	}
});

test('a scheme that nobody knows fails the path', async t => {
	const {join, clock} = startControl(t, 'paths: {cam: {source: "test:", sourceOnDemand: yes}}', {});
	const joined = join('cam');
	await clock.pass(0);
	const error = await t.throwsAsync<MediaError>(joined);
	t.like(error, {code: 'PATH_FAILED', context: {reason: 'SOURCE_UNSUPPORTED'}});
});

test('a pipeline that wants a path is a reader of it until it goes', async t => {
	const {want, clock, sources, control} = startControl(
		t,
		'paths: {cam: {source: "test:", sourceOnDemand: yes}}',
	);
	const wish = want({path: 'cam', feeds: ['out']});
	await clock.pass(0);
	sources[0]?.deliver();
	t.deepEqual(wish.calls, [`accept ${sources[0]?.stream.id}`]);
	t.like(control.get('cam')?.readers, [{type: 'pipeline'}]);
	wish.emit('unwanted');
	await clock.pass(10_000);
	t.is(control.get('cam')?.state, 'idle');
});

test('pipelines are refused unknown paths, too many readers, and circles', async t => {
	const {want, clock, sources} = startControl(
		t,
		'paths: {a: {source: "test:", maxReaders: 1}, b: {source: "test:"}, c: {source: "test:"}}',
	);
	await clock.pass(0);
	for (const source of sources) source.deliver();
	t.regex(want({path: 'unknown', feeds: []}).calls.join(), /refuse .*unknown/);
	t.regex(want({path: 'a', feeds: ['a']}).calls.join(), /refuse .*feeds/);
	want({path: 'a', feeds: ['b']});
	want({path: 'b', feeds: ['c']});
	t.regex(want({path: 'c', feeds: ['a']}).calls.join(), /refuse .*feeds/);
	t.regex(want({path: 'a', feeds: ['c']}).calls.join(), /refuse .*readers/);
});

test('close ends everything once and leaves no timer', async t => {
	const {join, clock, sources, control} = startControl(
		t,
		'paths: {a: {source: "test:"}, b: {source: "test:"}}',
	);
	await clock.pass(0);
	for (const source of sources) source.deliver();
	const admission = await join('a');
	const seen: string[] = [];
	admission.on('ended', code => seen.push(code));
	await Promise.all([control.close(), control.close()]);
	t.deepEqual(seen, ['PATH_NOT_READY']);
	t.is(clock.pending, 0);
	t.is((await t.throwsAsync<MediaError>(join('a'))).code, 'PATH_NOT_FOUND');
});

const byOrder = (order: string[]) => (a: string, b: string) => order.indexOf(a) - order.indexOf(b);
