import test from 'ava';
import fc from 'fast-check';
import {formatAmf0, formatList, parseAmf0} from '../../../../lib/protocols/rtmp/amf0.ts';
import type {Amf} from '../../../../lib/protocols/rtmp/amf0.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
/** As plain objects, so that they can be compared. */
const plain = (value: unknown): unknown =>
	JSON.parse(JSON.stringify(value, (_, it: unknown) => it ?? 'none'));

const written = test.macro({
	exec(t, value: Amf, bytes: string) {
		t.is(formatAmf0([value]).toString('hex'), hex(bytes).toString('hex'));
		t.deepEqual(plain(parseAmf0(hex(bytes))), plain({ok: true, value: [value]}));
	},
	title: (_, value) => `${JSON.stringify(value)} is written and read`,
});

test(written, 1.5, '00 3ff8000000000000');
test(written, true, '01 01');
test(written, 'live', '02 0004 6c697665');
test(written, null, '05');
test(written, undefined, '06');
test(written, {a: 1}, '03 0001 61 00 3ff0000000000000 0000 09');
test(written, ['a'], '0a 00000001 02 0001 61');
test(written, 'x'.repeat(70_000), `0c 00011170 ${'78'.repeat(70_000)}`);

const read = test.macro({
	exec(t, bytes: string, value: unknown) {
		const got = parseAmf0(hex(bytes));
		t.deepEqual(got.ok ? plain(got.value) : got.reason, value);
	},
	title: (_, bytes) => `${bytes} is read`,
});

test(read, '08 00000000 0001 61 01 01 0000 09', [{a: true}]);
test(read, '08 00000001 0001 61 01 01', [{a: true}]);
test(read, '10 0001 54 0001 61 05 0000 09', [{a: 'none'}]);
test(read, '0d 0f 00000002 3c61', ['none', '<a']);
test(read, '0b 0000000000000000 0000', ['1970-01-01T00:00:00.000Z']);
test(read, '02 0004 6c69', 'expected 4 bytes more, got 2');
test(read, '0a ffffffff', 'expected 1 bytes more, got 0');
test(read, '11', 'expected a value, got one of type 17');
test(read, '0a00000001'.repeat(40), 'expected at most 32 values within each other');

test('a name of the peer is a name and nothing else', t => {
	const got = parseAmf0(hex('03 0009 5f5f70726f746f5f5f 03 0001 61 05 0000 09 0000 09'));
	t.true(got.ok);
	t.deepEqual(got.ok && Object.keys(got.value[0] as object), ['__proto__']);
	t.is(Object.prototype.hasOwnProperty.call({}, 'a'), false);
});

const values = fc.letrec<{value: Amf}>(tie => ({
	value: fc.oneof(
		{depthSize: 'small', withCrossShrink: true},
		fc.double({noNaN: true}),
		fc.boolean(),
		fc.string({unit: 'grapheme'}),
		fc.constant(null),
		fc.constant(undefined),
		fc.array(tie('value'), {maxLength: 4}),
		fc.dictionary(fc.string({minLength: 1}), tie('value'), {maxKeys: 4}),
	),
})).value;

test('whatever is written is read again', t => {
	fc.assert(
		fc.property(fc.array(values, {maxLength: 4}), all => {
			t.deepEqual(parseAmf0(formatAmf0(all)), {ok: true, value: nullPrototypes(all) as Amf[]});
		}),
	);
	t.pass();
});

const nullPrototypes = (value: unknown): unknown => {
	if (Array.isArray(value)) return value.map(nullPrototypes);
	if (typeof value !== 'object' || value === null) return value;
	const entries = Object.entries(value).map(([name, it]) => [name, nullPrototypes(it)] as const);
	const bare = Object.create(null) as Record<string, unknown>;
	for (const [name, it] of entries) bare[name] = it;
	return bare;
};

test('any bytes are values or a reason', t => {
	fc.assert(
		fc.property(fc.uint8Array({maxLength: 200}), bytes => {
			const got = parseAmf0(bytes);
			if (got.ok) t.true(got.value.length <= bytes.length);
			else t.true(got.reason.length > 0);
		}),
	);
	t.pass();
});

test('metadata is written as a list', t => {
	t.is(
		formatList({a: 1}).toString('hex'),
		hex('08 00000001 0001 61 00 3ff0000000000000 0000 09').toString('hex'),
	);
});
