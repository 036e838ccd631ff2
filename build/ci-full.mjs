// What takes minutes: everything built by Clang, the addon under AddressSanitizer, another Node, fuzzing by the minute.
import {existsSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {findTool} from './clang.mjs';
import {ava, buildNative, gtest, nativeTests} from './runners.mjs';
import {check, count, files, finish, lines, must} from './tools.mjs';

const node = process.execPath;
const clang = await findTool('clang++');
const layers = await nativeTests(['core', 'io', 'gst']);
const programs = layers.map(layer => `${layer}_test`);

if (clang) {
	await buildNative('out/clang', {TESTS: 'ON', CMAKE_CXX_COMPILER: clang}, programs);
	for (const program of programs) await gtest(`clang ${program}`, `out/clang/${program}`);
	await check('fuzz', node, ['build/fuzz.mjs', '60']);
}

await check('node-gyp builds the addon too', node, ['build/gyp.mjs', 'check']);

// An addon with sanitizers needs their library in the process before it; Node's own leaks are not ours to find.
const cmakeJs = ['node_modules/cmake-js/bin/cmake-js', '--out=out/addon-asan', '--generator=Ninja'];
const sanitized = [
	'--CDSANITIZE=address',
	'--CDCMAKE_BUILD_TYPE=RelWithDebInfo',
	'--log-level=warn',
];
await must(node, [...cmakeJs, 'build', '--target=addon', ...sanitized], {quiet: true});
const [library] = await lines('g++', ['-print-file-name=libasan.so']);
await ava('ava under asan', ['test/lib/native/**/*.test.ts'], {
	env: {
		LD_PRELOAD: library,
		ASAN_OPTIONS: 'detect_leaks=0',
		SLUICE_ADDON: ['RelWithDebInfo', 'Release']
			.map(kind => `${process.cwd()}/out/addon-asan/${kind}/sluice.node`)
			.find(path => existsSync(path)),
	},
});

// The oldest Node we say we run on, or whichever newer one the system has.
const [system] = await lines('sh', ['-c', 'command -v -p node || command -v /usr/local/bin/node']);
const [version] = system ? await lines(system, ['--version']) : [];
if (version && Number(/^v(\d+)/.exec(version)[1]) >= 22)
	await ava(`ava on Node ${version}`, ['test/lib/**/*.test.ts'], {node: system});
else console.log(`no other Node >= 22.20 here${version ? ` (${version})` : ''}: left out`);

await links();
finish();

// Every relative link of a document leads to a file.
async function links() {
	const broken = (await files(['*.md'])).flatMap(file =>
		[...readFileSync(file, 'utf8').matchAll(/\]\((?!\w+:|#)([^)#\s]+)/g)]
			.map(([, path]) => join(dirname(file), path))
			.filter(path => !existsSync(path))
			.map(path => `${file}: ${path} does not exist`),
	);
	for (const line of broken) console.log(line);
	count('links in documents', {passed: broken.length === 0 ? 1 : 0, failed: broken.length});
}
