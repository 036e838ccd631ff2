import {mkdirSync, renameSync, symlinkSync, unlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {until} from '../../helpers/until.ts';
import {writeConfig} from '../../helpers/config.ts';
import {watchFile} from '../../../lib/config/watch.ts';

const watched = (t: ExecutionContext, file: string) => {
	const seen = {changes: 0};
	const watch = watchFile(file, () => seen.changes++);
	t.teardown(() => watch.close());
	return {seen, watch};
};

test('a file that is written in place, or renamed over, or taken away, has changed', async t => {
	const {file, folder} = writeConfig(t, 'a');
	const {seen} = watched(t, file);
	writeFileSync(file, 'ab');
	await until(() => seen.changes === 1);
	writeFileSync(join(folder, 'new'), 'abc');
	renameSync(join(folder, 'new'), file);
	await until(() => seen.changes === 2);
	writeFileSync(file, 'abcd');
	await until(() => seen.changes === 3);
	unlinkSync(file);
	await until(() => seen.changes === 4);
	writeFileSync(file, 'back');
	await until(() => seen.changes === 5);
	t.pass();
});

test('a link that is turned to another folder has changed, as Kubernetes does it', async t => {
	const {folder} = writeConfig(t, '');
	for (const name of ['one', 'two']) {
		mkdirSync(join(folder, name));
		writeFileSync(join(folder, name, 'sluice.yaml'), name);
	}
	symlinkSync('one', join(folder, 'data'));
	symlinkSync('data/sluice.yaml', join(folder, 'linked.yml'));
	const {seen} = watched(t, join(folder, 'linked.yml'));
	symlinkSync('two', join(folder, 'data.new'));
	renameSync(join(folder, 'data.new'), join(folder, 'data'));
	await until(() => seen.changes === 1);
	writeFileSync(join(folder, 'two', 'sluice.yaml'), 'changed');
	await until(() => seen.changes === 2);
	t.pass();
});

test('other files of the folder do not matter, and several steps are one change', async t => {
	const {file, folder} = writeConfig(t, 'a');
	const {seen} = watched(t, file);
	writeFileSync(`${file}.state.json`, '{}');
	writeFileSync(join(folder, 'other'), 'x');
	writeFileSync(file, '');
	writeFileSync(file, 'ab');
	await until(() => seen.changes > 0);
	t.is(seen.changes, 1);
});

test('nothing is told after close, which may be called twice', async t => {
	const {file} = writeConfig(t, 'a');
	const closed = watched(t, file);
	const open = watched(t, file);
	closed.watch.close();
	closed.watch.close();
	writeFileSync(file, 'ab');
	await until(() => open.seen.changes === 1);
	t.is(closed.seen.changes, 0);
});

test('a folder that is not there is no failure', t => {
	t.notThrows(() => watched(t, '/nowhere/sluice.yml'));
});
