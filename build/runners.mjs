// Runs test programs and reads their counts; shows the whole output of what failed.
import {existsSync, readdirSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {check, count, files, must, run, since} from './tools.mjs';

/** In CI, files of a layer are compiled together: nobody will change one of them and build again. */
export const together = process.env.CI ? {CMAKE_UNITY_BUILD: 'ON'} : {};

/** Configures and builds one tree of native code. */
export const buildNative = async (folder, settings, targets = []) => {
	const options = Object.entries({...together, ...settings}).map(
		([name, value]) => `-D${name}=${value}`,
	);
	await must('cmake', ['-S', '.', '-B', folder, '-G', 'Ninja', ...options], {quiet: true});
	const names = targets.length === 0 ? [] : ['--target', ...targets];
	await must('cmake', ['--build', folder, ...names, '--', '--quiet']);
};

/** Sanitizers want line numbers, and assertions, which CMake's own kinds of build leave out. */
export const asserting = {
	CMAKE_BUILD_TYPE: 'RelWithDebInfo',
	CMAKE_CXX_FLAGS_RELWITHDEBINFO: '-O1 -g1',
};

/** How many processes share the tests of a layer. */
export const shardsOf = layer => (layer === 'gst' ? 6 : 1);

/** The layers whose native tests there are. */
export const nativeTests = async layers => {
	const sources = await files(layers.map(layer => `test/${layer}/*.cpp`));
	return layers.filter(layer => sources.some(file => file.startsWith(`test/${layer}/`)));
};

const gtestCounts = ({code, output}) => {
	const number = pattern => Number(pattern.exec(output)?.[1] ?? 0);
	const failed = number(/^\[ {2}FAILED {2}\] (\d+) tests?,/m);
	return {
		passed: number(/^\[ {2}PASSED {2}\] (\d+) tests?/m),
		failed: code === 0 || failed > 0 ? failed : 1,
		skipped: number(/^\[ {2}SKIPPED \] (\d+) tests?/m),
	};
};

// Parts of one program that run side by side, since most tests of GStreamer wait for its clocks.
const runShards = async (program, {env, wrapper, shards}) => {
	const [command, ...args] = [...wrapper, program];
	const shard = index => ({GTEST_TOTAL_SHARDS: `${shards}`, GTEST_SHARD_INDEX: `${index}`});
	const all = Array.from({length: shards}, (_, index) =>
		run(command, args, {env: {...env, ...shard(index)}, timeoutMs: 300_000}),
	);
	return Promise.all(all);
};

/**
 * One GoogleTest program; `wrapper` is a command that starts it, `forbids` what it must not print, `shards` how many
 * processes share its tests.
 */
export const gtest = async (name, program, {env, wrapper = [], forbids, shards = 1} = {}) => {
	const startMs = performance.now();
	const results = await runShards(program, {env, wrapper, shards});
	const sum = {passed: 0, failed: 0, skipped: 0};
	for (const result of results) {
		const counts = gtestCounts(result);
		if (forbids?.test(result.output)) counts.failed++;
		if (counts.failed > 0) console.log(`\n--- ${name} (exit ${result.code})\n${result.output}`);
		for (const kind of Object.keys(sum)) sum[kind] += counts[kind];
	}
	count(name, sum, since(startMs));
};

const tapCounts = (code, report) => {
	const number = pattern => (report.match(pattern) ?? []).length;
	const failed = number(/^not ok (?!.*# (SKIP|TODO))/gm);
	return {
		passed: number(/^ok (?!.*# (SKIP|TODO))/gm),
		failed: code === 0 || failed > 0 ? failed : 1,
		skipped: number(/^(not )?ok .*# (SKIP|TODO)/gm),
	};
};

// The lines of a TAP report that tell of a failure: from `not ok` to the next result.
const tapFailures = output => {
	let inside = false;
	return output.split('\n').filter(line => {
		if (/^(not )?ok /.test(line)) inside = line.startsWith('not ok') && !/# (SKIP|TODO)/.test(line);
		return inside || /^(Bail out|# .*(exit|crash|timed out|remaining in))/i.test(line);
	});
};

/** Ava over these patterns, by this Node, so many files at a time: as many as there are cores when nothing is said. */
export const ava = async (name, patterns, {concurrency, env, node = process.execPath} = {}) => {
	const startMs = performance.now();
	const args = [
		'node_modules/ava/entrypoints/cli.js',
		'--tap',
		...(concurrency ? [`--concurrency=${concurrency}`] : []),
	];
	// Each test file is a process, and each compiles the same modules: once is enough.
	const cached = {NODE_COMPILE_CACHE: resolve('out/compile-cache'), ...env};
	// The report is on standard output; what tests print themselves is not.
	const {code, output, stdout} = await run(node, [...args, ...patterns], {env: cached});
	const counts = tapCounts(code, stdout);
	if (counts.failed > 0) {
		const told = tapFailures(stdout).join('\n');
		console.log(`\n--- ${name} (exit ${code})\n${told === '' ? output : told}`);
	}
	count(name, counts, since(startMs));
};

/** Each fuzz target in `folder`: its corpus, then what `limits` says. What it finds is left in out/. */
export const fuzz = async (folder, limits) => {
	for (const program of readdirSync(folder).filter(name => /^fuzz_\w+$/.test(name))) {
		const name = program.slice('fuzz_'.length);
		const corpus = `test/fuzz/corpus/${name}`;
		const seeds = existsSync(corpus) ? [corpus] : [];
		const fresh = join(folder, 'corpus', name);
		await must('mkdir', ['-p', fresh]);
		const options = [
			'-max_len=65536',
			'-timeout=10',
			'-print_final_stats=0',
			`-artifact_prefix=out/${name}-`,
		];
		await check(`fuzz ${name}`, join(folder, program), [...options, ...limits, fresh, ...seeds]);
	}
};
