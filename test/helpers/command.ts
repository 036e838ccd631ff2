import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {text} from 'node:stream/consumers';
import type {ExecutionContext} from 'ava';

export type Ended = {pid: number; code: number | null; stdout: string; stderr: string};

/** Runs a command to its end. `env` replaces the environment. */
export const runCommand = async (
	command: string,
	args: string[],
	options: {cwd?: string; env?: NodeJS.ProcessEnv} = {},
): Promise<Ended> => {
	const child = spawn(command, args, {...options, stdio: ['ignore', 'pipe', 'pipe']});
	const code = new Promise<number | null>((resolve, reject) => {
		child.on('error', reject);
		child.on('close', resolve);
	});
	const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
	return {pid: child.pid ?? 0, code: await code, stdout, stderr};
};

/** Runs a command until the test is over. */
export const startUntilOver = (t: ExecutionContext, command: string, args: string[]): void => {
	const child = spawn(command, args, {stdio: ['ignore', 'ignore', 'inherit']});
	const ended = once(child, 'exit');
	t.teardown(async () => {
		child.kill('SIGKILL');
		await ended;
	});
};

/** An empty folder that is gone after the test. */
export const makeFolder = (t: ExecutionContext): string => {
	const folder = mkdtempSync(join(tmpdir(), 'sluice-'));
	t.teardown(() => rmSync(folder, {recursive: true, force: true}));
	return folder;
};
