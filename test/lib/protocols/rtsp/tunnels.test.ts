import {once} from 'node:events';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {isFree} from '../../../helpers/blocks.ts';
import {getHead, headOf, openTunnel, postHead, say} from '../../../helpers/http-tunnel.ts';
import {RtspClient, connectRtsp} from '../../../helpers/rtsp-client.ts';
import {startRtspServer, tell} from '../../../helpers/rtsp-server.ts';
import {until} from '../../../helpers/until.ts';

const start = async (t: ExecutionContext, settings = {}) => {
	const started = await startRtspServer(t, {settings});
	return {...started, port: started.server.ports['rtspAddress'] ?? 0};
};

const encoded = (text: string) => Buffer.from(text).toString('base64');

test('a client within HTTP reads like any other, and shares its blocks with them', async t => {
	const {port, url, outputs, server} = await start(t);
	const client = new RtspClient(await openTunnel(t, port));
	t.is((await client.play(url, [0])).status, 200);
	const other = new RtspClient(await openTunnel(t, port, {cookie: 'another'}));
	await other.play(url, [0]);
	t.is(outputs.length, 1);
	tell(outputs[0]!, 1, 100_000);
	await until(() => server.sessions().every(({bytesSent}) => bytesSent === 100_000));
	t.deepEqual(
		server.connections().map(({tunnel}) => tunnel),
		['http', 'http'],
	);
	t.true(server.connections().every(({bytesReceived}) => bytesReceived > 300));
	t.true(server.sessions().every(({roundTripTime}) => (roundTripTime ?? 0) > 0));
});

test('requests are understood whatever the pieces they come in, and over one POST after the other', async t => {
	const {port, url} = await start(t);
	const end = await openTunnel(t, port);
	const client = new RtspClient(end);
	const options = (cseq: number) => encoded(`OPTIONS ${url} RTSP/1.0\r\nCSeq: ${cseq}\r\n\r\n`);
	for (const letter of options(1)) end.post.write(letter);
	await client.until(() => client.answers.length === 1);
	end.post.write(options(2).slice(0, 8));
	end.post.end();
	await once(end.post.resume(), 'close');
	end.post = await say(t, port, postHead('c00k1e') + options(2).slice(8) + options(3));
	await client.until(() => client.answers.length === 3);
	t.true(client.answers.every(({status}) => status === 200));
});

test('a tunnel counts as the two connections that it is', async t => {
	const {server, url, lines} = await startRtspServer(t, {maxConnections: 3});
	const port = server.ports['rtspAddress'] ?? 0;
	const client = new RtspClient(await openTunnel(t, port));
	await client.play(url, [0]);
	const other = await connectRtsp(t, url);
	await other.play(url, [0]);
	await (
		await connectRtsp(t, url)
	).ended;
	t.true(lines.some(line => line.includes('turned away: there are 3 connections')));
});

test('a new POST takes the place of one that is still there', async t => {
	const {port, url} = await start(t);
	const end = await openTunnel(t, port);
	const client = new RtspClient(end);
	await client.ask('OPTIONS', url);
	const closed = once(end.post.resume(), 'close');
	end.post = await say(t, port, postHead('c00k1e'));
	await closed;
	t.is((await client.ask('OPTIONS', url)).status, 200);
});

test('a stranger at another address who knows the cookie says nothing within the tunnel', async t => {
	const {port, url} = await start(t, {readTimeout: 300});
	const end = await openTunnel(t, port);
	const client = new RtspClient(end);
	const words = encoded(`OPTIONS ${url} RTSP/1.0\r\nCSeq: 77\r\n\r\n`);
	const stranger = await say(t, port, postHead('c00k1e') + words, '127.0.0.2');
	t.regex(await headOf(stranger), /^HTTP\/1\.0 404 /);
	t.is((await client.ask('OPTIONS', url)).status, 200);
	t.is(client.answers.length, 1);
	const own = await say(t, port, getHead('c00k1e'), '127.0.0.2');
	t.regex(await headOf(own), /^HTTP\/1\.0 200 /);
});

test('a POST may come before its GET, and is given up without one', async t => {
	const {port, url} = await start(t, {readTimeout: 300});
	const early = await say(
		t,
		port,
		postHead('x') + encoded(`OPTIONS ${url} RTSP/1.0\r\nCSeq: 1\r\n\r\n`),
	);
	const get = await say(t, port, getHead('x'));
	t.regex(await headOf(get), /^HTTP\/1\.0 200/);
	const [answer] = (await once(get.resume(), 'data')) as [Buffer];
	t.regex(answer.toString(), /^RTSP\/1\.0 200/);
	t.false(early.destroyed);
	const alone = await say(t, port, postHead('y'));
	t.regex(await headOf(alone), /^HTTP\/1\.0 404/);
});

test('a GET that is dropped ends the session, and its POST with it', async t => {
	const {port, url, outputs, server} = await start(t);
	const end = await openTunnel(t, port);
	await new RtspClient(end).play(url, [0]);
	const block = tell(outputs[0]!, 1, 1000);
	const postClosed = once(end.post.resume(), 'close');
	end.get.destroy();
	await postClosed;
	await until(() => outputs[0]!.isClosed && isFree(block));
	t.deepEqual(server.connections(), []);
});

test('a reader goes on without a POST', async t => {
	const {port, url, outputs} = await start(t);
	const end = await openTunnel(t, port);
	const client = new RtspClient(end);
	await client.play(url, [0]);
	end.post.destroy();
	tell(outputs[0]!, 1, 100_000);
	let bytes = 0;
	end.on('data', (data: Buffer) => (bytes += data.length));
	await until(() => bytes >= 100_000);
	t.pass();
});

test('a reader within HTTP that takes nothing for writeTimeout is hung up on, and gives back what it held', async t => {
	const {port, url, outputs, lines} = await start(t, {writeTimeout: 200});
	const end = await openTunnel(t, port);
	await new RtspClient(end).play(url, [0]);
	end.get.pause();
	const block = tell(outputs[0]!, 1, 20_000_000);
	await until(() => outputs[0]!.isClosed);
	await until(() => isFree(block));
	t.true(lines.some(line => line.includes('it took nothing in 0.2 s')));
});

test('a cookie that is in use opens no second tunnel, and is free afterwards', async t => {
	const {port, url, server} = await start(t);
	const end = await openTunnel(t, port);
	const second = await say(t, port, getHead('c00k1e'));
	t.regex(await headOf(second), /^HTTP\/1\.0 409/);
	t.is((await new RtspClient(end).ask('OPTIONS', url)).status, 200);
	end.get.destroy();
	await until(() => server.connections().length === 0);
	await openTunnel(t, port);
});

test('what is no base64, or HTTP within the tunnel, ends it', async t => {
	const {port} = await start(t);
	const nonsense = await openTunnel(t, port, {cookie: 'a'});
	nonsense.post.write('OPTIONS * RTSP/1.0');
	const nested = await openTunnel(t, port, {cookie: 'b'});
	nested.post.write(encoded(getHead('c')));
	await until(() => nonsense.get.destroyed && nested.get.destroyed);
	t.pass();
});

test('other requests of HTTP are 404, and slow ones are given up', async t => {
	const {port, server} = await start(t, {readTimeout: 300});
	t.regex(await headOf(await say(t, port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')), /404/);
	const slow = await say(t, port, 'GET / HTTP/1.1\r\nHost');
	const silent = await openTunnel(t, port);
	await Promise.all([once(slow.resume(), 'close'), once(silent.resume(), 'close')]);
	await until(() => server.connections().length === 0);
	t.pass();
});

test('POSTs that nobody waits for are bounded', async t => {
	const {port} = await start(t, {readTimeout: 60_000});
	await Promise.all(Array.from({length: 1000}, (_, index) => say(t, port, postHead(`${index}`))));
	const answers: string[] = [];
	while (!answers.some(head => head.includes('503')))
		answers.push(await headOf(await say(t, port, postHead('0'))));
	t.pass();
});

test('a trusted proxy says whom a tunnel comes from', async t => {
	const {port, server} = await start(t, {trustedProxies: ['127.0.0.1']});
	await openTunnel(t, port, {more: 'X-Forwarded-For: 10.1.2.3\r\n'});
	t.regex(server.connections()[0]?.remoteAddr ?? '', /^10\.1\.2\.3:/);
});
