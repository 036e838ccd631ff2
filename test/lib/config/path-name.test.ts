import test from 'ava';
import fc from 'fast-check';
import {checkPathKey, checkPathName} from '../../../lib/config/path-name.ts';

test('letters, digits and _ . ~ - make names, with / between segments', t => {
	for (const name of [
		'cam',
		'site/cam-2',
		'a.b_c~d',
		'~tilde',
		'192.168.1.10',
		'live',
		'x/live/y',
		'v4',
		'snapshot.jpg',
		'constructor',
	]) {
		t.is(checkPathName(name), undefined, name);
	}
});

test('other names are refused with the reason', t => {
	for (const name of [
		'',
		'/',
		'/a',
		'a/',
		'a//b',
		'a/../b',
		'.',
		'a b',
		'ä',
		'a%2f',
		'a\n',
		'__proto__',
		'a/__proto__',
		'x'.repeat(256),
	]) {
		t.is(typeof checkPathName(name), 'string', name);
	}
});

test('names of the server itself are refused', t => {
	for (const first of ['v3', 'metrics', 'healthz', 'readyz', 'stats', 'wall', 'assets']) {
		t.regex(checkPathName(first) ?? '', /own pages/);
		t.regex(checkPathName(`${first}/x`) ?? '', /own pages/);
	}
	for (const last of [
		'live',
		'whep',
		'whip',
		'index.m3u8',
		'live.flv',
		'snapshot.jpg',
		'snapshot.webp',
	]) {
		t.regex(checkPathName(`cam/${last}`) ?? '', /the stream itself/);
	}
});

test('an entry of paths may be a regular expression', t => {
	t.is(checkPathKey('~^cam(.+)$'), undefined);
	t.is(checkPathKey('~^(?P<name>.+)$'), undefined);
	t.is(checkPathKey('~(?i)^CAM'), undefined);
	t.regex(checkPathKey('~^(') ?? '', /regular expression/);
	t.is(checkPathKey('all_others'), undefined);
});

test('a name that is taken makes no other URL than its own', t => {
	fc.assert(
		fc.property(fc.string(), name => {
			if (checkPathName(name) !== undefined) return true;
			return new URL(`http://h/${name}/index.m3u8`).pathname === `/${name}/index.m3u8`;
		}),
	);
	t.pass();
});
