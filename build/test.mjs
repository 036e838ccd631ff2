// All tests: of native code by GoogleTest, of everything else by ava, those with real peers last and one by one.
import {files, finish} from './tools.mjs';
import {ava, buildNative, gtest, nativeTests} from './runners.mjs';

const layers = await nativeTests(['core', 'io', 'gst']);
const programs = layers.map(layer => `${layer}_test`);
await buildNative('out/native', {TESTS: 'ON'}, programs);
for (const program of programs) await gtest(program, `out/native/${program}`);

await ava('ava', ['test/**/*.test.ts', '!test/e2e/**', '!test/build/**']);
for (const folder of ['build', 'e2e']) {
	if ((await files([`test/${folder}/**.test.ts`])).length === 0) continue;
	await ava(`ava ${folder}`, [`test/${folder}/**/*.test.ts`], {serial: true});
}
finish();
