import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {writeConfig} from '../../helpers/config.ts';
import {stateFileOf} from '../../../lib/config/state.ts';
import {ConfigStore} from '../../../lib/config/store.ts';
import {MediaError} from '../../../lib/errors.ts';

const open = (t: ExecutionContext, text: string) => {
	const {file} = writeConfig(t, text);
	return {file, store: new ConfigStore({file, env: {}})};
};

test('a changed file is taken, and says what it changes', t => {
	const {file, store} = open(t, 'paths: {a: , b: }');
	writeFileSync(file, 'paths: {a: , c: }');
	const {diff, config} = store.reload();
	t.deepEqual(diff.paths, {added: ['c'], removed: ['b'], changed: []});
	t.is(store.config, config);
});

test('a bad file is refused and everything stays as it was', t => {
	const {file, store} = open(t, 'paths: {a: }');
	const before = store.config;
	writeFileSync(file, 'paths: {a: {maxReaders: x}}');
	t.throws(() => store.reload(), {instanceOf: MediaError});
	t.is(store.config, before);
	const {config} = store.changePath({type: 'add', name: 'b', config: {}});
	t.deepEqual(Object.keys(config.paths), ['a', 'b']);
});

test('a file that was emptied on its way is refused, and so is one that lost its last user', t => {
	const user = '{user: boss, pass: secret, permissions: [{action: read}]}';
	const {file, store} = open(t, `authInternalUsers: [${user}]\npaths: {a: }`);
	const before = store.config;
	for (const text of ['', ' \n# being saved\n---\n', 'paths: {a: }', 'authInternalUsers:']) {
		writeFileSync(file, text);
		t.throws(() => store.reload(), {instanceOf: MediaError, message: /empty|log in any more/});
		t.is(store.config, before);
	}
	writeFileSync(file, 'authInternalUsers: [{user: any, permissions: [{action: read}]}]');
	t.is(store.reload().config.authInternalUsers[0]?.user, 'any');
});

test('a file that was empty at the start may stay so', t => {
	const {file, store} = open(t, '');
	writeFileSync(file, '# nothing');
	t.notThrows(() => store.reload());
	t.notThrows(() => new ConfigStore({file, env: {}}));
});

test('what the API changes outlasts a reload and the process', t => {
	const {file, store} = open(t, 'paths: {a: {maxReaders: 1}, b: }');
	store.changePath({type: 'add', name: 'c', config: {source: 'rtsp://u:secret@h/x'}});
	store.changePath({type: 'patch', name: 'a', config: {maxReaders: 2}});
	store.changePath({type: 'delete', name: 'b'});
	for (const {config} of [store, store.reload(), new ConfigStore({file, env: {}})]) {
		t.deepEqual({...config.origins}, {a: 'api', c: 'api'});
		t.is(config.paths['a']?.maxReaders, 2);
		t.is(config.paths['c']?.source, 'rtsp://u:secret@h/x');
	}
});

test('a path that only the API knew leaves no trace when it is deleted', t => {
	const {file, store} = open(t, 'paths: {a: }');
	store.changePath({type: 'add', name: 'b', config: {}});
	store.changePath({type: 'delete', name: 'b'});
	t.deepEqual(JSON.parse(readFileSync(stateFileOf(file), 'utf8')), {version: 1, paths: {}});
});

test('a change that is refused changes nothing on disk either', t => {
	const {file, store} = open(t, 'paths: {a: }');
	t.throws(() => store.changePath({type: 'add', name: 'v3', config: {}}), {message: /own pages/});
	t.throws(() => store.changePath({type: 'add', name: 'b', config: {readUser: 'x'}}), {
		message: /limits access/,
	});
	t.throws(() => store.changePath({type: 'patch', name: 'a', config: {sauce: 1}}), {
		message: 'API: paths.a.sauce: unknown key, the nearest known one is source',
	});
	t.false(existsSync(stateFileOf(file)));
	t.deepEqual(Object.keys(store.config.paths), ['a']);
});

test('adding what is there, and changing what is not, is refused', t => {
	const {store} = open(t, 'paths: {a: }');
	const codeOf = (type: 'add' | 'patch' | 'delete', name: string) =>
		t.throws(() => store.changePath({type, name, config: {}}), {instanceOf: MediaError}).code;
	t.is(codeOf('add', 'a'), 'PATH_EXISTS');
	t.is(codeOf('patch', 'b'), 'PATH_NOT_FOUND');
	t.is(codeOf('delete', 'b'), 'PATH_NOT_FOUND');
	t.is(codeOf('delete', 'constructor'), 'PATH_NOT_FOUND');
});

test('a password that is written back as *** stays', t => {
	const {store} = open(t, 'paths: {a: {source: "rtsp://u:secret@h/x"}}');
	store.changePath({
		type: 'replace',
		name: 'a',
		config: {source: 'rtsp://u:***@h/x', maxReaders: 3},
	});
	t.like(store.config.paths['a'], {source: 'rtsp://u:secret@h/x', maxReaders: 3});
	t.throws(
		() => store.changePath({type: 'patch', name: 'a', config: {source: 'rtsp://u:***@evil/x'}}),
		{
			instanceOf: MediaError,
		},
	);
});

test('what runs on this machine comes from the file only, unless it says otherwise', t => {
	const text = 'paths: {a: {gstreamer: videotestsrc ! hubsink}, b: }';
	const {store} = open(t, text);
	for (const config of [
		{source: 'FILE:///etc/passwd'},
		{gstreamer: 'x ! hubsink'},
		{source: 'gstreamer: x ! hubsink'},
	]) {
		const error = t.throws(() => store.changePath({type: 'patch', name: 'b', config}), {
			instanceOf: MediaError,
		});
		t.is(error.code, 'API_FORBIDDEN');
	}
	const {source, gstreamer} = store.config.paths['a'] ?? {};
	store.changePath({type: 'replace', name: 'a', config: {source, gstreamer, maxReaders: 1}});
	t.like(store.config.paths['a'], {gstreamer: 'videotestsrc ! hubsink', maxReaders: 1});
	const trusting = open(t, `apiAllowCommands: yes\n${text}`).store;
	trusting.changePath({type: 'patch', name: 'b', config: {source: 'file:///film.mp4'}});
	t.is(trusting.config.paths['b']?.source, 'file:///film.mp4');
});

test('without a file changes last as long as the process', t => {
	const store = new ConfigStore({urls: ['test:'], env: {}});
	store.changePath({type: 'patch', name: 'test', config: {maxReaders: 2}});
	t.is(store.config.paths['test']?.maxReaders, 2);
	store.changePath({type: 'delete', name: 'test'});
	t.deepEqual(Object.keys(store.reload().config.paths), ['all_others']);
});
