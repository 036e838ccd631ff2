import test from 'ava';
import fc from 'fast-check';
import {checkAhead, parseReload} from '../../../../lib/protocols/hls/reload.ts';

const parse = (query: string) => parseReload(new URLSearchParams(query));

test('directives are read', t => {
	t.deepEqual(parse(''), {msn: undefined, part: undefined, isDelta: false});
	t.deepEqual(parse('_HLS_msn=12&_HLS_part=3&_HLS_skip=YES'), {msn: 12, part: 3, isDelta: true});
	t.deepEqual(parse('_HLS_skip=v2'), {msn: undefined, part: undefined, isDelta: true});
	t.deepEqual(parse('_HLS_skip=no&session=x'), {msn: undefined, part: undefined, isDelta: false});
});

for (const query of [
	'_HLS_part=1',
	'_HLS_msn=',
	'_HLS_msn=-1',
	'_HLS_msn=1.5',
	'_HLS_msn=1e3',
	'_HLS_msn=9999999999999999',
	'_HLS_msn=1&_HLS_part=x',
])
	test(`${query} means nothing`, t => t.is(typeof parse(query), 'string'));

test('whatever the query, it is read or refused', t => {
	const word = fc.oneof(fc.nat().map(String), fc.string());
	const query = fc.record({_HLS_msn: word, _HLS_part: word, _HLS_skip: word}, {requiredKeys: []});
	fc.assert(
		fc.property(query, asked => {
			const read = parseReload(new URLSearchParams(asked));
			if (typeof read === 'string') return true;
			const {msn, part} = read;
			return [msn, part].every(it => it === undefined || Number.isSafeInteger(it));
		}),
	);
	t.pass();
});

const ahead = (msn: number, part?: number, next = {msn: 10, part: 2}, partTargetUs = 200_000) =>
	checkAhead({msn, part, isDelta: false}, {next, partTargetUs});

test('two segments after the newest can be waited for, and no more', t => {
	t.is(ahead(12), undefined);
	t.regex(ahead(13) ?? '', /at most 12, got 13/);
	t.is(ahead(11, undefined, {msn: 10, part: 0}), undefined);
	t.regex(ahead(12, undefined, {msn: 10, part: 0}) ?? '', /at most 11/);
});

test('three seconds of parts can be waited for, or three parts where they are long', t => {
	t.is(ahead(10, 16), undefined);
	t.regex(ahead(10, 17) ?? '', /_HLS_part to be at most 16, got 17/);
	t.is(ahead(11, 14), undefined);
	t.regex(ahead(11, 15) ?? '', /at most 14/);
	t.is(ahead(10, 4, {msn: 10, part: 2}, 1_000_000), undefined);
	t.regex(ahead(10, 5, {msn: 10, part: 2}, 1_000_000) ?? '', /at most 4/);
});
