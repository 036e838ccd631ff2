import {spawn} from 'node:child_process';
import type {ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {copyFileSync, globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
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

test('a program that names what the package exports passes the type check', async t => {
	const program = `
		import {createServer, MediaError, Path, Pipeline} from 'sluice';
		import type {PathFacts, Server} from 'sluice';
		const server: Server = await createServer({config: {paths: {}}});
		const path: Path = server.path('cam');
		const facts: PathFacts | undefined = path.facts;
		path.on('ready', () => console.log(facts?.tracks));
		const pipeline: Pipeline = server.startPipeline('fakesrc ! fakesink', {paused: true});
		pipeline.on('failed', (error: MediaError) => console.log(error.code));
		// @ts-expect-error there is no such event
		pipeline.on('finished', () => {});
		await pipeline.stop();
		await server.close();
	`;
	writeFileSync(join(project, 'program.ts'), program);
	const types = ['--types', 'node', '--typeRoots', resolve('node_modules/@types')];
	const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', ...types];
	const tsc = resolve('node_modules/typescript/bin/tsc');
	const checked = await runCommand(process.execPath, [tsc, ...options, 'program.ts'], {
		cwd: project,
	});
	t.is(checked.stdout, '');
	t.is(checked.code, 0);
});

test('a pipeline of one’s own is served, pauses and goes on', async t => {
	copyFileSync('examples/own-pipeline.ts', join(project, 'own-pipeline.ts'));
	const child = start(t, process.execPath, ['own-pipeline.ts']);
	const lines = createInterface({input: child.stdout!})[Symbol.asyncIterator]();
	// The server's log is between the lines of the program.
	const says = async (pattern: RegExp): Promise<RegExpExecArray> => {
		for (;;) {
			const {value, done} = await lines.next();
			const found = pattern.exec(value ?? '');
			if (found) return found;
			if (done === true) throw new Error(`the program ended and did not say ${pattern}`);
		}
	};
	const ready = /^watch it at (http:.*): H264$/;
	const [, url = ''] = await says(ready);
	const page = await fetch(url);
	t.is(page.status, 200);
	child.kill('SIGUSR1');
	await says(/^paused, readers are held$/);
	child.kill('SIGUSR2');
	await says(ready);
	child.kill('SIGINT');
	const [code] = await once(child, 'exit');
	t.is(code, 0);
});

test('an example runs against the installed package', async t => {
	copyFileSync('examples/serve-camera.ts', join(project, 'serve-camera.ts'));
	const child = start(t, process.execPath, ['serve-camera.ts']);
	await answersAndEnds(t, child, 'SIGINT');
});

test('the streamer runs from the installed package', async t => {
	const streamer = join(project, 'node_modules', '.bin', 'streamer');
	const ended = await runCommand(streamer, ['clip.mp4', '--duration', '1s'], {cwd: project});
	t.is(ended.code, 0, ended.stderr);
	t.is(ended.stderr, 'H.264 360p and AAC pass through\n');
	const judged = await runCommand('ffmpeg', ['-v', 'error', '-i', 'clip.mp4', '-f', 'null', '-'], {
		cwd: project,
	});
	t.is(judged.stderr, '');
});

test('the streamer runs inside another program', async t => {
	copyFileSync('examples/streamer-inside.ts', join(project, 'streamer-inside.ts'));
	const ended = await runCommand(process.execPath, ['streamer-inside.ts', 'test:', 'inside.mp4'], {
		cwd: project,
	});
	t.is(ended.code, 0, ended.stderr);
	t.regex(ended.stdout, /^H\.264 360p and AAC pass through\n(.*\n)*2\.\d s are in inside\.mp4\n$/);
});
