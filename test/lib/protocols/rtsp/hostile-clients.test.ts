import {spawn} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {once} from 'node:events';
import {fileURLToPath} from 'node:url';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {MediaError} from '../../../../lib/errors.ts';
import {maxOpenFiles} from '../../../../lib/util/open-files.ts';
import {scriptedControl} from '../../../helpers/delivery.ts';
import {connectRtsp} from '../../../helpers/rtsp-client.ts';
import type {RtspClient} from '../../../helpers/rtsp-client.ts';
import {startRtspServer, tell} from '../../../helpers/rtsp-server.ts';
import {until} from '../../../helpers/until.ts';

const program = fileURLToPath(new URL('../../../programs/silent-clients.ts', import.meta.url));

/** Connections of another process; resolves when there are so many, `hungUp` when they are gone. */
const startSilentClients = async (t: ExecutionContext, url: string, count: number) => {
	const words = [program, new URL(url).port, `${count}`];
	const child = spawn(process.execPath, words, {stdio: ['ignore', 'pipe', 'inherit']});
	t.teardown(() => child.kill('SIGKILL'));
	const hungUp = once(child, 'exit');
	await once(child.stdout, 'data');
	return {hungUp};
};

test('a client that asks for nothing is hung up on', async t => {
	const {url} = await startRtspServer(t, {settings: {readTimeout: 100}});
	const client = await connectRtsp(t, url);
	await client.ended;
	t.is(client.answers.length, 0);
});

test('a request that does not end is 408', async t => {
	const {url} = await startRtspServer(t, {settings: {readTimeout: 100}});
	const client = await connectRtsp(t, url);
	client.write(`OPTIONS ${url} RTSP/1.0\r\nCSeq: 1\r\n`);
	await client.ended;
	t.is(client.answers[0]?.status, 408);
});

test('a head of 1 MB is 400, and nobody else notices', async t => {
	const {url} = await startRtspServer(t);
	const [client, other] = [await connectRtsp(t, url), await connectRtsp(t, url)];
	client.write(`OPTIONS ${url} RTSP/1.0\r\nCSeq: 1\r\nX: ${'x'.repeat(1_000_000)}`);
	await client.ended;
	t.is(client.answers[0]?.status, 400);
	t.is((await other.ask('OPTIONS', url)).status, 200);
});

test('however many clients send no requests, the log has one line of them a minute', async t => {
	const {url, lines, server} = await startRtspServer(t, {settings: {readTimeout: 100}});
	const sent = [
		'x'.repeat(100_000),
		`OPTIONS ${url} RTSP/1.0\r\nCSeq: 1\r\n`,
		'RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n',
	];
	for (let index = 0; index < 30; index++)
		(await connectRtsp(t, url)).write(sent[index % sent.length] ?? '');
	await until(() => server.connections().length === 0);
	const told = lines.filter(line => line.includes('"level":40'));
	t.is(told.length, 1);
	t.regex(told[0]!, /RTSP client 127\.0\.0\.1:\d+ hung up on: it sent /);
	t.is((await (await connectRtsp(t, url)).ask('OPTIONS', url)).status, 200);
});

test('a body that is announced with 100 MB is 400', async t => {
	const {url} = await startRtspServer(t);
	const client = await connectRtsp(t, url);
	client.write(`ANNOUNCE ${url} RTSP/1.0\r\nCSeq: 1\r\nContent-Length: 100000000\r\n\r\n`);
	await client.ended;
	t.is(client.answers[0]?.status, 400);
});

test('10,000 connections that say nothing keep nobody out, and are hung up on together', async t => {
	const settings = {readTimeout: 60_000};
	const {url, server, lines} = await startRtspServer(t, {settings});
	const reader = await connectRtsp(t, url);
	await reader.play(url, [0]);
	// Both ends are files, and other tests run beside this one.
	const count = 100 * Math.floor(Math.min(10_000, maxOpenFiles() / 2 - 500) / 100);
	const {hungUp} = await startSilentClients(t, url, count);
	const client = await connectRtsp(t, url);
	t.is((await client.ask('DESCRIBE', url)).status, 200);
	t.is(server.connections().length, count + 2);
	settings.readTimeout = 100;
	await hungUp;
	t.is(server.connections().length, 2);
	t.is((await reader.ask('OPTIONS', url)).status, 200);
	t.deepEqual(
		lines.filter(line => line.includes('"level":50') || line.includes('"level":40')),
		[],
	);
});

test('who sends packet after packet that nobody asked for is hung up on', async t => {
	const {url, server, lines} = await startRtspServer(t);
	const clients = await Promise.all([0, 1, 2].map(() => connectRtsp(t, url)));
	const [reader, packets, lineEnds] = clients as [RtspClient, RtspClient, RtspClient];
	await reader.play(url, [0]);
	packets.write(Buffer.concat(Array<Buffer>(5000).fill(Buffer.from([0x24, 1, 0, 0]))));
	await packets.ended;
	// A row of them is one, however long.
	lineEnds.write('\r\n'.repeat(100_000));
	t.is((await lineEnds.ask('OPTIONS', url)).status, 200);
	t.is((await reader.ask('OPTIONS', url)).status, 200);
	t.is(server.connections().length, 2);
	t.true(lines.some(line => line.includes('hung up on: it sent more than 1000 packets a second')));
});

test('what clients send of requests that are not whole is bounded, all together', async t => {
	const {url, server} = await startRtspServer(t, {maxUnreadBytes: 1_000_000});
	const reader = await connectRtsp(t, url);
	await reader.play(url, [0]);
	const head = `ANNOUNCE ${url} RTSP/1.0\r\nCSeq: 1\r\nContent-Length: 130000\r\n\r\n`;
	const clients = await Promise.all(Array.from({length: 20}, () => connectRtsp(t, url)));
	for (const client of clients) client.write(head + 'x'.repeat(120_000));
	await until(() => clients.some(({answers}) => answers[0]?.status === 503));
	await until(() => server.connections().length <= 9);
	t.is((await reader.ask('OPTIONS', url)).status, 200);
	t.is((await (await connectRtsp(t, url)).ask('DESCRIBE', url)).status, 200);
	for (const client of clients) client.socket.destroy();
	await until(() => server.connections().length === 2);
	const late = await connectRtsp(t, url);
	late.write(head + 'x'.repeat(120_000));
	t.is((await reader.ask('OPTIONS', url)).status, 200);
	t.is(server.connections().length, 3);
});

test('whatever bytes come, the others are served', async t => {
	const {url, server} = await startRtspServer(t);
	const client = await connectRtsp(t, url);
	for (let index = 0; index < 100; index++) {
		const other = await connectRtsp(t, url);
		const beginning = ['', '$', 'OPTIONS ', `SETUP ${url} RTSP/1.0\r\n`][index % 4] ?? '';
		other.socket.end(Buffer.concat([Buffer.from(beginning), randomBytes(1 + 50 * index)]));
	}
	t.is((await client.ask('DESCRIBE', url)).status, 200);
	await until(() => server.connections().length === 1);
});

test('those who connect and say nothing lock out nobody who does', async t => {
	const {url, server} = await startRtspServer(t, {maxConnections: 3});
	const reader = await connectRtsp(t, url);
	await reader.play(url, [0]);
	const [oldest] = [await connectRtsp(t, url), await connectRtsp(t, url)];
	const newcomer = await connectRtsp(t, url);
	t.is((await newcomer.ask('DESCRIBE', url)).status, 200);
	await oldest.ended;
	t.is((await reader.ask('OPTIONS', url)).status, 200);
	t.is(server.connections().length, 3);
});

test('nor do those who ask once and say nothing more', async t => {
	const {url, server} = await startRtspServer(t, {maxConnections: 3});
	const reader = await connectRtsp(t, url);
	await reader.play(url, [0]);
	const [oldest, other] = [await connectRtsp(t, url), await connectRtsp(t, url)];
	t.is((await oldest.ask('OPTIONS', url)).status, 200);
	t.is((await other.ask('OPTIONS', url)).status, 200);
	const newcomer = await connectRtsp(t, url);
	t.is((await newcomer.ask('DESCRIBE', url)).status, 200);
	await oldest.ended;
	t.is((await other.ask('OPTIONS', url)).status, 200);
	t.is((await reader.ask('OPTIONS', url)).status, 200);
	t.is(server.connections().length, 3);
});

test('beyond their number connections are turned away, which is logged once', async t => {
	const {url, lines} = await startRtspServer(t, {maxConnections: 2});
	const clients = await Promise.all([1, 2].map(() => connectRtsp(t, url)));
	for (const client of clients) await client.play(url, [0]);
	await Promise.all([1, 2, 3].map(async () => (await connectRtsp(t, url)).ended));
	t.is((await clients[0]!.ask('OPTIONS', url)).status, 200);
	t.is(lines.filter(line => line.includes('turned away')).length, 1);
	clients[1]!.socket.destroy();
	await clients[1]!.ended;
	t.is((await clients[0]!.ask('OPTIONS', url)).status, 200);
});

test('100 SETUPs are one session, and who reads meanwhile goes on', async t => {
	const {url, server, control, outputs} = await startRtspServer(t);
	const [reader, client] = [await connectRtsp(t, url), await connectRtsp(t, url)];
	await reader.play(url, [0, 1]);
	for (let index = 0; index < 100; index++)
		await client.ask('SETUP', `${url}/trackID=${index % 2}`, [
			['Transport', 'RTP/AVP/TCP;unicast'],
		]);
	t.true(client.answers.every(({status}) => status === 200));
	t.is(server.sessions().length, 2);
	t.is(control.wishes.length, 2);
	tell(outputs[0]!, 1, 100);
	await until(() => server.sessions().some(({bytesSent}) => bytesSent > 0));
});

test('1,000 requests at once are answered one after the other', async t => {
	const {url} = await startRtspServer(t);
	const client = await connectRtsp(t, url);
	const one = (cseq: number) => `OPTIONS ${url} RTSP/1.0\r\nCSeq: ${cseq}\r\n\r\n`;
	client.write(Array.from({length: 1000}, (_, index) => one(index)).join(''));
	await client.until(() => client.answers.length === 1000);
	t.true(client.answers.every(({headers}, index) => headers[0]![1] === `${index}`));
});

test('a client that goes while its path is being started takes its wish back', async t => {
	const control = scriptedControl({isSilent: true});
	const {url} = await startRtspServer(t, {control});
	const client = await connectRtsp(t, url);
	client.write(`DESCRIBE ${url} RTSP/1.0\r\nCSeq: 1\r\n\r\n`);
	await until(() => control.wishes.length === 1);
	client.socket.destroy();
	await until(() => control.withdrawn.length === 1);
	t.deepEqual(control.withdrawn, [control.wishes[0]!.reader]);
});

test('packets of clients that nobody asked for are passed over', async t => {
	const {url} = await startRtspServer(t);
	const client = await connectRtsp(t, url);
	client.write(Buffer.from('$\0\0\u0003abc$\u0001\0\0'));
	t.is((await client.ask('OPTIONS', url)).status, 200);
	await client.play(url, [0]);
	client.write(Buffer.concat([Buffer.from([0x24, 1, 0, 2]), Buffer.from('xx')]));
	t.is((await client.ask('GET_PARAMETER', url)).status, 200);
});

test('an error of ours is 500, without its message', async t => {
	const refusal = new MediaError('INTERNAL', 'A secret of ours');
	const {url, lines} = await startRtspServer(t, {control: scriptedControl({refusal})});
	const client = await connectRtsp(t, url);
	const answer = await client.ask('DESCRIBE', url);
	t.is(answer.status, 500);
	t.false(JSON.stringify(answer).includes('secret'));
	t.true(lines.some(line => line.includes('secret')));
});
