import test from 'ava';
import fc from 'fast-check';
import {formatRate, parseRate} from '../../../lib/util/rate.ts';

const reads = test.macro({
	exec: (t, text: string, bps: number | undefined) => t.is(parseRate(text), bps),
	title: (_, text, bps) =>
		bps === undefined ? `${JSON.stringify(text)} is no rate` : `${text} is ${bps} bit/s`,
});

test(reads, '2Mbps', 2_000_000);
test(reads, '500k', 500_000);
test(reads, '1.5Mbit/s', 1_500_000);
test(reads, '64000', 64_000);
for (const text of ['', 'k', '-1', '1 Mbps', '1MBps/s', '1T']) test(reads, text, undefined);

test('every rate reads as it was written', t => {
	fc.assert(fc.property(fc.maxSafeNat(), bps => parseRate(formatRate(bps)) === bps));
	t.is(formatRate(2_000_000), '2Mbps');
});
