import {spawn} from 'node:child_process';
import type {ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {readFileSync, readdirSync} from 'node:fs';
import {createInterface} from 'node:readline';
import type {ExecutionContext} from 'ava';

/** Listeners of a server that is started by command. */
export const freePorts = {
	SLUICE_HTTPADDRESS: '127.0.0.1:0',
	SLUICE_RTSPADDRESS: '127.0.0.1:0',
	SLUICE_RTMPADDRESS: '127.0.0.1:0',
	SLUICE_RTPADDRESS: '127.0.0.1:0',
	SLUICE_RTCPADDRESS: '127.0.0.1:0',
};

export type Sluice = {
	child: ChildProcess;
	pid: number;
	/** The URL that the command names at its start. */
	url: () => Promise<string>;
	/** Resolves with the next line that fits, from the first line on. */
	said: (pattern: RegExp) => Promise<string>;
	/** Exit code, or the signal that ended it. */
	ended: () => Promise<number | string>;
};

/** The command as a user types it; killed, with its children, when the test is over. */
export const startSluice = (
	t: ExecutionContext,
	args: string[],
	env: Record<string, string> = {},
): Sluice => {
	const child = spawn('bin/sluice', args, {
		stdio: ['ignore', 'pipe', 'inherit'],
		env: {...process.env, ...freePorts, ...env},
	});
	const exit = once(child, 'exit') as Promise<[number | null, string | null]>;
	t.teardown(async () => {
		child.kill('SIGTERM');
		await exit;
	});
	const lines: string[] = [];
	const waiting: {pattern: RegExp; resolve: (line: string) => void}[] = [];
	createInterface({input: child.stdout}).on('line', line => {
		const index = waiting.findIndex(({pattern}) => pattern.test(line));
		if (index < 0) lines.push(line);
		else waiting.splice(index, 1)[0]?.resolve(line);
	});
	const said = async (pattern: RegExp): Promise<string> => {
		const index = lines.findIndex(line => pattern.test(line));
		if (index >= 0) return lines.splice(0, index + 1).at(-1) ?? '';
		return new Promise(resolve => waiting.push({pattern, resolve}));
	};
	return {
		child,
		pid: child.pid ?? 0,
		said,
		url: async () => /http:\/\/[\d.]+:\d+/.exec(await said(/the page is at/))?.[0] ?? '',
		ended: async () => {
			const [code, signal] = await exit;
			return code ?? signal ?? '';
		},
	};
};

/** Process ids of the children of a process. */
export const childrenOf = (pid: number): number[] =>
	readdirSync('/proc')
		.filter(name => /^\d+$/.test(name))
		.map(Number)
		.filter(child => parentOf(child) === pid);

/** Undefined: there is no such process, not even a zombie. */
const parentOf = (pid: number): number | undefined => {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
		return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
	} catch {
		return undefined;
	}
};

export const exists = (pid: number): boolean => parentOf(pid) !== undefined;
