// All tests: of native code by GoogleTest, of everything else by ava, those with real peers last and few at a time.
import {availableParallelism} from 'node:os';
import {files, finish} from './tools.mjs';
import {ava, buildNative, gtest, nativeTests, shardsOf} from './runners.mjs';

const layers = await nativeTests(['core', 'io', 'gst']);
await buildNative(
	'out/native',
	{TESTS: 'ON'},
	layers.map(layer => `${layer}_test`),
);
for (const layer of layers)
	await gtest(`${layer}_test`, `out/native/${layer}_test`, {shards: shardsOf(layer)});

await ava('ava', ['test/**/*.test.ts', '!test/e2e/**', '!test/build/**']);
// A peer that gets no processor for a while is a peer that is slow, which some tests would notice.
const concurrency = availableParallelism() < 4 ? 1 : 2;
for (const folder of ['build', 'e2e']) {
	if ((await files([`test/${folder}/**.test.ts`])).length === 0) continue;
	await ava(`ava ${folder}`, [`test/${folder}/**/*.test.ts`], {concurrency});
}
finish();
