// The whole suite of ava again and again, until the time is over or a test fails: what fails once in a hundred runs
// fails here. The argument is in minutes.
import {ava} from './runners.mjs';
import {failures, finish, since} from './tools.mjs';

const startMs = performance.now();
const minutes = Number(process.argv[2] ?? 60);
for (let round = 1; failures() === 0 && (round === 1 || since(startMs) < minutes * 60); round += 1)
	await ava(`round ${round}`, ['test/**/*.test.ts', '!test/build/**'], {serial: true});
finish();
