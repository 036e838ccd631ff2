import {readdirSync, readFileSync} from 'node:fs';

/** CPU seconds so far, and memory now, of a process and all its children. */
export type Usage = {cpuSeconds: number; pssBytes: number; threads: number};

const clockTicksPerSecond = 100; // sysconf(_SC_CLK_TCK) on every Linux that we run on

export const processUsage = (pid: number): Usage => {
	const all = [...tree(pid)].map(usageOf);
	const sum = (pick: (usage: Usage) => number) => all.reduce((total, it) => total + pick(it), 0);
	return {
		cpuSeconds: sum(it => it.cpuSeconds),
		pssBytes: sum(it => it.pssBytes),
		threads: sum(it => it.threads),
	};
};

function* tree(pid: number): Generator<number> {
	yield pid;
	for (const task of readdirSync(`/proc/${pid}/task`))
		for (const child of read(`/proc/${pid}/task/${task}/children`).split(' ').filter(Boolean))
			yield* tree(Number(child));
}

const usageOf = (pid: number): Usage => {
	// proc(5): the name in brackets may hold blanks; fields 14 and 15 are utime and stime, 20 the threads.
	const fields = read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
	const pss = /^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? '0';
	return {
		cpuSeconds: (Number(fields[11]) + Number(fields[12])) / clockTicksPerSecond,
		pssBytes: Number(pss) * 1024,
		threads: Number(fields[17]),
	};
};

const read = (file: string): string => {
	try {
		return readFileSync(file, 'utf8');
	} catch {
		return ''; // the process has just ended
	}
};
