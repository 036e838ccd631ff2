import test from 'ava';
import fc from 'fast-check';
import {fileName, parseFileName} from '../../../../lib/protocols/hls/names.ts';

test('a file name is read as it was written', t => {
	const kind = fc.constantFrom('init' as const, 'part' as const, 'segment' as const);
	fc.assert(
		fc.property(kind, fc.nat(), (type, number) => {
			const parsed = parseFileName(fileName('0123abcd', type, number));
			return JSON.stringify(parsed) === JSON.stringify({type, tag: '0123abcd', number});
		}),
	);
	t.pass();
});

for (const name of [
	'',
	'index.html',
	'x_segment1.m4s',
	'0123abcd_segment-1.m4s',
	'0123abcd_init1.m4s',
	'0123abcd_part1.mp4',
	'0123abcd_part.m4s',
])
	test(`"${name}" is no file of HLS`, t => t.is(parseFileName(name), undefined));

test('whatever the name, reading it does not throw', t => {
	fc.assert(fc.property(fc.string(), name => parseFileName(name) === undefined || name !== ''));
	t.pass();
});
