// Many readers of one path over RTSP-TCP, for minutes: whether one of them lost anything and, where one did, how busy the
// machine was. usage: make soak WHAT=readers [READERS=1000] [MINUTES=5]
import type {ChildProcess} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {cpus, loadavg, tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {startCamera} from './camera.ts';
import {processUsage} from './process-usage.ts';
import {end, freePort, listening, startReaders, startServer} from './work.ts';

const readers = Number(process.env['READERS'] ?? 1000);
const minutes = Number(process.env['MINUTES'] ?? 5);
const periodSeconds = 30;
const readersOfProcess = 250;

type Session = {packetsSent: number; packetsDropped: number};

const sessionsAt = async (port: number): Promise<Session[]> => {
	const url = `http://127.0.0.1:${port}/v3/rtspsessions/list?itemsPerPage=100000`;
	return ((await (await fetch(url)).json()) as {items: Session[]}).items;
};

const droppedOf = (sessions: Session[]): number =>
	sessions.reduce((sum, {packetsDropped}) => sum + packetsDropped, 0);

/** Percent of all cores that did nothing, since the call before. */
const idlePercent = (() => {
	let before = {idle: 0, all: 0};
	return () => {
		const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
		const ticks = line.split(/\s+/).slice(1).map(Number);
		const now = {idle: ticks[3] ?? 0, all: ticks.reduce((sum, value) => sum + value, 0)};
		const percent = (100 * (now.idle - before.idle)) / (now.all - before.all);
		before = now;
		return percent;
	};
})();

const say = (text: string) => process.stdout.write(`${text}\n`);

/** Says how it goes, and how many packets were lost so far; -1: a reader is missing. */
const look = async (port: number, pid: number, secondsBefore: number) => {
	const sessions = await sessionsAt(port);
	const dropped = droppedOf(sessions);
	const hit = sessions.filter(session => session.packetsDropped > 0).length;
	const {cpuSeconds, pssBytes} = processUsage(pid);
	const cpu = (100 * (cpuSeconds - secondsBefore)) / periodSeconds;
	say(
		`${sessions.length} readers, ${dropped} packets dropped of ${hit} readers; sluice: ${cpu.toFixed(0)} % of a core, ${(pssBytes / 1e6).toFixed(0)} MB; machine: ${idlePercent().toFixed(0)} % of ${cpus().length} cores idle, load ${loadavg()[0]?.toFixed(1)}`,
	);
	return {cpuSeconds, lost: sessions.length < readers ? -1 : dropped};
};

const run = async (folder: string, children: ChildProcess[]): Promise<boolean> => {
	const camera = await startCamera();
	children.push(camera.process);
	const [http, rtsp] = [await freePort(), await freePort()];
	const addresses = {httpAddress: `127.0.0.1:${http}`, rtspAddress: `127.0.0.1:${rtsp}`};
	const paths = {cam: {source: camera.url, rtspTransport: 'tcp'}};
	const others = {rtspTransports: ['tcp'], rtmpAddress: 'off'};
	const config = {logLevel: 'warn', ...others, ...addresses, paths};
	const {child, lines} = startServer(folder, config);
	children.unshift(child);
	await listening(rtsp);
	for (let left = readers; left > 0; left -= readersOfProcess)
		children.unshift(
			startReaders(`rtsp://127.0.0.1:${rtsp}/cam`, Math.min(left, readersOfProcess)),
		);
	while ((await sessionsAt(http)).filter(it => it.packetsSent > 0).length < readers)
		await sleep(1000);
	const before = droppedOf(await sessionsAt(http));
	let lost = before;
	let {cpuSeconds} = processUsage(child.pid ?? 0);
	idlePercent();
	for (let passed = 0; passed < minutes * 60; passed += periodSeconds) {
		await sleep(periodSeconds * 1000);
		({cpuSeconds, lost} = await look(http, child.pid ?? 0, cpuSeconds));
	}
	for (const line of lines().filter(Boolean)) say(line);
	const isWhole = lost === before;
	say(
		isWhole
			? `${readers} readers for ${minutes} minutes: nothing was dropped`
			: `${readers} readers for ${minutes} minutes: ${lost < 0 ? 'readers were lost' : `${lost - before} packets were dropped`}`,
	);
	return isWhole;
};

const folder = mkdtempSync(join(tmpdir(), 'sluice-soak-'));
const children: ChildProcess[] = [];
try {
	process.exitCode = (await run(folder, children)) ? 0 : 1;
} finally {
	for (const child of children) await end(child);
	rmSync(folder, {recursive: true});
}
