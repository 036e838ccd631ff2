import test from 'ava';
import {Console} from '../../../lib/streamer/console.ts';
import {formatStatusLine} from '../../../lib/streamer/status-line.ts';
import type {StreamerStatus} from '../../../lib/streamer/status.ts';

/** What a terminal shows of what was written to it; it knows as much of escapes as the console uses. */
const terminal = (columns = 80) => {
	const rows = [''];
	let row = 0;
	let column = 0;
	let kept = [0, 0];
	const put = (character: string) => {
		const text = (rows[row] ?? '').padEnd(column);
		rows[row] = text.slice(0, column) + character + text.slice(column + 1);
		column++;
	};
	const escapes: Record<string, () => void> = {
		'\u001b[1A': () => (row = Math.max(0, row - 1)),
		'\u001b[2K': () => (rows[row] = ''),
		'\u001b[J': () => void rows.splice(row, Infinity, ''),
		'\u001b7': () => (kept = [row, column]),
		'\u001b8': () => ([row = 0, column = 0] = kept),
		'\r': () => (column = 0),
		'\n': () => {
			row++;
			column = 0;
			rows[row] ??= '';
		},
	};
	const write = (text: string) => {
		for (const [piece] of text.matchAll(/\u001b\[\d?[A-Z]|\u001b\d|[^]/g))
			(escapes[piece] ?? (() => put(piece)))();
	};
	const screen = {
		isTTY: true,
		columns,
		write,
		shown: () => rows.slice(0, row + 1),
		/** Lines that are too long now are broken, as most terminals do. */
		resize: (width: number) => {
			const broken = rows.flatMap(text => text.match(new RegExp(`.{1,${width}}`, 'g')) ?? ['']);
			row += broken.length - rows.length;
			rows.splice(0, Infinity, ...broken);
			screen.columns = width;
		},
	};
	return screen;
};

test('on a terminal the status is written anew in its place, lines go above it', t => {
	const screen = terminal();
	const console = new Console(screen);
	console.line('first');
	console.status('a');
	console.status('bb');
	console.line('second');
	console.status('c');
	t.deepEqual(screen.shown(), ['first', 'second', 'c', '']);
});

test('what is typed stays while the status changes, and goes with Enter', t => {
	const screen = terminal();
	const console = new Console(screen);
	console.status('a');
	screen.write('pau');
	console.status('b');
	screen.write('se');
	t.deepEqual(screen.shown(), ['b', 'pause']);
	screen.write('\n');
	console.typed();
	console.status('c');
	t.deepEqual(screen.shown(), ['c', '']);
});

test('a narrow terminal cuts the status', t => {
	const screen = terminal(6);
	const console = new Console(screen);
	console.status('1234567890');
	t.deepEqual(screen.shown(), ['12345', '']);
});

test('a terminal that becomes narrow, and wide again, has one status', t => {
	const screen = terminal(20);
	const console = new Console(screen);
	console.line('first');
	console.status('1234567890123456');
	screen.resize(6);
	console.resized();
	t.deepEqual(screen.shown(), ['first', '12345', '']);
	screen.resize(30);
	console.resized();
	console.status('abc');
	t.deepEqual(screen.shown(), ['first', 'abc', '']);
	console.close();
	console.resized();
	t.deepEqual(screen.shown(), ['first', '']);
});

test('what others have written to the terminal meanwhile stays', t => {
	const screen = terminal();
	const console = new Console(screen);
	console.status('a');
	console.leave();
	screen.write('theirs\n');
	console.status('b');
	console.close();
	t.deepEqual(screen.shown(), ['a', 'theirs', '']);
});

test('at the end the status is gone', t => {
	const screen = terminal();
	const console = new Console(screen);
	console.line('first');
	console.status('a');
	console.close();
	t.deepEqual(screen.shown(), ['first', '']);
});

test('elsewhere there are lines only, and nothing that steers', t => {
	const written: string[] = [];
	const console = new Console({write: text => written.push(text)});
	console.status('a');
	console.typed();
	console.line('be\u001b[2Jep\nend');
	console.close();
	t.deepEqual(written, ['be\\u001b[2Jep\\u000aend\n']);
});

test('a status line has state, time, bitrate and pictures a second', t => {
	const status: StreamerStatus = {
		...{state: 'playing', input: '', output: '', position: 3723.9, bitrate: 3_210_000},
		...{frameRate: 24.98, frames: 1, drops: 0, reconnects: 0, tracks: [], error: null},
	};
	t.is(formatStatusLine(status), 'playing       1:02:03   3.21 Mbit/s   25 fps');
	t.is(
		formatStatusLine({...status, state: 'paused', bitrate: null, frameRate: null, drops: 7}),
		'paused        1:02:03      - Mbit/s    - fps  7 dropped',
	);
});
