import {chmodSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {makeFolder, runCommand} from '../helpers/command.ts';

const report =
	'console.log(JSON.stringify([process.pid, process.execPath, process.argv.slice(2)]))';

// A package with nothing but the launchers and a main file that tells who runs it.
const makePackage = (folder: string, main: string): string => {
	const bin = join(folder, 'bin', 'sluice');
	for (const file of [bin, join(folder, main)]) mkdirSync(dirname(file), {recursive: true});
	for (const name of ['sluice', 'streamer']) {
		copyFileSync(`bin/${name}`, join(folder, 'bin', name));
		chmodSync(join(folder, 'bin', name), 0o755);
	}
	writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
	writeFileSync(join(folder, main), report);
	return bin;
};

const bringNode = (folder: string): string => {
	const node = join(folder, 'node_modules', `node-linux-${process.arch}`, 'bin', 'node');
	mkdirSync(dirname(node), {recursive: true});
	symlinkSync(process.execPath, node);
	return node;
};

// A folder for PATH with a `node` that is older than we need, or none.
const makePath = (t: ExecutionContext, node: 'old' | 'none'): string => {
	const folder = makeFolder(t);
	for (const name of ['readlink', 'uname']) symlinkSync(`/usr/bin/${name}`, join(folder, name));
	if (node === 'old') writeFileSync(join(folder, 'node'), '#!/bin/sh\nexit 1\n', {mode: 0o755});
	return folder;
};

test('the launcher becomes the Node that npm brought, under the same process id', async t => {
	const folder = makeFolder(t);
	const bin = makePackage(folder, 'lib/cli/sluice.ts');
	bringNode(folder);

	const ended = await runCommand(bin, ['a b', '--c'], {env: {PATH: makePath(t, 'none')}});
	t.is(ended.stderr, '');
	t.deepEqual(JSON.parse(ended.stdout), [ended.pid, process.execPath, ['a b', '--c']]);
});

test('installed as a dependency, the launcher finds a hoisted Node and runs dist/', async t => {
	const folder = makeFolder(t);
	const bin = makePackage(join(folder, 'node_modules', 'sluice'), 'dist/cli/sluice.js');
	bringNode(folder);
	const link = join(folder, 'node_modules', '.bin', 'sluice');
	mkdirSync(dirname(link));
	symlinkSync(bin, link);

	const ended = await runCommand(link, [], {env: {PATH: makePath(t, 'none')}});
	t.deepEqual(JSON.parse(ended.stdout), [ended.pid, process.execPath, []]);
});

test('the streamer is launched in the same way', async t => {
	const folder = makeFolder(t);
	const bin = makePackage(join(folder, 'node_modules', 'sluice'), 'dist/cli/streamer.js');
	bringNode(folder);
	const link = join(folder, 'node_modules', '.bin', 'streamer');
	mkdirSync(dirname(link));
	symlinkSync(join(dirname(bin), 'streamer'), link);

	const ended = await runCommand(link, ['a b'], {env: {PATH: makePath(t, 'none')}});
	t.is(ended.stderr, '');
	t.deepEqual(JSON.parse(ended.stdout), [ended.pid, process.execPath, ['a b']]);
});

test('without a Node of its own the launcher takes the one of the system', async t => {
	const bin = makePackage(makeFolder(t), 'dist/cli/sluice.js');
	const path = makePath(t, 'none');
	symlinkSync(process.execPath, join(path, 'node'));

	const ended = await runCommand(bin, [], {env: {PATH: path}});
	t.is(ended.code, 0, ended.stderr);
});

for (const node of ['old', 'none'] as const) {
	test(`with a system Node that is ${node} the launcher says in one sentence what to do`, async t => {
		const bin = makePackage(makeFolder(t), 'dist/cli/sluice.js');

		const ended = await runCommand(bin, [], {env: {PATH: makePath(t, node)}});
		t.is(ended.code, 1);
		t.regex(ended.stderr, /^sluice needs Node 22\.20 or newer: run `npm install` in .*\n$/);
	});
}
