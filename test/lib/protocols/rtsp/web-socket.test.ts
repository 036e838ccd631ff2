import {once} from 'node:events';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import WebSocket from 'ws';
import {createWebSocketStream} from 'ws';
import {isFree} from '../../../helpers/blocks.ts';
import {RtspClient, connectRtsp} from '../../../helpers/rtsp-client.ts';
import {startRtspServer, tell} from '../../../helpers/rtsp-server.ts';
import {until} from '../../../helpers/until.ts';

const start = async (t: ExecutionContext, settings = {}, options = {}) => {
	const started = await startRtspServer(t, {settings, ...options});
	const address = `ws://127.0.0.1:${started.server.ports['rtspAddress']}/any/path`;
	return {...started, address};
};

const connect = (t: ExecutionContext, address: string, options: WebSocket.ClientOptions = {}) => {
	const webSocket = new WebSocket(address, ['rtsp.onvif.org'], options);
	webSocket.on('error', () => {});
	t.teardown(() => webSocket.terminate());
	return webSocket;
};

const open = async (
	t: ExecutionContext,
	address: string,
	options: WebSocket.ClientOptions = {},
) => {
	const webSocket = connect(t, address, options);
	await once(webSocket, 'open');
	return webSocket;
};

test('a client within WebSocket reads like any other: each picture is a message of its own', async t => {
	const {address, url, outputs, server} = await start(t);
	const webSocket = await open(t, address);
	t.is(webSocket.protocol, 'rtsp.onvif.org');
	t.is(webSocket.extensions, '');
	const sizes: number[] = [];
	webSocket.on('message', (data: Buffer) => sizes.push(data.length));
	const client = new RtspClient(createWebSocketStream(webSocket));
	await client.play(url, [0]);
	tell(outputs[0]!, 1, 100_000);
	await until(() => server.sessions()[0]?.bytesSent === 100_000);
	await until(() => sizes.includes(100_000));
	t.is(server.connections()[0]?.tunnel, 'websocket');
});

test('what a client says may come in messages of any length', async t => {
	const {address, url} = await start(t);
	const webSocket = await open(t, address);
	const client = new RtspClient(createWebSocketStream(webSocket));
	for (const letter of `OPTIONS ${url} RTSP/1.0\r\nCSeq: 1\r\n\r\n`)
		webSocket.send(Buffer.from(letter));
	await client.until(() => client.answers.length === 1);
	webSocket.send(
		`OPTIONS ${url} RTSP/1.0\r\nCSeq: 2\r\n\r\nOPTIONS ${url} RTSP/1.0\r\nCSeq: 3\r\n\r\n`,
	);
	await client.until(() => client.answers.length === 3);
	t.true(client.answers.every(({status}) => status === 200));
});

test('a reader within WebSocket that takes nothing for writeTimeout is hung up on, and gives back what it held', async t => {
	const {address, url, outputs, lines} = await start(t, {writeTimeout: 200});
	const webSocket = await open(t, address);
	const client = new RtspClient(createWebSocketStream(webSocket));
	await client.play(url, [0]);
	webSocket.pause();
	const block = tell(outputs[0]!, 1, 20_000_000);
	await until(() => outputs[0]!.isClosed);
	await until(() => isFree(block));
	t.true(lines.some(line => line.includes('it took nothing in 0.2 s')));
});

test('a WebSocket that is closed, broken or too large a message ends its session', async t => {
	const {address, url, server} = await start(t);
	for (const end of [
		(webSocket: WebSocket) => webSocket.close(),
		(webSocket: WebSocket) => webSocket.terminate(),
		(webSocket: WebSocket) => webSocket.send(Buffer.alloc(2_000_000)),
		(webSocket: WebSocket) => webSocket.send('nonsense\r\n\r\n'),
	]) {
		const webSocket = await open(t, address);
		await new RtspClient(createWebSocketStream(webSocket).on('error', () => {})).play(url, [0]);
		t.is(server.sessions().length, 1);
		end(webSocket);
		await until(() => server.connections().length === 0);
	}
});

test('what comes of messages that are not whole is bounded, all together', async t => {
	const {address, url, server} = await start(t, {readTimeout: 60_000}, {maxUnreadBytes: 1_000_000});
	const reader = await connectRtsp(t, url);
	await reader.play(url, [0]);
	for (let index = 0; index < 20; index++)
		(await open(t, address)).send(Buffer.alloc(120_000), {fin: false});
	await until(() => server.connections().length <= 9);
	t.is((await reader.ask('OPTIONS', url)).status, 200);
});

test('pages of origins that may not take media open none', async t => {
	const {address} = await start(t);
	await open(t, address, {headers: {Origin: 'https://cams.example.com'}});
	await open(t, address, {headers: {Origin: new URL(address).origin.replace('ws:', 'http:')}});
	const [error] = (await once(
		connect(t, address, {headers: {Origin: 'https://evil.org'}}),
		'error',
	)) as [Error];
	t.regex(error.message, /403/);
});

test('a WebSocket of another kind is 404', async t => {
	const {address} = await start(t);
	const [error] = (await once(new WebSocket(address, ['other']), 'error')) as [Error];
	t.regex(error.message, /404/);
});
