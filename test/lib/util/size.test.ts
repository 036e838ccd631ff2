import test from 'ava';
import fc from 'fast-check';
import {formatSize, parseSize} from '../../../lib/util/size.ts';

const reads = test.macro({
	exec: (t, text: string, bytes: number | undefined) => t.is(parseSize(text), bytes),
	title: (_, text, bytes) =>
		bytes === undefined ? `${JSON.stringify(text)} is no size` : `${text} is ${bytes} bytes`,
});

test(reads, '50M', 52_428_800);
test(reads, '50MB', 52_428_800);
test(reads, '50MiB', 52_428_800);
test(reads, '1.5k', 1536);
test(reads, '65536', 65_536);
test(reads, '10B', 10);
test(reads, '2G', 2_147_483_648);
for (const text of ['', 'M', '-1', '1 M', '1e3', '1X', 'MB', '1iB', '9'.repeat(20)]) {
	test(reads, text, undefined);
}

test('every size reads as it was written', t => {
	fc.assert(fc.property(fc.maxSafeNat(), bytes => parseSize(formatSize(bytes)) === bytes));
	t.is(formatSize(52_428_800), '50M');
});

test('no text makes the parser of sizes throw', t => {
	fc.assert(
		fc.property(fc.string(), text => {
			const bytes = parseSize(text);
			return bytes === undefined || Number.isSafeInteger(bytes);
		}),
	);
	t.pass();
});
