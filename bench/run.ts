// Measures the rows of bench/rows.ts, medians of several runs, and writes bench/results/COMMIT.json.
// usage: make bench [ROWS=regular expression] [RUNS=3] [SECONDS=20]; exit code 1 where a row missed what it promises
import {execFileSync} from 'node:child_process';
import type {ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {cpus, tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {startCamera} from './camera.ts';
import {delayRows} from './delays.ts';
import type {Delay} from './delays.ts';
import {processUsage} from './process-usage.ts';
import {rows} from './rows.ts';
import type {Row} from './rows.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const runs = Number(process.env['RUNS'] ?? 3);
const seconds = Number(process.env['SECONDS'] ?? 20);
const wanted = new RegExp(process.env['ROWS'] ?? '');
const settleSeconds = Number(process.env['SETTLE'] ?? 40); // rings and HLS windows are full by then

type Figures = {cpuPercent: number; megabytes: number; threads: number};
type Result = Figures & {row: string; units: number; cameraCpuPercent: number};

/** Per unit, as a slope: (at N minus at N/4) over 3N/4, so that the process itself is not in it. */
const measureRow = async (row: Row): Promise<Result> => {
	const small = row.units / 4;
	const many = await measure(row, row.units);
	const few = await measure(row, small);
	const slope = (pick: (it: Figures) => number) => (pick(many) - pick(few)) / (row.units - small);
	return {
		row: row.name,
		units: row.units,
		cpuPercent: slope(it => it.cpuPercent),
		megabytes: slope(it => it.megabytes),
		threads: many.threads,
		cameraCpuPercent: (many.cameraCpuPercent - few.cameraCpuPercent) / (row.units - small),
	};
};

type Measured = Figures & {cameraCpuPercent: number};

// gst-rtsp-server at times stops sending to all the clients of one pipeline; such a run says nothing.
const measure = async (row: Row, units: number): Promise<Measured> => {
	for (let attempt = 1; ; attempt++) {
		const {figures, lost} = await measureOnce(row, units);
		if (lost.length === 0) return figures;
		say(`${row.name}, ${units}: not counted: ${lost[0]}`);
		if (attempt === 4) throw new Error('no run of four was undisturbed');
	}
};

const measureOnce = async (row: Row, units: number) => {
	const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
	const camera = await startCamera();
	const {measured, helpers, complaints} = await row.start({
		url: camera.url,
		own: camera.own,
		camera: camera.process,
		units,
		folder,
	});
	try {
		await sleep(settleSeconds * 1000);
		const [cameras, ...own] = await Promise.all([camera.process, ...measured].map(watch));
		return {figures: {...sum(own), cameraCpuPercent: cameras?.cpuPercent ?? 0}, lost: complaints()};
	} finally {
		await endAll([...new Set([...helpers, ...measured, camera.process])]);
		rmSync(folder, {recursive: true});
	}
};

const sum = (all: Figures[]): Figures => ({
	cpuPercent: total(all.map(it => it.cpuPercent)),
	megabytes: total(all.map(it => it.megabytes)),
	threads: total(all.map(it => it.threads)),
});

const total = (values: number[]): number => values.reduce((before, value) => before + value, 0);

const watch = async ({pid = 0}: ChildProcess): Promise<Figures> => {
	const before = processUsage(pid);
	const start = performance.now();
	await sleep(seconds * 1000);
	const after = processUsage(pid);
	const elapsed = (performance.now() - start) / 1000;
	return {
		cpuPercent: (100 * (after.cpuSeconds - before.cpuSeconds)) / elapsed,
		megabytes: after.pssBytes / 1e6,
		threads: after.threads,
	};
};

/** All at once: some end by themselves when others do. */
const endAll = async (all: readonly ChildProcess[]): Promise<void> => {
	if (all.some(child => child.exitCode !== null))
		throw new Error(`a process of the measurement ended by itself`);
	const ended = all.map(async child => once(child, 'exit'));
	for (const child of all) child.kill('SIGTERM');
	await Promise.all(ended);
};

const median = (values: number[]): number =>
	[...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

const measureMedian = async (row: Row): Promise<Result> => {
	const all: Result[] = [];
	for (let run = 0; run < runs; run++) all.push(await measureRow(row));
	const of = (pick: (it: Result) => number) => Number(median(all.map(pick)).toFixed(4));
	return {
		row: row.name,
		units: row.units,
		cpuPercent: of(it => it.cpuPercent),
		megabytes: of(it => it.megabytes),
		threads: of(it => it.threads),
		cameraCpuPercent: of(it => it.cameraCpuPercent),
	};
};

/** What this row promised and did not keep. */
const missesOf = ({name, target, noMoreThan}: Row, all: readonly Result[]): string[] => {
	const figures = (row: string) => all.find(it => it.row === row);
	const {cpuPercent = 0, megabytes = 0} = figures(name) ?? {};
	const rival = figures(noMoreThan ?? '');
	return [
		...(target && cpuPercent > target.cpuPercent
			? [`more than ${target.cpuPercent} % of a core`]
			: []),
		...(target && megabytes > target.megabytes ? [`more than ${target.megabytes} MB`] : []),
		...(rival && cpuPercent > rival.cpuPercent ? [`more CPU than ${rival.row}`] : []),
	].map(miss => `${name}: ${miss}`);
};

const say = (text: string) => process.stdout.write(`${text}\n`);
const commit = execFileSync('git', ['-C', root, 'rev-parse', '--short', 'HEAD']).toString().trim();
const machine = {
	cpu: cpus()[0]?.model,
	cores: cpus().length,
	kernel: readFileSync('/proc/version', 'utf8').split(' ')[2],
};
const results: Result[] = [];
const chosen = rows.filter(it => wanted.test(it.name));
for (const row of chosen) {
	const result = await measureMedian(row);
	results.push(result);
	const target = row.target
		? `, target ${row.target.cpuPercent} % and ${row.target.megabytes} MB`
		: '';
	say(
		`${row.name}: ${result.cpuPercent} % of a core and ${result.megabytes.toFixed(2)} MB a ${row.unit}, ${result.threads} threads (gst-rtsp-server as the camera: ${result.cameraCpuPercent} %)${target}`,
	);
}
const misses = chosen.flatMap(row => missesOf(row, results));
const delays: Delay[] = [];
for (const {name, measure, targetMs, judged} of delayRows.filter(it => wanted.test(it.name))) {
	const delay = {row: name, ...(await measure())};
	delays.push(delay);
	const {tries, leastMs, medianMs, p95Ms, mostMs} = delay;
	say(
		`${name}: ${leastMs} ms at least, median ${medianMs}, 95 % ${p95Ms}, most ${mostMs} of ${tries}, target ${targetMs} ms`,
	);
	if (delay[judged] > targetMs) misses.push(`${name}: more than ${targetMs} ms`);
}
for (const miss of misses) say(`missed: ${miss}`);
if (misses.length > 0) process.exitCode = 1;
mkdirSync(join(root, 'bench/results'), {recursive: true});
const command = `make bench ROWS='${wanted.source}' RUNS=${runs} SECONDS=${seconds}`;
writeFileSync(
	join(root, `bench/results/${commit}.json`),
	`${JSON.stringify({command, commit, machine, results, delays}, undefined, 2)}\n`,
);
