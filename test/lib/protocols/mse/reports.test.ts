import test from 'ava';
import {Reports} from '../../../../lib/protocols/mse/reports.ts';

const report = (ltc: number | null) => ({
	...{bl: 60, ltc, pr: 1, dfa: 0, bsa: 0, frames: 25, width: 640, height: 360, rtt: 2},
});

test('the delay is told as least, mean and most of all reports that know it', t => {
	const reports = new Reports();
	t.is(reports.newest, null);
	for (const ltc of [null, 100, 80, 120, null]) reports.add(report(ltc));
	t.deepEqual(reports.delay, {min: 80, avg: 100, max: 120});
	t.is(reports.newest?.ltc, null);
});
