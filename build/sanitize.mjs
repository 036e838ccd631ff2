// Native code under AddressSanitizer and UBSan with every fuzz target, and what has threads under ThreadSanitizer.
// With --build nothing is run: what takes long can be made while something else is waited for.
import {findTool} from './clang.mjs';
import {files, finish, run} from './tools.mjs';
import {asserting, buildNative, fuzz, gtest, nativeTests, shardsOf} from './runners.mjs';

const all = await nativeTests(['core', 'io', 'gst']);
const targets = (await files(['test/fuzz/*.cpp'])).map(
	file => `fuzz_${/(\w+)\.cpp$/.exec(file)[1]}`,
);
const clang = await findTool('clang++');
if (!clang) console.log("no Clang here: its sanitizers are GCC's, and nothing is fuzzed");

const compiler = clang ? {CMAKE_CXX_COMPILER: clang, FUZZERS: 'ON'} : {};
const programs = all.map(layer => `${layer}_test`);
// The core has no threads of its own, and GLib is none of ours.
const threaded = all.filter(layer => layer === 'io').map(layer => `${layer}_test`);
await buildNative(
	'out/asan',
	{TESTS: 'ON', SANITIZE: 'address,undefined', ...asserting, ...compiler},
	[...programs, ...(clang ? targets : [])],
);
await buildNative('out/tsan', {TESTS: 'ON', SANITIZE: 'thread', ...asserting}, threaded);
if (process.argv.includes('--build')) process.exit();
const address = {
	ASAN_OPTIONS: 'detect_leaks=1:detect_stack_use_after_return=1',
	LSAN_OPTIONS: 'suppressions=build/lsan.supp:print_suppressions=0',
	UBSAN_OPTIONS: 'print_stacktrace=1',
};
for (const layer of all)
	await gtest(`asan ${layer}_test`, `out/asan/${layer}_test`, {
		env: address,
		shards: shardsOf(layer),
	});
if (clang) await fuzz('out/asan', ['-runs=5000']);

// GStreamer's own tracer names every object that is alive at the end. What is abandoned on purpose stays.
if (all.includes('gst')) {
	await buildNative('out/native', {TESTS: 'ON'}, ['gst_test']);
	await gtest('leaks gst_test', 'out/native/gst_test', {
		shards: shardsOf('gst'),
		env: {
			GST_TRACERS: 'leaks',
			GST_DEBUG: 'GST_TRACER:7',
			GST_DEBUG_NO_COLOR: '1',
			GTEST_FILTER: '-*IsAbandoned*',
		},
		forbids: /object-alive, type-name=\(string\)(?!%s)/,
	});
}

// ThreadSanitizer of these compilers cannot place its shadow where addresses are spread widely; some
// containers forbid to change that, and spread them less.
const fixed = ['setarch', '-R'];
const wrapper = (await run('setarch', ['-R', 'true'])).code === 0 ? fixed : [];
for (const program of threaded) await gtest(`tsan ${program}`, `out/tsan/${program}`, {wrapper});
finish();
