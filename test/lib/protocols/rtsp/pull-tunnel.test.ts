import {once} from 'node:events';
import net from 'node:net';
import type {AddressInfo, Socket} from 'node:net';
import {X509Certificate} from 'node:crypto';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {WebSocketServer, createWebSocketStream} from 'ws';
import {startCamera} from '../../../helpers/camera.ts';
import {startPull, untilFrames} from '../../../helpers/pull.ts';
import {startScriptedCamera} from '../../../helpers/scripted-camera.ts';
import {selfSigned, startTls} from '../../../helpers/tls.ts';
import {until} from '../../../helpers/until.ts';

/** WebSocket in front of a port of this machine, at this path alone. */
const startWebSocket = async (
	t: ExecutionContext,
	toPort: number,
	path: string,
): Promise<number> => {
	const server = new WebSocketServer({host: '127.0.0.1', port: 0, path, perMessageDeflate: true});
	await once(server, 'listening');
	server.on('connection', webSocket => {
		const stream = createWebSocketStream(webSocket).on('error', () => {});
		const camera = net.connect(toPort, '127.0.0.1').on('error', () => stream.destroy());
		stream.pipe(camera).pipe(stream);
		camera.on('close', () => webSocket.terminate());
	});
	t.teardown(() => {
		for (const webSocket of server.clients) webSocket.terminate();
		server.close();
	});
	return (server.address() as AddressInfo).port;
};

/** A server of HTTP that answers what the test says, and all that it was told. */
const startHttpScript = async (
	t: ExecutionContext,
	answer: (head: string, socket: Socket) => void,
) => {
	const heads: string[] = [];
	const server = net.createServer(socket => {
		socket.on('error', () => {});
		socket.once('data', (bytes: Buffer) => {
			heads.push(bytes.toString('latin1'));
			answer(heads.at(-1) ?? '', socket);
		});
		t.teardown(() => socket.destroy());
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	t.teardown(() => server.close());
	return {port: (server.address() as AddressInfo).port, heads};
};

const ok = 'HTTP/1.0 200 OK\r\nContent-Type: application/x-rtsp-tunnelled\r\n\r\n';

test('gst-rtsp-server is pulled within HTTP, with picture and sound', async t => {
	const camera = await startCamera(t);
	const pull = startPull(t, camera.url.replace('rtsp:', 'rtsp+http:'));
	await until(() => pull.stats().keyFrames >= 2 && pull.epochs.length > 0);
	t.is(pull.epochs[0]!.tracks.length, 2);
	t.like(pull.stats(), {damagedFrames: 0, lostPackets: 0, resyncs: 0});
	await pull.close();
	t.is(await pull.failure(), undefined);
});

test('a tunnel that is not taken fails with what the camera said', async t => {
	const refused = await startHttpScript(t, (_, socket) =>
		socket.end('HTTP/1.1 404 Not Found\r\n\r\n'),
	);
	const first = await startPull(t, `rtsp+http://127.0.0.1:${refused.port}/live?a=b`).failure();
	t.is(first?.code, 'RTSP_CONNECT');
	t.regex(first!.message, /no 200 to the GET of the tunnel but HTTP\/1\.1 404 Not Found/);
	t.regex(refused.heads[0]!, /^GET \/live\?a=b HTTP\/1\.0\r\nHost: 127\.0\.0\.1:\d+\r\n/);
	const halfway = await startHttpScript(t, (head, socket) => {
		if (head.startsWith('GET')) socket.write(ok);
		else socket.end('HTTP/1.1 503 Service Unavailable\r\n\r\n');
	});
	const second = await startPull(t, `rtsp+http://127.0.0.1:${halfway.port}/live`).failure();
	t.is(second?.code, 'RTSP_LOST');
	t.regex(String(second!.cause), /POST of the tunnel was answered HTTP\/1\.1 503/);
});

test('a tunnel without an answer, or with one that never ends, is given up', async t => {
	const silent = await startHttpScript(t, () => {});
	const settings = {readTimeoutMs: 200};
	const first = await startPull(t, `rtsp+http://127.0.0.1:${silent.port}/`, settings).failure();
	t.regex(first!.message, /no answer to the GET of the tunnel in time/);
	const endless = await startHttpScript(t, (_, socket) => {
		socket.write(`HTTP/1.0 200 OK\r\nX: ${'x'.repeat(100_000)}`);
	});
	const second = await startPull(t, `rtsp+http://127.0.0.1:${endless.port}/`).failure();
	t.regex(second!.message, /a head without an end/);
	const gone = await startHttpScript(t, (_, socket) => socket.end());
	const third = await startPull(t, `rtsp+http://127.0.0.1:${gone.port}/`).failure();
	t.regex(third!.message, /hung up on the GET of the tunnel/);
});

test('a POST that the camera drops ends the visit', async t => {
	const camera = await startHttpScript(t, (head, socket) => {
		if (head.startsWith('GET')) socket.write(ok);
		else socket.destroy();
	});
	const error = await startPull(t, `rtsp+http://127.0.0.1:${camera.port}/`).failure();
	t.is(error?.code, 'RTSP_LOST');
});

test('closing while the tunnel is being opened stops it once', async t => {
	const camera = await startHttpScript(t, () => {});
	const pull = startPull(t, `rtsp+http://127.0.0.1:${camera.port}/`);
	await until(() => camera.heads.length === 1);
	await pull.close();
	t.is(await pull.failure(), undefined);
});

test('a camera within WebSocket is pulled, at the path that it has for it', async t => {
	const camera = await startScriptedCamera(t, {hasSound: true});
	const port = await startWebSocket(t, camera.port, '/rtsp-over-websocket');
	const settings = {rtspWebSocketPath: '/rtsp-over-websocket'};
	const pull = startPull(t, `rtsp+ws://127.0.0.1:${port}/live`, settings);
	await untilFrames(camera, pull, 20);
	t.like(pull.stats(), {lostPackets: 0, resyncs: 0});
	await pull.close();
	t.is(camera.methods().at(-1), 'TEARDOWN');
	t.regex(camera.asked[0]!.url, /^rtsp:\/\/127\.0\.0\.1:\d+\/live$/);
});

test('a WebSocket that is not taken fails with what the camera said', async t => {
	const camera = await startScriptedCamera(t);
	const port = await startWebSocket(t, camera.port, '/elsewhere');
	const error = await startPull(t, `rtsp+ws://127.0.0.1:${port}/live`).failure();
	t.is(error?.code, 'RTSP_CONNECT');
	t.regex(error!.message, /400|404/);
	const silent = await startHttpScript(t, () => {});
	const settings = {readTimeoutMs: 200};
	const late = await startPull(t, `rtsp+ws://127.0.0.1:${silent.port}/`, settings).failure();
	t.regex(late!.message, /no answer to the WebSocket in time/);
});

test('a camera that ends its WebSocket in mid-stream is lost, and one that is closed meanwhile is not', async t => {
	const camera = await startScriptedCamera(t);
	const port = await startWebSocket(t, camera.port, '/');
	const pull = startPull(t, `rtsp+ws://127.0.0.1:${port}/live`);
	await untilFrames(camera, pull, 5);
	camera.sessions[0]!.socket.destroy();
	t.is((await pull.failure())?.code, 'RTSP_LOST');
});

test('a WebSocket within TLS is opened where the certificate is the expected one', async t => {
	const camera = await startScriptedCamera(t);
	const port = await startTls(t, await startWebSocket(t, camera.port, '/'));
	const url = `rtsps+ws://127.0.0.1:${port}/live`;
	t.regex((await startPull(t, url).failure())!.message, /no known authority/);
	const sourceFingerprint = new X509Certificate(selfSigned().cert).fingerprint256;
	await untilFrames(camera, startPull(t, url, {sourceFingerprint}), 5);
	t.pass();
});
