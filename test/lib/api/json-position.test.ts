import test from 'ava';
import fc from 'fast-check';
import {jsonBreak} from '../../../lib/api/json-position.ts';

for (const [text, position] of [
	['{"a": oops}', 6],
	['{"a": 1,}', 8],
	['{"a" 1}', 5],
	['[1 2]', 3],
	['{"a": 1', 7],
	['{} x', 3],
	['', 0],
	['01', 1],
	[`"${'\n'}"`, 0],
] as const)
	test(`${JSON.stringify(text)} breaks at ${position}`, t => t.is(jsonBreak(text), position));

test('what is JSON has no break', t => {
	fc.assert(fc.property(fc.json(), text => jsonBreak(text) === text.length));
	t.pass();
});

test('what is no JSON has one within its length, however deep', t => {
	const text = fc.oneof(
		fc.string(),
		fc.json().map(json => json.slice(0, -1)),
	);
	fc.assert(fc.property(text, broken => jsonBreak(broken) <= broken.length));
	t.true(jsonBreak('['.repeat(1_000_000)) < 1_000_000);
});
