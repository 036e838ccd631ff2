import test from 'ava';
import fc from 'fast-check';
import {maxLineBytes, WordReader} from '../../../lib/streamer/words.ts';
import type {Heard} from '../../../lib/streamer/words.ts';

const textOf = (heard: Heard[]) => heard.map(one => (one.type === 'word' ? one.word : '?'));

const readAll = (pieces: (string | Buffer)[]) => {
	const reader = new WordReader();
	return textOf([...pieces.flatMap(piece => reader.read(Buffer.from(piece))), ...reader.end()]);
};

test('case and blanks do not matter', t => {
	t.deepEqual(readAll(['play\n Pause \r\n\tEXIT\n']), ['play', 'pause', 'exit']);
});

test('blank lines say nothing, unknown words ask for help once in a row', t => {
	t.deepEqual(readAll(['\n  \n']), []);
	t.deepEqual(readAll(['stop\nhalt\nplay\nquit\n']), ['?', 'play', '?']);
	t.deepEqual(readAll(['play pause\n']), ['?']);
});

test('a word may come in pieces, and the last one without the end of its line', t => {
	t.deepEqual(readAll(['pl', 'a', 'y\npau', 'se']), ['play', 'pause']);
});

test('a line that is too long is nonsense at once and until its end', t => {
	const reader = new WordReader();
	t.deepEqual(textOf(reader.read(Buffer.alloc(maxLineBytes + 1, 'x'))), ['?']);
	for (let count = 0; count < 1000; count++)
		t.deepEqual(reader.read(Buffer.alloc(1024, 'play ')), []);
	t.deepEqual(textOf(reader.read(Buffer.from('play\nplay\n'))), ['play']);
});

test('a word between blanks is heard up to the greatest length of a line', t => {
	const blanks = ' '.repeat(maxLineBytes - 4);
	t.deepEqual(readAll([`${blanks}play\n`]), ['play']);
	t.deepEqual(readAll([`${blanks} play\n`]), ['?']);
});

test('what is heard does not depend on how it is cut', t => {
	const line = fc.oneof(
		fc.constantFrom('play', ' PAUSE', 'exit\r', '', 'x'.repeat(2000), '\u0000\u0001'),
		fc.string(),
	);
	const pieces = fc.array(line).chain(lines => {
		const bytes = Buffer.from(lines.join('\n'));
		return fc.tuple(fc.constant(bytes), fc.array(fc.nat(bytes.length)));
	});
	const words = (heard: string[]) => heard.filter(one => one !== '?');
	fc.assert(
		fc.property(pieces, ([bytes, cuts]) => {
			const ends = [...cuts.sort((a, b) => a - b), bytes.length];
			const cut = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
			t.deepEqual(words(readAll(cut)), words(readAll([bytes])));
		}),
	);
});
