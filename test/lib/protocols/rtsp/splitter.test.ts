import test from 'ava';
import fc from 'fast-check';
import {nextPiece} from '../../../../lib/protocols/rtsp/splitter.ts';

const splitAll = (bytes: Buffer): {texts: string[]; left: number; isBad: boolean} => {
	const texts: string[] = [];
	let rest = bytes;
	for (;;) {
		const piece = nextPiece(rest);
		if (piece.type === 'message') texts.push(piece.text);
		if (piece.type === 'more' || piece.type === 'bad')
			return {texts, left: rest.length, isBad: piece.type === 'bad'};
		rest = rest.subarray(piece.end);
	}
};

const answer = 'RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Length: 4\r\n\r\nbody';
const request = 'OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n';

test('messages in one read are told apart', t => {
	t.deepEqual(splitAll(Buffer.from(answer + request + answer)).texts, [answer, request, answer]);
});

test('a message that is cut anywhere waits for the rest', t => {
	const bytes = Buffer.from(answer);
	for (let length = 0; length < bytes.length; length++)
		t.deepEqual(splitAll(bytes.subarray(0, length)).texts, []);
});

test('interleaved data before PLAY is skipped', t => {
	const frame = Buffer.from([0x24, 0, 0, 6, ...Buffer.from('RTSP/1')]);
	t.deepEqual(splitAll(Buffer.concat([frame, Buffer.from(answer), frame])).texts, [answer]);
});

test('stray line ends and garbage between messages are skipped', t => {
	const bytes = Buffer.from(`\r\n\r\n${answer}\0\0garbage\r\n${request}\r\n`);
	t.deepEqual(splitAll(bytes).texts, [answer, request]);
});

test('a head without an end is refused', t => {
	t.true(splitAll(Buffer.from(`RTSP/1.0 200 OK\r\nA: ${'b'.repeat(70_000)}`)).isBad);
});

test('any bytes are split in finite steps', t => {
	fc.assert(
		fc.property(fc.uint8Array({maxLength: 500}), bytes => splitAll(Buffer.from(bytes)).left <= 500),
	);
	t.pass();
});
