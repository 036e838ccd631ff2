import test from 'ava';
import fc from 'fast-check';
import {Base64Stream} from '../../../../lib/protocols/rtsp/base64-stream.ts';

/** The text in pieces of these lengths, again and again. */
const inPieces = (text: string, lengths: number[]): Buffer[] => {
	const pieces: Buffer[] = [];
	let at = 0;
	for (let index = 0; at < text.length; index++) {
		const length = lengths[index % lengths.length]!;
		pieces.push(Buffer.from(text.slice(at, at + length)));
		at += length;
	}
	return pieces;
};

test('messages that were encoded one by one come out whole, whatever the pieces', t => {
	fc.assert(
		fc.property(
			fc.array(fc.uint8Array({maxLength: 50})),
			fc.array(fc.integer({min: 1, max: 9}), {minLength: 1}),
			fc.constantFrom('', '\r\n', ' '),
			(messages, lengths, between) => {
				const text = messages.map(one => Buffer.from(one).toString('base64')).join(between);
				const stream = new Base64Stream();
				const out = inPieces(text, lengths).map(piece => stream.take(piece)!);
				t.deepEqual(Buffer.concat(out), Buffer.concat(messages));
			},
		),
	);
});

test('what is no base64 is noticed, and never a throw', t => {
	for (const text of ['GET / HTTP/1.1', 'A=AA', '====', 'QQ=Q', 'QUJD=', 'QUJD-'])
		t.is(new Base64Stream().take(Buffer.from(text)), undefined, text);
	fc.assert(
		fc.property(fc.array(fc.uint8Array()), pieces => {
			const stream = new Base64Stream();
			for (const piece of pieces) stream.take(Buffer.from(piece));
		}),
	);
});
