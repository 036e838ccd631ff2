import test from 'ava';
import {MediaError} from '../../../lib/errors.ts';
import {answer} from '../../../lib/http/handler.ts';
import {createHttpServer} from '../../../lib/http/server.ts';
import {exchange, handlerOf, quiet, startHttp} from '../../helpers/http.ts';

const hello = handlerOf((_, response) => response.end('hello'));

test('the first handler that takes a request answers it', async t => {
	const passing = {name: 'passing', handle: () => false};
	const {url} = await startHttp(t, [passing, hello]);
	const response = await fetch(`${url}/x`);
	t.is(await response.text(), 'hello');
});

test('an address that nobody takes is 404 with a JSON reason', async t => {
	const {url} = await startHttp(t, []);
	const response = await fetch(`${url}/nothing`);
	t.is(response.status, 404);
	t.like(await response.json(), {code: 'HTTP_NOT_FOUND', context: {}});
});

for (const target of ['/%E0%A4%A', '/%', '/a/%ff%fe', 'nothing', '*'])
	test(`a request for ${target} is answered 400 and the server lives on`, async t => {
		const {url, port} = await startHttp(t, [hello]);
		const head = `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
		t.regex(await exchange(port, head), /^HTTP\/1\.1 400 /);
		t.is((await fetch(`${url}/x`)).status, 200);
	});

test('a target in absolute form is understood', async t => {
	const {port} = await startHttp(t, [
		handlerOf((_, response, url: URL) => response.end(url.pathname)),
	]);
	const head = 'GET http://elsewhere:99/cam/x?y=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
	t.regex(await exchange(port, head), /\r\n\/cam\/x$|\r\n\/cam\/x\r\n/);
});

test('requests that are sent ahead are answered in their order', async t => {
	const {port} = await startHttp(t, [
		handlerOf((_, response, url: URL) => response.end(url.pathname)),
	]);
	const heads = ['/1', '/2', '/3'].map(path => `GET ${path} HTTP/1.1\r\nHost: x\r\n`);
	const got = await exchange(port, `${heads.join('\r\n')}Connection: close\r\n\r\n`);
	t.deepEqual(got.match(/^\/\d/gm), ['/1', '/2', '/3']);
});

test('a peer that sends many requests and awaits no answer is hung up on', async t => {
	const {port} = await startHttp(t, [handlerOf(() => {})]);
	t.is(await exchange(port, 'GET /x HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(100)), '');
});

test('what is not HTTP is answered with one line and hung up on', async t => {
	const {url, port} = await startHttp(t, [hello]);
	t.regex(await exchange(port, '\x16\x03\x01 no HTTP at all\r\n\r\n'), /^HTTP\/1\.1 400 /);
	t.is((await fetch(url)).status, 200);
});

test('a client that speaks RTSP to this port is told so in RTSP', async t => {
	const {port} = await startHttp(t, [hello]);
	for (const method of ['DESCRIBE', 'OPTIONS', 'ANNOUNCE', 'SETUP']) {
		const answer = await exchange(port, `${method} rtsp://x/cam RTSP/1.0\r\nCSeq: 7\r\n\r\n`);
		t.regex(answer, /^RTSP\/1\.0 400 This port speaks HTTP.*\r\nCSeq: 7\r\n/, method);
	}
});

test('headers of more than 16 KB are refused with 431', async t => {
	const {port} = await startHttp(t, [hello]);
	const head = `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'a'.repeat(20_000)}\r\n\r\n`;
	t.regex(await exchange(port, head), /^HTTP\/1\.1 431 /);
});

test('a handler that throws is 500 and tells no stranger why', async t => {
	const failing = handlerOf(() => {
		throw new Error('the secret');
	});
	const {url} = await startHttp(t, [failing]);
	const response = await fetch(url);
	t.is(response.status, 500);
	const body = await response.text();
	t.false(body.includes('secret'));
	t.is((JSON.parse(body) as {code: string}).code, 'INTERNAL');
});

test('an error of a kind has its status, sentence, code and context', async t => {
	const refusing = handlerOf((_, response) =>
		answer(response, quiet, () => {
			throw new MediaError('PATH_NOT_FOUND', 'Expected a path', {path: 'cam'});
		}),
	);
	const {url} = await startHttp(t, [refusing]);
	const response = await fetch(url);
	t.is(response.status, 404);
	t.deepEqual(await response.json(), {
		error: 'Expected a path',
		code: 'PATH_NOT_FOUND',
		context: {path: 'cam'},
	});
});

test('several listeners lead to the same handlers, an address twice is opened once', async t => {
	const first = await startHttp(t, [hello]);
	await first.server.close();
	const address = {host: '127.0.0.1', port: first.port};
	const listeners = [
		{name: 'httpAddress', ...address},
		{name: 'hlsAddress', ...address},
		{name: 'apiAddress', host: '127.0.0.1', port: 0},
	];
	const {server} = await startHttp(t, [hello], {listeners});
	t.deepEqual(Object.keys(server.ports), ['httpAddress', 'apiAddress']);
	for (const port of Object.values(server.ports))
		t.is(await (await fetch(`http://127.0.0.1:${port}`)).text(), 'hello');
});

test('a port that is taken fails to open and leaves nothing open', async t => {
	const {port} = await startHttp(t, [hello]);
	const free = {name: 'httpAddress', host: '127.0.0.1', port: 0};
	const taken = {name: 'hlsAddress', host: '127.0.0.1', port};
	const opening = createHttpServer({listeners: [free, taken], handlers: [], logger: quiet});
	t.like(await t.throwsAsync(opening), {code: 'EADDRINUSE'});
});

test('closing twice resolves twice', async t => {
	const {server, url} = await startHttp(t, [hello]);
	await fetch(url);
	await server.close();
	await server.close();
	await t.throwsAsync(fetch(url));
});
