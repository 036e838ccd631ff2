import {once} from 'node:events';
import {connect} from 'node:net';
import type {Socket} from 'node:net';
import {connect as connectTls} from 'node:tls';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {EventEmitter} from 'node:events';
import {exchange, handlerOf, startHttp} from '../../helpers/http.ts';
import {selfSigned} from '../../helpers/tls.ts';

/** Connections that begin with `MINE` say back what they heard. */
const other = {
	begins: (bytes: Buffer) => {
		const text = bytes.toString();
		if (text.startsWith('MINE')) return 'yes' as const;
		return 'MINE'.startsWith(text) ? ('more' as const) : ('no' as const);
	},
	take: (socket: Socket) => {
		socket.on('error', () => {}).on('data', (bytes: Buffer) => socket.end(bytes));
	},
};

const hello = handlerOf((_, response) => response.end('hello'));

const start = (t: ExecutionContext) => startHttp(t, [hello], {other});

test('the other protocol gets its connections with all that was said', async t => {
	const {port} = await start(t);
	const socket = connect(port, '127.0.0.1');
	for (const letter of 'MIN') socket.write(letter);
	socket.write('E and more');
	let heard = '';
	socket.on('data', (bytes: Buffer) => (heard += bytes.toString()));
	await once(socket, 'close');
	t.regex(heard, /^MINE/);
});

test('HTTP is served beside it, one request after the other, in pieces and with a body', async t => {
	const {port, url} = await start(t);
	t.is(await (await fetch(url)).text(), 'hello');
	t.is(await (await fetch(url, {method: 'POST', body: 'x'.repeat(200_000)})).text(), 'hello');
	const twice =
		'GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
	t.is((await exchange(port, twice)).split('hello').length, 3);
	t.regex(await exchange(port, 'nonsense\r\n\r\n'), /^HTTP\/1\.1 400/);
});

test('a client that says too little is served as HTTP serves it', async t => {
	const {port} = await start(t);
	const socket = connect(port, '127.0.0.1');
	socket.write('MI');
	const [answer] = (await once(socket, 'data')) as [Buffer];
	t.regex(answer.toString(), /^HTTP\/1\.1 40\d/);
});

test('over TLS it is the same', async t => {
	const tls = Object.assign(new EventEmitter<{changed: []}>(), selfSigned());
	const {port} = await startHttp(t, [hello], {other, tls});
	const ask = async (text: string): Promise<string> => {
		const socket = connectTls({port, host: '127.0.0.1', rejectUnauthorized: false});
		socket.write(text);
		const [answer] = (await once(socket, 'data')) as [Buffer];
		socket.destroy();
		return answer.toString();
	};
	t.regex(await ask('GET / HTTP/1.1\r\nHost: x\r\n\r\n'), /^HTTP\/1\.1 200/);
	t.is(await ask('MINE'), 'MINE');
});

test('who says nothing, or hangs up, does not hold up the end', async t => {
	const {server, port} = await start(t);
	const silent = connect(port, '127.0.0.1').on('error', () => {});
	const gone = connect(port, '127.0.0.1').on('error', () => {});
	await Promise.all([once(silent, 'connect'), once(gone, 'connect')]);
	gone.end();
	await once(gone.resume(), 'close');
	await Promise.all([server.close(), once(silent.resume(), 'close')]);
	t.pass();
});
