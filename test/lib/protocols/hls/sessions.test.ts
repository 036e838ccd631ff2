import test from 'ava';
import {MediaError} from '../../../../lib/errors.ts';
import {Sessions} from '../../../../lib/protocols/hls/sessions.ts';
import {scriptedControl} from '../../../helpers/delivery.ts';
import {until} from '../../../helpers/until.ts';

const viewer = (client = 'a', path = 'cam') => ({path, peer: '127.0.0.1:1', client});

const open = (options: Parameters<typeof scriptedControl>[0] = {}) => {
	const control = scriptedControl(options);
	const time = {ms: 0};
	const sessions = new Sessions({delivery: control.delivery, clock: () => time.ms});
	return {...control, sessions, time};
};

test('a session is one counted reader that holds no source', async t => {
	const {sessions, wishes, readers} = open();
	const id = await sessions.begin(viewer());
	t.regex(id, /^[0-9a-f]{16}$/);
	await sessions.use(id, viewer());
	await sessions.use(id, viewer());
	t.is(readers.size, 1);
	t.like(wishes, [{protocol: 'hls', counted: true, holds: false, start: true}]);
});

test('two players behind one address are two sessions', async t => {
	const {sessions, readers} = open();
	const first = await sessions.begin(viewer());
	await sessions.use(first, viewer());
	const second = await sessions.begin(viewer());
	t.not(first, second);
	t.is(readers.size, 2);
});

test('asking for the first playlist again and again is one session', async t => {
	const {sessions, readers} = open();
	const first = await sessions.begin(viewer());
	t.is(await sessions.begin(viewer()), first);
	t.is(readers.size, 1);
});

test('a viewer without an id is known by address and user agent', async t => {
	const {sessions, readers} = open();
	await sessions.use(undefined, viewer('a'));
	await sessions.use(undefined, viewer('a'));
	t.is(readers.size, 1);
	await sessions.use(undefined, viewer('b'));
	t.is(readers.size, 2);
});

test('a viewer too many is refused and leaves no trace', async t => {
	const {sessions} = open({maxReaders: 1});
	await sessions.begin(viewer('a'));
	t.like(await t.throwsAsync(sessions.begin(viewer('b'))), {code: 'PATH_TOO_MANY_READERS'});
	await until(() => sessions.size === 1);
	t.is(sessions.size, 1);
});

test('a viewer who asks for nothing leaves, and comes back under the same id', async t => {
	const {sessions, readers, time} = open({maxReaders: 1});
	const id = await sessions.begin(viewer());
	time.ms = 9_000;
	sessions.touch(id, viewer());
	time.ms = 12_000;
	sessions.expire(() => 10_000);
	t.is(sessions.size, 1);
	time.ms = 20_000;
	sessions.expire(() => 10_000);
	await until(() => readers.size === 0);
	t.is(sessions.size, 0);
	await sessions.use(id, viewer());
	t.is(readers.size, 1);
});

test('a viewer who waits to be let in is not taken for gone', async t => {
	const {sessions, time} = open();
	const entering = sessions.begin(viewer());
	time.ms = 60_000;
	sessions.expire(() => 10_000);
	await entering;
	t.is(sessions.size, 1);
});

test('a session whose path lets it go is forgotten', async t => {
	const {sessions, end} = open();
	await sessions.begin(viewer());
	end('PATH_FAILED', 'gone');
	await until(() => sessions.size === 0);
	t.is(sessions.size, 0);
});

test('ids of one path mean nothing for another', async t => {
	const {sessions, readers} = open();
	const id = await sessions.begin(viewer('a', 'one'));
	await sessions.use(id, viewer('a', 'two'));
	t.is(readers.size, 2);
});

test('more sessions than the server takes are refused', async t => {
	const {delivery} = scriptedControl();
	const sessions = new Sessions({delivery, maxSessions: 1});
	await sessions.begin(viewer('a'));
	await t.throwsAsync(sessions.begin(viewer('b')), {instanceOf: MediaError});
});

test('closing lets everybody go, twice is no harm', async t => {
	const {sessions, readers} = open();
	await sessions.begin(viewer('a'));
	await sessions.begin(viewer('b'));
	sessions.close();
	sessions.close();
	await until(() => readers.size === 0);
	t.is(sessions.size, 0);
});
