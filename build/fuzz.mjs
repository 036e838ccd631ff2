// Each fuzz target for as many seconds as the argument says.
import {findTool} from './clang.mjs';
import {files, finish} from './tools.mjs';
import {asserting, buildNative, fuzz} from './runners.mjs';

const clang = await findTool('clang++');
if (!clang) {
	console.log(
		'libFuzzer is part of Clang, which is not here: install clang-14 and libclang-rt-14-dev',
	);
	process.exit(1);
}
const targets = (await files(['test/fuzz/*.cpp'])).map(
	file => `fuzz_${/(\w+)\.cpp$/.exec(file)[1]}`,
);
const settings = {
	SANITIZE: 'address,undefined',
	...asserting,
	FUZZERS: 'ON',
	TESTS: 'ON',
};
await buildNative('out/asan', {...settings, CMAKE_CXX_COMPILER: clang}, targets);
await fuzz('out/asan', [`-max_total_time=${process.argv[2] ?? 60}`]);
finish();
