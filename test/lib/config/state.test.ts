import {readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import test from 'ava';
import {writeConfig} from '../../helpers/config.ts';
import {loadConfig} from '../../../lib/config/load.ts';
import {
	emptyState,
	readState,
	stateFileOf,
	withChange,
	withoutChange,
	writeState,
} from '../../../lib/config/state.ts';
import {MediaError} from '../../../lib/errors.ts';

const text = 'paths: {a: {source: rtsp://a/, maxReaders: 1}, b: {maxReaders: 2}, c: }';

test('changes lie over the file, and each path knows where it comes from', t => {
	let state = withChange(emptyState, 'a', {type: 'patch', config: {maxReaders: '5'}});
	state = withChange(state, 'b', {type: 'replace', config: {source: 'test:'}});
	state = withChange(state, 'c', {type: 'delete'});
	state = withChange(state, 'd', {type: 'replace', config: {maxReaders: 3}});
	const {config} = loadConfig({file: 'x.yml', text, env: {}, state});
	t.like(config.paths['a'], {source: 'rtsp://a/', maxReaders: 5});
	t.like(config.paths['b'], {source: 'test:', maxReaders: 0});
	t.deepEqual({...config.origins}, {a: 'api', b: 'api', d: 'api'});
	t.deepEqual(Object.keys(config.paths), ['a', 'b', 'd']);
});

test('a patch of a path that has left the file waits until it is back', t => {
	const state = withChange(emptyState, 'a', {type: 'patch', config: {maxReaders: '5'}});
	const gone = loadConfig({text: 'paths: {b: }', env: {}, state}).config;
	t.deepEqual(Object.keys(gone.paths), ['b']);
	t.deepEqual({...gone.origins}, {b: 'file'});
	t.is(loadConfig({text, env: {}, state}).config.paths['a']?.maxReaders, 5);
});

test('a later patch goes over an earlier one, a replacement in its place', t => {
	let state = withChange(emptyState, 'a', {
		type: 'patch',
		config: {maxReaders: 5, sourceHold: '1s'},
	});
	state = withChange(state, 'a', {type: 'patch', config: {maxReaders: 6}});
	t.deepEqual({...state.paths['a']}, {
		type: 'patch',
		config: {maxReaders: 6, sourceHold: '1s'},
	} as never);
	state = withChange(state, 'a', {type: 'replace', config: {source: 'test:'}});
	t.deepEqual({...state.paths['a']}, {type: 'replace', config: {source: 'test:'}} as never);
	t.deepEqual(withoutChange(state, 'a'), emptyState);
});

test('a source that is patched takes the place of a launch line', t => {
	const state = withChange(emptyState, 'a', {type: 'patch', config: {source: 'rtsp://b/'}});
	const {config} = loadConfig({text: 'paths: {a: {gstreamer: x ! hubsink}}', env: {}, state});
	t.like(config.paths['a'], {source: 'rtsp://b/', gstreamer: ''});
	const undone = withChange(emptyState, 'a', {type: 'patch', config: {gstreamer: ''}});
	t.is(loadConfig({text, env: {}, state: undone}).config.paths['a']?.source, 'rtsp://a/');
});

test('what is written is read again, in a file for its owner only, with no other file left', t => {
	const {file, folder} = writeConfig(t, text);
	const stateFile = stateFileOf(file);
	const state = withChange(emptyState, 'a', {type: 'patch', config: {source: 'rtsp://u:p@b/'}});
	writeState(stateFile, emptyState);
	writeState(stateFile, state);
	t.deepEqual(JSON.parse(JSON.stringify(readState(stateFile))), JSON.parse(JSON.stringify(state)));
	t.is(statSync(stateFile).mode & 0o777, 0o600);
	t.deepEqual(readdirSync(folder).sort(), ['sluice.yml', 'sluice.yml.state.json']);
});

test('no state file is no change', t => {
	t.deepEqual(readState('/nowhere/x.state.json'), emptyState);
});

test('a damaged state file is told, and stays as it is', t => {
	const {file} = writeConfig(t, text);
	const stateFile = stateFileOf(file);
	for (const damaged of [
		'',
		'{"version":1,"pa',
		'[]',
		'{"version":2,"paths":{}}',
		'{"version":1}',
		'{"version":1,"paths":{"a":{"type":"patch"}}}',
		'{"version":1,"paths":{"a":null}}',
	]) {
		writeFileSync(stateFile, damaged);
		const error = t.throws(() => readState(stateFile), {instanceOf: MediaError}, damaged);
		t.is(error.code, 'CONFIG_INVALID');
		t.true(error.message.startsWith(`${stateFile}: expected what the API wrote there`));
		t.is(readFileSync(stateFile, 'utf8'), damaged);
	}
});

test('a state file that cannot be written is an error, and leaves nothing behind', t => {
	const error = t.throws(() => writeState('/nowhere/x.state.json', emptyState), {
		instanceOf: MediaError,
	});
	t.is(error.code, 'FILE_UNWRITABLE');
});

test('a change that this version refuses is told with the name of the state file', t => {
	const state = withChange(emptyState, 'a', {type: 'patch', config: {maxReaders: 'x'}});
	t.throws(() => loadConfig({file: 'x.yml', text, env: {}, state}), {
		message:
			'x.yml.state.json: paths.a.maxReaders: expected a whole number from 0 to 1000000, got "x"',
	});
});
