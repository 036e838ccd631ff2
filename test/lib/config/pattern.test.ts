import test from 'ava';
import fc from 'fast-check';
import {parsePattern} from '../../../lib/config/pattern.ts';

test("Go's forms are understood", t => {
	t.is(parsePattern('~^(?P<site>\\w+)/cam$')?.exec('yard/cam')?.[1], 'yard');
	t.true(parsePattern('~(?i)^CAM')?.test('cam1'));
	t.true(parsePattern('~^(?i)CAM')?.test('cam1'));
	t.true(parsePattern('~\\Acam\\z')?.test('cam'));
	t.false(parsePattern('~\\Acam\\z')?.test('cam1'));
});

test('what is no regular expression, or none of Go, is refused', t => {
	for (const name of ['~(', '~[', '~a**', '~(?=a)', '~(?<!a)b', '~(a)\\1', '~(?<x>a)\\k<x>']) {
		t.is(parsePattern(name), undefined, name);
	}
	t.truthy(parsePattern('~\\\\(?:x)'));
});

test('a name that a stranger chooses cannot keep the server busy', t => {
	const evil = `${'a'.repeat(250)}!`;
	for (const name of ['~^(a+)+$', '~^(a|a)*$', '~^(.*)*x$', '~^(\\w+\\s?)*$', '~(a*)*b']) {
		t.is(parsePattern(name)?.exec(evil) ?? null, null, name);
	}
});

test('no text makes the parser of patterns throw', t => {
	fc.assert(
		fc.property(fc.string(), text => {
			parsePattern(`~${text}`);
		}),
	);
	t.pass();
});
