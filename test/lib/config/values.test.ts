import test from 'ava';
import {load, problemsOf} from '../../helpers/config.ts';
import {pathSchema} from '../../../lib/config/schema.ts';

test('a duration that no timer can run is refused', t => {
	t.is(load('readTimeout: 24d').config.readTimeout, 2_073_600_000);
	t.regex(problemsOf('readTimeout: 25d')[0] ?? '', /at most 24d, got "25d"$/);
	t.regex(problemsOf('readTimeout: 0s')[0] ?? '', /of at least 100ms/);
});

test('an address can be off', t => {
	for (const word of ['off', 'no', "''", 'false'])
		t.is(load(`httpAddress: ${word}`).config.httpAddress, null, word);
	t.regex(problemsOf('httpAddress: 8080')[0] ?? '', /expected an address such as ":8080"/);
});

test('JSON of the API may have its own types of values', t => {
	const path = pathSchema.parse({
		sourceOnDemand: true,
		maxReaders: 3,
		ringMaxSize: 1_000_000,
		sourceHold: '2s',
	});
	t.like(path, {sourceOnDemand: true, maxReaders: 3, ringMaxSize: 1_000_000, sourceHold: 2000});
	for (const wrong of [
		{maxReaders: 1.5},
		{maxReaders: true},
		{sourceHold: 2000},
		{source: ['x']},
		{source: 5},
		{sourceOnDemand: 1},
		{rtspTransport: {}},
	]) {
		t.false(pathSchema.safeParse(wrong).success, JSON.stringify(wrong));
	}
});

test('what was got is told in one short line', t => {
	const [problem = ''] = problemsOf(`readTimeout: "${'x\\n\\e'.repeat(50)}"`);
	t.regex(problem, /, got "[x ]{77}\.\.\."$/);
});
