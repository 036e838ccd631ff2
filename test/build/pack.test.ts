import {spawn} from 'node:child_process';
import type {ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {copyFileSync, globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {runCommand} from '../helpers/command.ts';
import {freePorts} from '../helpers/sluice.ts';

// One package serves all tests of this file: packing and installing take seconds.
const project = mkdtempSync(join(tmpdir(), 'sluice-'));
test.after.always(() => rmSync(project, {recursive: true}));

test.before('npm pack gives a tarball that installs in an empty folder', async t => {
	const tarballs = join(project, 'tarballs');
	mkdirSync(tarballs);
	const packed = await runCommand('npm', ['pack', '--pack-destination', tarballs]);
	t.is(packed.code, 0, packed.stderr);

	writeFileSync(join(project, 'package.json'), '{"name": "project", "type": "module"}');
	const quiet = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
	const [tarball = ''] = globSync(join(tarballs, '*.tgz'));
	const installed = await runCommand('npm', ['install', ...quiet, tarball], {cwd: project});
	t.is(installed.code, 0, installed.stderr);
});

// Starts a program of the project; it is gone after the test.
const start = (t: ExecutionContext, command: string, args: string[]): ChildProcess => {
	const env = {...process.env, ...freePorts};
	const child = spawn(command, args, {cwd: project, env, stdio: ['ignore', 'pipe', 'inherit']});
	t.teardown(() => child.kill('SIGKILL'));
	return child;
};

// The address in the first line that has one.
const addressOf = async (child: ChildProcess): Promise<string> => {
	for await (const line of createInterface({input: child.stdout!})) {
		const [address] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
		if (address !== undefined) {
			child.stdout!.resume();
			return address;
		}
	}
	throw new Error('the program ended and named no address');
};

const answersAndEnds = async (t: ExecutionContext, child: ChildProcess, signal: NodeJS.Signals) => {
	const address = await addressOf(child);
	const answer = await fetch(`${address}/healthz`);
	t.is(answer.status, 200);

	child.kill(signal);
	const [code] = await once(child, 'exit');
	t.is(code, 0);
};

test('the server runs from the installed package', async t => {
	const child = start(t, join(project, 'node_modules', '.bin', 'sluice'), ['test:']);
	await answersAndEnds(t, child, 'SIGTERM');
});

test('an example runs against the installed package', async t => {
	copyFileSync('examples/serve-camera.ts', join(project, 'serve-camera.ts'));
	const child = start(t, process.execPath, ['serve-camera.ts']);
	await answersAndEnds(t, child, 'SIGINT');
});
