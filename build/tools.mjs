// What the scripts of this folder share: running a command, and counting what passed.
import {spawn} from 'node:child_process';
import {appendFileSync} from 'node:fs';
import {dirname} from 'node:path';

export const root = dirname(import.meta.dirname);
process.chdir(root);

/** Runs a command to its end: its exit code, all it printed in order, and its standard output alone. */
export const run = (command, args, {show = false, env = {}, timeoutMs} = {}) =>
	new Promise(resolve => {
		const child = spawn(command, args, {env: {...process.env, ...env}, timeout: timeoutMs});
		let output = '';
		let stdout = '';
		const take = chunk => {
			output += chunk;
			if (show) process.stdout.write(chunk);
		};
		child.stdout.on('data', take);
		child.stdout.on('data', chunk => (stdout += chunk));
		child.stderr.on('data', take);
		child.on('error', error => resolve({code: 127, output: error.message, stdout}));
		child.on('close', (code, signal) => resolve({code: code ?? signal, output, stdout}));
	});

/** Runs a command that the rest cannot do without; its failure ends the script. `quiet`: shown only then. */
export const must = async (command, args, {quiet = false, ...options} = {}) => {
	const {code, output} = await run(command, args, {show: !quiet, ...options});
	if (code === 0) return;
	console.error(`${quiet ? output : ''}failed (${code}): ${command} ${args.join(' ')}`);
	process.exit(1);
};

/** Lines that a command prints; none when it fails. */
export const lines = async (command, args) => {
	const {code, stdout} = await run(command, args);
	return code === 0 ? stdout.split('\n').filter(Boolean) : [];
};

/** All the files git knows or would take, of these patterns. */
export const files = patterns =>
	lines('git', [
		'ls-files',
		'--cached',
		'--others',
		'--exclude-standard',
		'--deduplicate',
		'--',
		...patterns,
	]);

let passed = 0;
let failed = 0;

/** One runner has ended. One that ran nothing has failed. */
export const count = (name, counts, seconds) => {
	const nothing = counts.passed + counts.failed === 0;
	passed += counts.passed;
	failed += counts.failed + (nothing ? 1 : 0);
	const time = seconds === undefined ? '' : ` (${seconds.toFixed(1)} s)`;
	const skipped = counts.skipped ? `, ${counts.skipped} skipped` : '';
	console.log(`${name}: ${counts.passed} passed, ${counts.failed} failed${skipped}${time}`);
	if (nothing) console.log(`${name} ran nothing, which counts as a failure`);
};

/** How many have failed so far. */
export const failures = () => failed;

/** Prints the sum as the last line; `.ci/run` adds the sums of several scripts up. */
export const finish = () => {
	if (process.env.SLUICE_TALLY) appendFileSync(process.env.SLUICE_TALLY, `${passed} ${failed}\n`);
	console.log(`${passed} passed, ${failed} failed`);
	process.exit(failed === 0 ? 0 : 1);
};

/** Seconds since the given `performance.now()`. */
export const since = startMs => (performance.now() - startMs) / 1000;

// Enough to see what is wrong; a thousand lines say no more.
const cut = text => {
	const [head, rest] = [text.split('\n').slice(0, 60), text.split('\n').slice(60)];
	return [...head, ...(rest.length > 0 ? [`... and ${rest.length} more lines`] : [])].join('\n');
};

/** Runs one check; its output is shown when it fails. */
export const check = async (name, command, args, options) => {
	const startMs = performance.now();
	const {code, output} = await run(command, args, options);
	if (code !== 0)
		console.log(`\n--- ${name}: ${command} ${args.slice(0, 3).join(' ')}\n${cut(output)}`);
	count(name, {passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1}, since(startMs));
};

/** Runs tasks, at most `width` at once. */
export const together = async (width, tasks) => {
	const queue = [...tasks];
	const worker = async () => {
		for (let task = queue.shift(); task; task = queue.shift()) await task();
	};
	await Promise.all(Array.from({length: width}, worker));
};
