import test from 'ava';
import fc from 'fast-check';
import {parseRange} from '../../../lib/http/range.ts';

for (const header of [
	undefined,
	'',
	'bytes=',
	'bytes=-',
	'items=0-1',
	'bytes=0-1,3-4',
	'bytes=5-2',
])
	test(`the header ${header} asks for everything`, t => t.is(parseRange(header, 10), undefined));

test('what lies behind the end is not there', t => {
	t.is(parseRange('bytes=10-', 10), 'none');
	t.is(parseRange('bytes=-0', 10), 'none');
	t.is(parseRange('bytes=-5', 0), 'none');
});

test('whatever the header, a range lies within the bytes', t => {
	const part = fc.oneof(fc.nat().map(String), fc.constant(''), fc.string());
	const header = fc.oneof(
		fc.string(),
		fc.tuple(part, part).map(([first, last]) => `bytes=${first}-${last}`),
	);
	fc.assert(
		fc.property(header, fc.nat(), (text, size) => {
			const range = parseRange(text, size);
			if (range === undefined || range === 'none') return true;
			return range.start >= 0 && range.start < range.end && range.end <= size;
		}),
	);
	t.pass();
});
