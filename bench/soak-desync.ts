// Cameras that cut one packet in 50 short, as those whose send buffer is full do, pulled by both engines for a minute:
// whether sessions stay, whether more is lost than was cut, and whether memory grows.
// usage: make soak WHAT=desync [MINUTES=1]
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {openDesyncProxy} from '../test/helpers/desync-proxy.ts';
import type {OpenDesyncProxy} from '../test/helpers/desync-proxy.ts';
import {startCamera} from './camera.ts';
import {processUsage} from './process-usage.ts';
import {end, freePort, listening, startServer} from './work.ts';

const minutes = Number(process.env['MINUTES'] ?? 1);
const engines = ['native', 'gstreamer'] as const;
/** Until rings, caches and plugins are there. */
const warmUpSeconds = 20;
const periodSeconds = 5;
/** What a process may grow by while nothing leaks: the heap of JavaScript between two collections. */
const slackBytes = 16e6;

type Engine = (typeof engines)[number];
type Facts = {state: string; lostPackets: number; resyncs: number; reconnects: number};
type Look = {facts: Facts; pssBytes: number};

const say = (text: string) => process.stdout.write(`${text}\n`);
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;

const lookAt = async (http: number, pid: number): Promise<Look> => {
	const answer = await fetch(`http://127.0.0.1:${http}/v3/paths/get/cam`);
	return {facts: (await answer.json()) as Facts, pssBytes: processUsage(pid).pssBytes};
};

/** What went wrong, if anything; `gstreamer` may lose its session, which is told. */
const judge = (engine: Engine, proxy: OpenDesyncProxy, looks: readonly Look[]): string[] => {
	const {facts} = looks.at(-1) ?? {};
	const [first = 0] = looks.map(({pssBytes}) => pssBytes);
	const most = Math.max(...looks.map(({pssBytes}) => pssBytes));
	const lost = facts?.lostPackets ?? 0;
	const complaints = most > first + slackBytes ? [`memory grew to ${megabytes(most)}`] : [];
	if (engine === 'gstreamer') return complaints;
	if (proxy.connections() !== 1) complaints.push(`${proxy.connections()} sessions`);
	// The last one is missed only when the next packet is there.
	if (Math.abs(lost - proxy.cuts()) > 1) complaints.push(`${lost} packets were lost`);
	if (facts?.state !== 'ready') complaints.push(`the path is ${facts?.state}`);
	return complaints;
};

const run = async (engine: Engine, camera: string): Promise<boolean> => {
	const folder = mkdtempSync(join(tmpdir(), 'sluice-soak-'));
	const url = new URL(camera.replace('rtsp:', 'http:'));
	const proxy = await openDesyncProxy(Number(url.port));
	const http = await freePort();
	const off = {rtspAddress: 'off', rtmpAddress: 'off', hls: false};
	const source = camera.replace(`:${url.port}`, `:${proxy.port}`);
	const paths = {cam: {source, rtspTransport: 'tcp', rtspEngine: engine}};
	const config = {logLevel: 'error', httpAddress: `127.0.0.1:${http}`, ...off, paths};
	const {child} = startServer(folder, config);
	try {
		await listening(http);
		await sleep(warmUpSeconds * 1000);
		const looks = [await lookAt(http, child.pid ?? 0)];
		for (let passed = 0; passed < minutes * 60; passed += periodSeconds) {
			await sleep(periodSeconds * 1000);
			looks.push(await lookAt(http, child.pid ?? 0));
		}
		const complaints = judge(engine, proxy, looks);
		tell(engine, proxy, looks);
		for (const complaint of complaints) say(`${engine}: ${complaint}`);
		return complaints.length === 0;
	} finally {
		await end(child);
		proxy.close();
		rmSync(folder, {recursive: true});
	}
};

const tell = (engine: Engine, proxy: OpenDesyncProxy, looks: readonly Look[]): void => {
	const last = looks.at(-1)?.facts;
	const memory = looks.map(({pssBytes}) => pssBytes);
	say(
		`${engine}: ${proxy.packets()} packets, ${proxy.cuts()} cut, ${last?.lostPackets} lost; ${proxy.connections()} sessions, path ${last?.state}, ${last?.reconnects} times lost; ${megabytes(Math.min(...memory))} to ${megabytes(Math.max(...memory))}`,
	);
};

const camera = await startCamera();
try {
	for (const engine of engines) if (!(await run(engine, camera.url))) process.exitCode = 1;
} finally {
	await end(camera.process);
}
