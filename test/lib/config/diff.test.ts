import test from 'ava';
import {load} from '../../helpers/config.ts';
import {diffConfig} from '../../../lib/config/diff.ts';

const diff = (before: string, after: string) => diffConfig(load(before).config, load(after).config);

test('what did not change is in no list', t => {
	const text = 'readTimeout: 5s\npaths: {a: {source: "test:"}}';
	t.deepEqual(diff(text, `# another comment\n${text.replace('5s', '5000ms')}`), {
		global: [],
		paths: {added: [], removed: [], changed: []},
	});
});

test('paths come, go and change; only some keys need the source to start anew', t => {
	const {paths} = diff(
		'paths: {a: , b: {source: "test:"}, c: {maxReaders: 1}, d: }',
		'paths: {e: , b: {source: "test:?rate=5", maxReaders: 2}, c: {maxReaders: 2}, d: }',
	);
	t.deepEqual(paths.added, ['e']);
	t.deepEqual(paths.removed, ['a']);
	t.deepEqual(paths.changed, [
		{name: 'b', keys: ['source', 'maxReaders'], isLive: false},
		{name: 'c', keys: ['maxReaders'], isLive: true},
	]);
});

test('a change of pathDefaults changes the paths that take it, and no others', t => {
	const text = (hold: string) =>
		`pathDefaults: {sourceHold: ${hold}}\npaths: {a: , b: {sourceHold: 1s}}`;
	t.deepEqual(diff(text('2s'), text('3s')).paths.changed, [
		{name: 'a', keys: ['sourceHold'], isLive: true},
	]);
});

test('keys outside of paths say whether they can be taken live', t => {
	t.deepEqual(diff('', 'logLevel: debug\nhttpAddress: :9090').global, [
		{key: 'logLevel', isLive: true},
		{key: 'httpAddress', isLive: false},
	]);
});
