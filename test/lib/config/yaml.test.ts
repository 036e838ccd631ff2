import test from 'ava';
import {load, problemsOf} from '../../helpers/config.ts';

test('boolean keys take the words of YAML 1.1 and of YAML 1.2', t => {
	for (const word of ['yes', 'on', 'true', 'Yes', 'TRUE', '"yes"'])
		t.true(load(`hls: ${word}`).config.hls, word);
	for (const word of ['no', 'off', 'false', 'No', 'OFF', "'no'"])
		t.false(load(`hls: ${word}`).config.hls, word);
	t.true(load('%YAML 1.1\n---\nhls: yes').config.hls);
});

test('word keys keep their words, whatever YAML 1.1 made of them', t => {
	t.deepEqual(problemsOf('hlsVariant: no'), [
		'test.yml:1: hlsVariant: expected one of fmp4, lowLatency, mpegts, got "no"',
	]);
	t.deepEqual(problemsOf('%YAML 1.1\n---\nlogLevel: off'), [
		'test.yml:3: logLevel: expected one of error, warn, info, debug, got "off"',
	]);
});

test('what looks like a number stays as it was written where a text is meant', t => {
	const users = (pass: string) =>
		load(
			`authInternalUsers:\n- user: any\n  permissions: [{action: read}]\n- user: 1e3\n  pass: ${pass}`,
		).config.authInternalUsers[1];
	t.like(users('0123'), {user: '1e3', pass: '0123'});
	t.is(users('0x10')?.pass, '0x10');
	t.is(users('true')?.pass, 'true');
	t.is(users('~')?.pass, '');
	t.is(users('"null"')?.pass, 'null');
});

test('numbers may stand in quotes', t => {
	t.is(load('hlsSegmentCount: "9"').config.hlsSegmentCount, 9);
});

test('a key without a value has its default', t => {
	t.is(load('readTimeout:\nhlsSegmentCount: null\nhlsDirectory: ~').config.readTimeout, 10_000);
});

test('a key that is there twice is an error in the second line', t => {
	t.deepEqual(problemsOf('paths:\n  a:\n  b:\n  a:\n'), [
		'test.yml:4: expected paths.a once, it is in line 2 already',
	]);
});

test('anchors, aliases and merged keys work', t => {
	const {config} = load(`
pathDefaults: &common {maxReaders: 5}
paths:
  a: &a {<<: *common, source: "test:"}
  b: *a
  c: {<<: [*a, {sourceHold: 1s}], maxReaders: 6}
`);
	t.like(config.paths['b'], {source: 'test:', maxReaders: 5});
	t.like(config.paths['c'], {source: 'test:', maxReaders: 6, sourceHold: 1000});
});

test('aliases that stand for a billion values are refused', t => {
	const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
	for (let i = 1; i < 10; i++)
		lines.push(
			`a${i}: &a${i} [${Array(10)
				.fill(`*a${i - 1}`)
				.join(', ')}]`,
		);
	t.regex(
		problemsOf(lines.join('\n'))[0] ?? '',
		/^test\.yml:\d+: expected at most 500000 values, aliases counted$/,
	);
});

test('an alias of itself is refused', t => {
	t.regex(
		problemsOf('paths: &a\n  b: *a\n')[0] ?? '',
		/expected at most 32 levels, aliases counted/,
	);
});

test('nesting without end is refused', t => {
	t.regex(problemsOf('['.repeat(100_000))[0] ?? '', /^test\.yml/);
});

test('a file that is too long is refused', t => {
	t.deepEqual(problemsOf('#'.repeat(9 * 2 ** 20)), ['test.yml: expected at most 8388608 bytes']);
});

test('of many faults the first ten are told, and how many more there are', t => {
	const problems = problemsOf(`a: [\n${'}: }\n'.repeat(500)}`);
	t.is(problems.length, 11);
	t.regex(problems.at(-1) ?? '', /^and \d+ more$/);
});

test('an empty name in quotes hides nothing else that is wrong', t => {
	const problems = problemsOf('paths: {"": , cam: {sauce: x}}');
	t.is(problems.length, 2);
	t.regex(problems.join('\n'), /at least one character\n.*sauce: unknown key/);
});

test('tabs, tags, two documents and other faults are told with their line', t => {
	t.regex(problemsOf('paths:\n\tcam:\n')[0] ?? '', /^test\.yml:2: /);
	t.regex(problemsOf('hls: yes\npaths: [')[0] ?? '', /^test\.yml:2: /);
	t.regex(problemsOf('hls: yes\n---\nhls: no')[0] ?? '', /^test\.yml:\d: /);
	t.regex(problemsOf('hls: !!python/object:os.system x')[0] ?? '', /^test\.yml:1: /);
	t.deepEqual(problemsOf('- hls'), ['test.yml: expected a map of keys such as "paths:"']);
	t.deepEqual(problemsOf('paths: cam'), ['test.yml:1: paths: expected a map of path names']);
	t.deepEqual(problemsOf('paths:\n  cam: test'), [
		'test.yml:2: paths.cam: expected a map of keys such as "source:"',
	]);
	t.deepEqual(problemsOf('paths:\n  cam:\n    source: test:'), [
		'test.yml:3: expected one value; one that ends with a colon, or has a colon and a space in it, stands in quotes such as "test:"',
	]);
	t.deepEqual(problemsOf('[a]: b'), ['test.yml:1: expected a key that is a text']);
});
