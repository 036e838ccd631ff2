import {spawn} from 'node:child_process';
import type {ChildProcess, StdioOptions} from 'node:child_process';
import {once} from 'node:events';
import {createInterface} from 'node:readline';
import type {ExecutionContext} from 'ava';
import type {StreamerStatus} from '../../lib/streamer/status.ts';

export type RunningStreamer = {
	child: ChildProcess;
	/** Every line so far. */
	lines: string[];
	/** Types a word. */
	say: (word: string) => void;
	/** Resolves with the first line that fits; rejects when it ends without one. */
	said: (pattern: RegExp) => Promise<string>;
	/** Exit code, or the signal that ended it. */
	ended: () => Promise<number | string>;
	/** With `--http`. */
	url: () => Promise<string>;
	status: () => Promise<StreamerStatus>;
	/** Asks for the status until it is as wanted. */
	until: (isWanted: (status: StreamerStatus) => boolean) => Promise<StreamerStatus>;
};

/** `env` replaces the environment; `within` is a command that runs another one, in front of it. */
type RunOptions = {cwd?: string; env?: NodeJS.ProcessEnv; within?: readonly string[]};

/** The command as a user types it, with standard input left open; killed when the test is over. */
export const startStreamer = (
	t: ExecutionContext,
	args: string[],
	{cwd, env, within = [], stdin = 'pipe'}: RunOptions & {stdin?: 'pipe' | 'ignore'} = {},
): RunningStreamer => {
	const stdio: StdioOptions = [stdin, 'ignore', 'pipe'];
	const [command = '', ...words] = [...within, `${process.cwd()}/bin/streamer`, ...args];
	const child = spawn(command, words, {
		stdio,
		...(cwd && {cwd}),
		...(env && {env}),
	});
	const exit = once(child, 'close') as Promise<[number | null, string | null]>;
	t.teardown(async () => {
		child.kill('SIGKILL');
		await exit;
	});
	const lines: string[] = [];
	const waiting = new Set<() => void>();
	createInterface({input: child.stderr!}).on('line', line => {
		lines.push(line);
		for (const look of waiting) look();
	});
	child.stdin?.on('error', () => {});
	const said = (pattern: RegExp) =>
		new Promise<string>((resolve, reject) => {
			const look = () => {
				const found = lines.find(line => pattern.test(line));
				if (found === undefined) return;
				waiting.delete(look);
				resolve(found);
			};
			waiting.add(look);
			look();
			void exit.then(() => reject(new Error(`expected ${pattern}, got:\n${lines.join('\n')}`)));
		});
	const url = async () => (await said(/^commands and status at /)).replace(/^.* /, '');
	const status = async () =>
		(await (await fetch(`${await url()}/status`)).json()) as StreamerStatus;
	return {
		child,
		lines,
		say: word => void child.stdin?.write(`${word}\n`),
		said,
		ended: async () => {
			const [code, signal] = await exit;
			return code ?? signal ?? '';
		},
		url,
		status,
		until: async isWanted => {
			for (;;) {
				const found = await status();
				if (isWanted(found)) return found;
				await once(AbortSignal.timeout(50), 'abort');
			}
		},
	};
};

export type Ran = {code: number | string; lines: string[]};

/** Runs it to its end, with nothing on standard input; a few at a time, for each may transcode. */
export const runStreamer = async (
	t: ExecutionContext,
	args: string[],
	options: RunOptions = {},
): Promise<Ran> =>
	inTurn(async () => {
		const streamer = startStreamer(t, args, {...options, stdin: 'ignore'});
		return {code: await streamer.ended(), lines: streamer.lines};
	});

const maxAtOnce = 3;
const waiting: (() => void)[] = [];
let running = 0;

/** Tests of one file run all at the same time; what keeps a processor busy waits for its turn. */
export const inTurn = async <Result>(work: () => Promise<Result>): Promise<Result> => {
	if (running >= maxAtOnce) await new Promise<void>(resolve => waiting.push(resolve));
	else running++;
	try {
		return await work();
	} finally {
		const next = waiting.shift();
		if (next) next();
		else running--;
	}
};
