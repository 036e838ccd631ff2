// What takes long, by the word WHAT: `suite` is the whole suite of ava again and again, until the time is over or a test
// fails (what fails once in a hundred runs fails here); `readers` many readers of one path; `desync` cameras that cut
// packets short. MINUTES says how long.
import {ava} from './runners.mjs';
import {failures, finish, must, since} from './tools.mjs';

const rows = ['readers', 'desync'];
if (rows.includes(process.env.WHAT)) {
	await must(process.execPath, [`bench/soak-${process.env.WHAT}.ts`]);
	process.exit();
}

const startMs = performance.now();
const minutes = Number(process.env.MINUTES ?? 60);
for (let round = 1; failures() === 0 && (round === 1 || since(startMs) < minutes * 60); round += 1)
	await ava(`round ${round}`, ['test/**/*.test.ts', '!test/build/**'], {concurrency: 1});
finish();
