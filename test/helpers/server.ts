import {once} from 'node:events';
import type {ExecutionContext} from 'ava';
import {pino} from 'pino';
import {createServer} from '../../lib/server.ts';
import type {Server, ServerOptions} from '../../lib/server.ts';

export type Paths = Record<string, Record<string, unknown>>;

export type RunningServer = {
	server: Server;
	url: string;
	/** `[path] message` of every line so far. */
	lines: string[];
	/** Resolves when a line has been logged that fits. */
	said: (pattern: RegExp) => Promise<string>;
};

/** A whole server on a free port, closed when the test is over. */
export const startServer = async (
	t: ExecutionContext,
	options: ServerOptions,
): Promise<RunningServer> => {
	const log = collectLines();
	const server = await createServer({logger: log.logger, ...options});
	t.teardown(async () => server.close());
	t.log(server.httpUrl);
	return {server, url: server.httpUrl ?? '', lines: log.lines, said: log.said};
};

/** The same with these paths; `keys` are further keys of the configuration. */
export const startPaths = async (
	t: ExecutionContext,
	paths: Paths,
	keys: Record<string, unknown> = {},
): Promise<RunningServer> => startServer(t, {config: serverConfig(paths, keys)});

/** Listeners of RTSP and RTMP that get in nobody's way. */
export const anyPorts = {
	rtmpAddress: '127.0.0.1:0',
	rtspAddress: '127.0.0.1:0',
	rtpAddress: '127.0.0.1:0',
	rtcpAddress: '127.0.0.1:0',
};

export const serverConfig = (paths: Paths, keys: Record<string, unknown> = {}) => ({
	httpAddress: '127.0.0.1:0',
	...anyPorts,
	...keys,
	paths,
});

const collectLines = () => {
	const lines: string[] = [];
	const waiting = new Set<{pattern: RegExp; resolve: (line: string) => void}>();
	const write = (json: string) => {
		const {path, msg} = JSON.parse(json) as {path?: string; msg: string};
		const line = path === undefined ? msg : `[${path}] ${msg}`;
		lines.push(line);
		for (const one of waiting) {
			if (!one.pattern.test(line)) continue;
			waiting.delete(one);
			one.resolve(line);
		}
	};
	return {
		lines,
		logger: pino({base: null, level: 'info'}, {write}),
		said: async (pattern: RegExp): Promise<string> => {
			const found = lines.find(line => pattern.test(line));
			if (found !== undefined) return found;
			return new Promise(resolve => waiting.add({pattern, resolve}));
		},
	};
};

/** Asks again until the answer is as wanted; the pause spares the machine and nothing else. */
export const untilAnswer = async <Answer>(
	ask: () => Promise<Answer>,
	isWanted: (answer: Answer) => boolean,
): Promise<Answer> => {
	for (;;) {
		const answer = await ask();
		if (isWanted(answer)) return answer;
		await once(AbortSignal.timeout(50), 'abort');
	}
};

/** The URL of a path's media playlist, by way of its multivariant playlist. */
export const mediaPlaylistUrl = async (url: string, path: string): Promise<string> => {
	const master = await fetchText(`${url}/${path}/index.m3u8`);
	const uri = master.split('\n').find(line => line !== '' && !line.startsWith('#')) ?? '';
	return new URL(uri, `${url}/${path}/index.m3u8`).href;
};

export const fetchText = async (url: string): Promise<string> => {
	const response = await fetch(url);
	if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
	return response.text();
};

export const fetchError = async (
	url: string,
): Promise<{status: number; code: string; context: Record<string, unknown>}> => {
	const response = await fetch(url);
	const {code, context} = (await response.json()) as {
		code: string;
		context: Record<string, unknown>;
	};
	return {status: response.status, code, context};
};

/** The number of the first segment of a playlist. */
export const mediaSequence = (playlist: string): number =>
	Number(/#EXT-X-MEDIA-SEQUENCE:(\d+)/.exec(playlist)?.[1] ?? -1);
