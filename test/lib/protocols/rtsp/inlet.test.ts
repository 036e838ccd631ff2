import fc from 'fast-check';
import test from 'ava';
import {Flood} from '../../../../lib/util/flood.ts';
import {Inlet} from '../../../../lib/protocols/rtsp/inlet.ts';
import {nextPiece, nextRequest} from '../../../../lib/protocols/rtsp/splitter.ts';
import type {Piece, RequestPiece} from '../../../../lib/protocols/rtsp/splitter.ts';
import {UnreadBytes} from '../../../../lib/protocols/rtsp/unread-bytes.ts';

/** What comes out, until there is no more to be had. */
const piecesOf = (inlet: Inlet<Piece | RequestPiece>): unknown[] => {
	const pieces: unknown[] = [];
	for (;;) {
		const piece = inlet.next();
		if (piece.type === 'more') return pieces;
		pieces.push('data' in piece ? {...piece, data: Buffer.from(piece.data)} : piece);
		if (piece.type === 'bad') return pieces;
	}
};

const requests = [
	'OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n',
	'SET_PARAMETER rtsp://h/p RTSP/1.0\nCSeq: 2\nContent-Length: 4\n\nbody',
	'$\u0001\0\u0003abc',
	'\r\n\n',
	'GET / HTTP/1.0\r\nx-sessioncookie: a\r\n\r\n',
	'nonsense\r\n',
];
const text = fc
	.array(fc.constantFrom(...requests), {minLength: 1, maxLength: 6})
	.map(all => Buffer.from(all.join(''), 'latin1'));

test('what comes in pieces of any length is the same as at once', t => {
	fc.assert(
		fc.property(text, fc.array(fc.nat({max: 60}), {maxLength: 20}), (bytes, lengths) => {
			const whole = new Inlet(nextRequest);
			whole.push(bytes);
			const cut = new Inlet(nextRequest);
			const pieces: unknown[] = [];
			let at = 0;
			for (const length of [...lengths, bytes.length]) {
				cut.push(bytes.subarray(at, at + length));
				at += length;
				pieces.push(...piecesOf(cut));
			}
			const isLineEnds = (piece: unknown) => (piece as {type: string}).type === 'skip';
			// Where a row of line ends is cut, there are two of them; after nonsense nothing counts.
			const known = (all: unknown[]) => {
				const bad = all.findIndex(piece => (piece as {type: string}).type === 'bad');
				return (bad < 0 ? all : all.slice(0, bad)).filter(piece => !isLineEnds(piece));
			};
			t.deepEqual(known(pieces), known(piecesOf(whole)));
		}),
	);
	t.pass();
});

test('a head that comes byte by byte is not looked through from its beginning each time', t => {
	const inlet = new Inlet(nextRequest);
	const head = `ANNOUNCE rtsp://h/p RTSP/1.0\r\n${'X: y\r\n'.repeat(1000)}`;
	for (const [index, letter] of [...head].entries()) {
		inlet.push(Buffer.from(letter));
		t.like(inlet.next(), {type: 'more', wanted: index + 2, searched: index + 1});
	}
	inlet.push(Buffer.from('Content-Length: 100\r\n\r\n'));
	const body = inlet.length + 100;
	t.like(inlet.next(), {type: 'more', wanted: body, searched: 0});
	inlet.push(Buffer.alloc(99, 0x61));
	t.like(inlet.next(), {type: 'more', wanted: body});
	inlet.push(Buffer.from('b'));
	t.like(inlet.next(), {type: 'message', end: body});
	t.is(inlet.length, 0);
});

test('an answer of a camera that comes byte by byte is not looked through from its beginning each time', t => {
	const inlet = new Inlet(nextPiece);
	const head = `RTSP/1.0 200 OK\r\n${'X: y\r\n'.repeat(1000)}`;
	let searchedTwice = 0;
	for (const letter of head) {
		inlet.push(Buffer.from(letter));
		const before = inlet.length - 1;
		const piece = inlet.next();
		if (piece.type !== 'more' || piece.searched <= before) searchedTwice++;
	}
	t.is(searchedTwice, 0);
	inlet.push(Buffer.from('Content-Length: 2\r\n\r\nok'));
	t.like(inlet.next(), {type: 'message', text: `${head}Content-Length: 2\r\n\r\nok`});
	t.is(inlet.length, 0);
});

test('what a camera says in pieces of any length is the same as at once', t => {
	const said = [
		'RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 4\r\n\r\nv=0\n',
		'GET_PARAMETER * RTSP/1.0\r\nCSeq: 2\r\n\r\n',
		'$\u0001\0\u0003abc',
		'\r\n',
		'garbage of some length, without a dollar',
	];
	const parts = fc.array(fc.constantFrom(...said), {minLength: 1, maxLength: 6});
	const messagesOf = (bytes: Buffer, lengths: number[]) => {
		const inlet = new Inlet(nextPiece);
		const texts: string[] = [];
		let at = 0;
		for (const length of lengths) {
			inlet.push(bytes.subarray(at, (at += length)));
			for (
				let piece = inlet.next();
				piece.type !== 'more' && piece.type !== 'bad';
				piece = inlet.next()
			)
				if (piece.type === 'message') texts.push(piece.text);
		}
		return texts;
	};
	fc.assert(
		fc.property(parts, fc.array(fc.nat({max: 60}), {maxLength: 20}), (all, lengths) => {
			const bytes = Buffer.from(all.join(''), 'latin1');
			const cut = messagesOf(bytes, [...lengths, bytes.length]);
			t.deepEqual(cut, messagesOf(bytes, [bytes.length]));
		}),
	);
});

test('what was taken is not there any more', t => {
	const inlet = new Inlet(nextRequest);
	inlet.push(Buffer.from('OPTIONS'));
	inlet.push(Buffer.from(' *'));
	inlet.push(Buffer.alloc(0));
	t.is(inlet.take().toString(), 'OPTIONS *');
	t.is(inlet.length, 0);
	t.like(inlet.next(), {type: 'more'});
});

test('a second has so many, and the next one as many again', t => {
	const flood = new Flood(3);
	const at = (ms: number) => flood.note(ms);
	t.deepEqual([0, 1, 2, 3, 999].map(at), [false, false, false, true, true]);
	t.deepEqual([1000, 1001, 1002, 1003].map(at), [false, false, false, true]);
});

test('what all have sent is too much for who has sent much of it, and small for the others', t => {
	const unread = new UnreadBytes(100_000);
	t.true(unread.change(0, 90_000));
	t.false(unread.change(0, 20_000));
	t.true(unread.change(0, 1000));
	t.true(unread.change(20_000, 0));
	t.true(unread.change(0, 5000));
	t.is(unread.bytes, 96_000);
});
