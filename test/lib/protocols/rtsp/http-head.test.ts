import test from 'ava';
import fc from 'fast-check';
import {beginsTunnel, cookieOf, parseHttpHead} from '../../../../lib/protocols/rtsp/http-head.ts';

const get = 'GET /cam?a=b HTTP/1.0\r\nX-SessionCookie: abc\r\nHost: x\r\n\r\n';
const post = 'POST /cam HTTP/1.1\nx-sessioncookie:abc\n\nT1BUSU9OUw==';
const webSocket =
	'GET / HTTP/1.1\r\nUpgrade: WebSocket\r\nSec-WebSocket-Protocol: x, rtsp.onvif.org\r\n\r\n';

test('GET and POST with a cookie, and the WebSocket of ONVIF, begin a tunnel', t => {
	for (const text of [get, post, webSocket]) t.is(beginsTunnel(Buffer.from(text)), 'yes', text);
});

test('other requests of HTTP, and RTSP, begin none', t => {
	for (const text of [
		'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
		'GET / HTTP/1.1\r\nx-sessioncookie:\r\n\r\n',
		`GET / HTTP/1.1\r\nx-sessioncookie: ${'c'.repeat(300)}\r\n\r\n`,
		'GET / HTTP/1.1\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: other\r\n\r\n',
		'GET / RTSP/1.0\r\nx-sessioncookie: a\r\n\r\n',
		'PUT / HTTP/1.1\r\nx-sessioncookie: a\r\n\r\n',
		'GET_PARAMETER x',
		'\x16\x03\x01',
	])
		t.is(beginsTunnel(Buffer.from(text)), 'no', text);
	t.is(beginsTunnel(Buffer.alloc(100_000, 'GET / ')), 'no');
});

test('it is known when the head is there, not before', t => {
	const end = get.length;
	for (let length = 1; length < end; length++)
		t.is(beginsTunnel(Buffer.from(get.slice(0, length))), 'more', get.slice(0, length));
});

test('a head is read with its target and its cookie', t => {
	const head = parseHttpHead(get);
	t.like(head, {ok: true, value: {method: 'GET', target: '/cam?a=b'}});
	t.is(head.ok ? cookieOf(head.value) : '', 'abc');
	t.false(parseHttpHead('HEAD / HTTP/1.1').ok);
});

test('no bytes make it throw', t => {
	const pieces = fc.constantFrom(
		'GET ',
		'POST ',
		'/x',
		' HTTP/1.1',
		'\r\n',
		':',
		'x-sessioncookie',
	);
	fc.assert(
		fc.property(fc.array(fc.oneof(pieces, fc.string())), words => {
			const text = words.join('');
			t.true(['yes', 'no', 'more'].includes(beginsTunnel(Buffer.from(text))));
			parseHttpHead(text);
		}),
	);
});
