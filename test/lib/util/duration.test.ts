import test from 'ava';
import fc from 'fast-check';
import {formatDuration, parseDuration} from '../../../lib/util/duration.ts';

const reads = test.macro({
	exec: (t, text: string, ms: number | undefined) => t.is(parseDuration(text), ms),
	title: (_, text, ms) =>
		ms === undefined ? `${JSON.stringify(text)} is no duration` : `${text} is ${ms} ms`,
});

test(reads, '10s', 10_000);
test(reads, '1m30s', 90_000);
test(reads, '1.5h', 5_400_000);
test(reads, '0.3s', 300);
test(reads, '250us', 0.25);
test(reads, '1d', 86_400_000);
test(reads, '1d12h0m0s', 129_600_000);
test(reads, '0', 0);
test(reads, '0s', 0);
for (const text of [
	'',
	'10',
	's',
	'-1s',
	'1 s',
	'1x',
	'1s ',
	'1e3s',
	'.5s',
	'9'.repeat(400) + 's',
]) {
	test(reads, text, undefined);
}

test('a duration is written in its shortest form', t => {
	t.is(formatDuration(90_000), '1m30s');
	t.is(formatDuration(200), '200ms');
	t.is(formatDuration(0), '0s');
	t.is(formatDuration(86_400_000), '1d');
});

test('every duration reads as it was written', t => {
	fc.assert(fc.property(fc.nat({max: 2 ** 40}), ms => parseDuration(formatDuration(ms)) === ms));
	t.pass();
});

test('no text makes the parser of durations throw, or gives a negative', t => {
	fc.assert(
		fc.property(fc.string(), text => {
			const ms = parseDuration(text);
			return ms === undefined || ms >= 0;
		}),
	);
	t.pass();
});
