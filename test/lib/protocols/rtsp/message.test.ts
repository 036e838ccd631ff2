import test from 'ava';
import fc from 'fast-check';
import {
	formatMessage,
	headerOf,
	headersOf,
	maxBodyBytes,
	parseMessage,
	parsePublic,
} from '../../../../lib/protocols/rtsp/message.ts';
import type {RtspMessage, RtspResponse} from '../../../../lib/protocols/rtsp/message.ts';

const token = fc.stringMatching(/^[A-Za-z][A-Za-z-]{0,15}$/);
const words = fc.stringMatching(/^(?:[!-~](?:[ -~]{0,20}[!-~])?)?$/);
const headers = fc.array(
	fc.tuple(
		token.filter(name => name.toLowerCase() !== 'content-length'),
		words,
	),
	{maxLength: 8},
);
const body = fc.string({unit: 'grapheme', maxLength: 50});
const message: fc.Arbitrary<RtspMessage> = fc.oneof(
	fc.record({
		type: fc.constant('request' as const),
		method: fc.constantFrom('OPTIONS', 'DESCRIBE', 'SET_PARAMETER'),
		url: fc.constantFrom('*', 'rtsp://[::1]:8554/a?b=c'),
		headers,
		body,
	}),
	fc.record({
		type: fc.constant('response' as const),
		status: fc.integer({min: 100, max: 599}),
		reason: words,
		headers,
		body,
	}),
);

const parsedResponse = (text: string): RtspResponse => {
	const result = parseMessage(text);
	if (!result.ok || result.value.type !== 'response') throw new Error('expected a response');
	return result.value;
};

test('a message reads back as it was written', t => {
	fc.assert(
		fc.property(message, original => {
			const {headers, ...rest} = original;
			const result = parseMessage(formatMessage(original));
			if (!result.ok) return false;
			const found = result.value.headers.filter(([name]) => name !== 'Content-Length');
			t.deepEqual({...result.value, headers: []}, {...rest, headers: []} as RtspMessage);
			t.deepEqual(found, headers);
			return true;
		}),
	);
	t.pass();
});

test('any text is a message or a reason, never an exception', t => {
	fc.assert(
		fc.property(fc.string({unit: 'binary', maxLength: 400}), text => 'ok' in parseMessage(text)),
	);
	fc.assert(
		fc.property(message, fc.nat(), fc.string(), (original, at, noise) => {
			const text = formatMessage(original);
			const cut = at % text.length;
			return 'ok' in parseMessage(text.slice(0, cut) + noise + text.slice(cut));
		}),
	);
	t.pass();
});

test('bare line feeds, stray line ends in front and names in any case are understood', t => {
	const response = parsedResponse('\r\n\nRTSP/1.0 200 OK\ncSEQ:  4 \nCONTENT-length:2\n\nhi there');
	t.is(headerOf(response, 'CSeq'), '4');
	t.is(response.body, 'hi');
});

test('a header that comes twice keeps both values in order', t => {
	const response = parsedResponse(
		'RTSP/1.0 401 Unauthorized\r\nWWW-Authenticate: Digest realm="a",\r\n nonce="b"\r\nwww-authenticate: Basic realm="a"\r\n\r\n',
	);
	t.deepEqual(headersOf(response, 'WWW-Authenticate'), [
		'Digest realm="a", nonce="b"',
		'Basic realm="a"',
	]);
});

test('a status line without a reason is understood', t => {
	t.like(parsedResponse('RTSP/1.0 454\r\n\r\n'), {status: 454, reason: ''});
});

test('a body is cut by bytes, not by characters', t => {
	t.is(parsedResponse('RTSP/1.0 200 OK\r\nContent-Length: 3\r\n\r\néé').body.slice(0, 1), 'é');
});

test('a body, head or list of headers that is too long is refused', t => {
	const head = 'RTSP/1.0 200 OK\r\n';
	const many = 'A: b\r\n'.repeat(300);
	t.false(parseMessage(`${head}Content-Length: ${maxBodyBytes + 1}\r\n\r\n`).ok);
	t.false(parseMessage(`${head}A: ${'b'.repeat(70_000)}\r\n\r\n`).ok);
	t.false(parseMessage(`${head}${many}\r\n`).ok);
});

test('the methods of Public come in any case and with any separators', t => {
	const response = parsedResponse(
		'RTSP/1.0 200 OK\r\nPublic: OPTIONS,describe  PLAY\r\npublic: PAUSE,\r\n\r\n',
	);
	t.deepEqual([...parsePublic(response)], ['OPTIONS', 'DESCRIBE', 'PLAY', 'PAUSE']);
});
