import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import type {ExecutionContext} from 'ava';
import {pino} from 'pino';
import {createServer} from '../../lib/server.ts';
import {anyPorts} from './server.ts';

/** A whole server of this configuration on a port of its own, closed when the test is over. */
export const startServer = async (t: ExecutionContext, config: Record<string, unknown>) => {
	const server = await createServer({
		config: {httpAddress: '127.0.0.1:0', ...anyPorts, ...config},
		logger: pino({level: 'silent'}),
	});
	t.teardown(() => server.close());
	const url = server.httpUrl!;
	return {server, url};
};

/** A moving picture with a key frame every half second. */
export const movingPicture = 'test:?size=320x240&rate=20&gop=10';

/** Runs a program to its end; gives its exit code and what it printed. */
export const run = async (program: string, ...words: string[]) => {
	try {
		const {stdout, stderr} = await promisify(execFile)(program, words, {timeout: 40_000});
		return {code: 0, stdout, stderr};
	} catch (error) {
		const {code, stdout, stderr} = error as {code: number; stdout: string; stderr: string};
		return {code, stdout, stderr};
	}
};

/** Asks again until the answer is right. */
export const fetchUntil = async <Body>(
	ask: () => Promise<Body>,
	isRight: (body: Body) => boolean,
): Promise<Body> => {
	for (;;) {
		const body = await ask();
		if (isRight(body)) return body;
	}
};
