import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {fileURLToPath} from 'node:url';
import type {ExecutionContext} from 'ava';

// Node cannot make the kernel keep less for a connection.
const script = fileURLToPath(new URL('throttle.py', import.meta.url));

/** In front of a server: what it sends arrives at so many bits a second, with little room on the way. */
export const startThrottle = async (
	t: ExecutionContext,
	{port, bitrateBps}: {port: number; bitrateBps: number},
): Promise<{port: number}> => {
	const child = spawn('python3', [script, `${port}`, `${bitrateBps}`], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	t.teardown(() => child.kill('SIGKILL'));
	const [line] = (await once(child.stdout, 'data')) as [Buffer];
	return {port: Number(line.toString())};
};
