import test from 'ava';
import {headerOf} from '../../../../lib/protocols/rtsp/message.ts';
import {startNative} from '../../../helpers/native.ts';
import {connectRtsp} from '../../../helpers/rtsp-client.ts';
import {startRtspServer} from '../../../helpers/rtsp-server.ts';
import {bindAt, bindPorts, portsOf, sessionOf, setUpUdp} from '../../../helpers/udp-client.ts';
import {untilAnswer} from '../../../helpers/server.ts';
import {until} from '../../../helpers/until.ts';

/** A receiver report about a source: 5 packets lost, jitter of 90 units. */
const reportOf = (ssrc: string): Buffer =>
	Buffer.from(`81c9000700000001${ssrc}00000005000000000000005a0000000000000000`, 'hex');

test('packets go to the ports that the client names, at the address that it asks from', async t => {
	const {url, udpOutputs, server} = await startRtspServer(t);
	const client = await connectRtsp(t, url);
	const first = await client.ask('SETUP', `${url}/trackID=0`, [
		['Transport', 'RTP/AVP/UDP;unicast;destination=192.0.2.1;client_port=5000-5001;mode="PLAY"'],
	]);
	const [rtp, rtcp] = portsOf(first, 'server_port');
	t.is(rtp! % 2, 0);
	t.is(rtcp, rtp! + 1);
	t.regex(
		headerOf(first, 'Transport')!,
		/^RTP\/AVP\/UDP;unicast;client_port=5000-5001;server_port=\d+-\d+;ssrc=[0-9A-F]{8};mode=PLAY$/,
	);
	await setUpUdp(client, `${url}/trackID=1`, {pair: '5002-5003'});
	t.is((await client.ask('PLAY', url)).status, 200);
	t.deepEqual(
		[...udpOutputs[0]!.readers.values()],
		[
			{
				reader: 1,
				begin: 'live',
				tracks: [
					{host: '127.0.0.1', rtpPort: 5000, rtcpPort: 5001},
					{host: '127.0.0.1', rtpPort: 5002, rtcpPort: 5003},
				],
			},
		],
	);
	t.like(server.sessions()[0], {transport: 'UDP', state: 'read', packetsDropped: 0});
});

test('all tracks of a session come the same way', async t => {
	const {url} = await startRtspServer(t);
	const client = await connectRtsp(t, url);
	await setUpUdp(client, `${url}/trackID=0`, {pair: '5000-5001'});
	const other = (transport: string) =>
		client.ask('SETUP', `${url}/trackID=1`, [['Transport', transport]]);
	t.is((await other('RTP/AVP/TCP;unicast;interleaved=0-1')).status, 461);
	const several = await other('RTP/AVP/TCP;unicast,RTP/AVP;unicast;client_port=5002-5003');
	t.deepEqual(portsOf(several, 'client_port'), [5002, 5003]);
});

test('readers of the same tracks share one output, and the last one closes it', async t => {
	const {url, udpOutputs, control} = await startRtspServer(t);
	const clients = await Promise.all([0, 1, 2].map(() => connectRtsp(t, url)));
	for (const [index, client] of clients.entries()) {
		await setUpUdp(client, `${url}/trackID=${index === 2 ? 1 : 0}`, {pair: '5000-5001'});
		await client.ask('PLAY', `${url}?start=fast`);
	}
	t.deepEqual(
		udpOutputs.map(({spec, readers}) => [spec.tracks.map(({track}) => track), readers.size]),
		[
			[[0], 2],
			[[1], 1],
		],
	);
	t.is((await clients[0]!.ask('PAUSE', url)).status, 200);
	t.is(udpOutputs[0]!.readers.size, 1);
	t.is((await clients[1]!.ask('TEARDOWN', url)).status, 200);
	t.false(udpOutputs[0]!.isClosed, 'packets are numbered on after a pause');
	await clients[0]!.ask('PLAY', url);
	t.is(udpOutputs[0]!.readers.size, 1);
	t.is((await clients[0]!.ask('TEARDOWN', url)).status, 200);
	t.true(udpOutputs[0]!.isClosed);
	t.false(udpOutputs[1]!.isClosed);
	await until(() => control.readers.size === 1);
});

test('RTP-Info says where each track begins, as native code tells it', async t => {
	const {url, udpOutputs, server} = await startRtspServer(t);
	const client = await connectRtsp(t, url);
	await setUpUdp(client, `${url}/trackID=0`, {pair: '5000-5001'});
	const another = await connectRtsp(t, url);
	await setUpUdp(another, `${url}/trackID=0`, {pair: '5002-5003'});
	await another.ask('PLAY', url);
	udpOutputs[0]!.starts = [{sequence: 7, timestamp: 90_000}];
	udpOutputs[0]!.captureUs = Date.UTC(2026, 0, 2, 3, 4, 5, 678) * 1000;
	const play = await client.ask('PLAY', url, [['Range', 'clock=20260101T000000Z-']]);
	t.is(headerOf(play, 'RTP-Info'), `url=${url}/trackID=0;seq=7;rtptime=90000`);
	t.is(headerOf(play, 'Range'), 'clock=20260102T030405.678Z-');
	const ids = {type: 'begun', id: 0, reader: 2} as const;
	udpOutputs[0]!.emit('begun', {...ids, packets: 100, bytes: 1000});
	const dropped = [{reader: 2, packets: 4}];
	const sent = {type: 'sent', id: 0, packets: 103, bytes: 1500, refused: 0, dropped} as const;
	udpOutputs[0]!.emit('sent', {...sent, dropped});
	t.like(server.sessions()[0], {packetsSent: 3, bytesSent: 500, packetsDropped: 4});
	t.like(server.sessions()[1], {packetsSent: 0, bytesSent: 0, packetsDropped: 0});
	await client.ask('PAUSE', url);
	t.is(server.bytesSent().get('cam'), 500);
});

test('packets that the system did not take are told in the log', async t => {
	const {url, udpOutputs, lines} = await startRtspServer(t);
	const client = await connectRtsp(t, url);
	await setUpUdp(client, `${url}/trackID=0`, {pair: '5000-5001'});
	await client.ask('PLAY', url);
	for (const refused of [0, 7, 7])
		udpOutputs[0]!.emit('sent', {
			...{type: 'sent', id: 0, packets: 100, bytes: 1000},
			...{refused, dropped: []},
		});
	const told = lines.filter(line => line.includes('did not take'));
	t.is(told.length, 1);
	t.true(told[0]!.includes('a UDP packet for RTSP readers (7 times)'));
});

test('what a reader reports to the RTCP port is in its facts', async t => {
	const {url, server} = await startRtspServer(t);
	const [ports, strangers] = [await bindPorts(t), await bindPorts(t)];
	const client = await connectRtsp(t, url);
	const answer = await setUpUdp(client, `${url}/trackID=0`, ports);
	const ssrc = /ssrc=(\w{8})/.exec(headerOf(answer, 'Transport')!)![1]!;
	const [, rtcpPort] = portsOf(answer, 'server_port');
	const another = await connectRtsp(t, url);
	await setUpUdp(another, `${url}/trackID=0`, {pair: '5000-5001'});
	strangers.rtcp.socket.send(reportOf(ssrc), rtcpPort, '127.0.0.1');
	ports.rtcp.socket.send(reportOf('deadbeef'), rtcpPort, '127.0.0.1');
	ports.rtcp.socket.send(Buffer.from('nonsense'), rtcpPort, '127.0.0.1');
	ports.rtcp.socket.send(reportOf(ssrc), rtcpPort, '127.0.0.1');
	await until(() => server.sessions()[0]!.reportedLost !== null);
	t.like(server.sessions()[0], {reportedLost: 5, jitter: 0.001, bytesReceived: 72});
	t.like(server.sessions()[1], {reportedLost: null, bytesReceived: 0});
});

test('a reader that plays and loses its connection goes on by another one', async t => {
	const {url, server, udpOutputs} = await startRtspServer(t);
	const client = await connectRtsp(t, url);
	const session = sessionOf(await setUpUdp(client, `${url}/trackID=0`, {pair: '5000-5001'}));
	await client.ask('PLAY', url);
	client.socket.destroy();
	await until(() => server.connections().length === 0);
	t.like(server.sessions()[0], {state: 'read', conns: []});
	t.is(udpOutputs[0]!.readers.size, 1);
	const next = await connectRtsp(t, url);
	const wrong = session.replace(/./g, '0');
	t.is((await next.ask('GET_PARAMETER', url, [['Session', wrong]])).status, 454);
	t.is((await next.ask('GET_PARAMETER', url, [['Session', session]])).status, 200);
	t.is(server.sessions()[0]?.conns.length, 1);
	t.is((await next.ask('TEARDOWN', url)).status, 200);
	t.true(udpOutputs[0]!.isClosed);
	t.is(server.sessions().length, 0);
});

test('of so many sessions without a connection from one address the oldest are let go', async t => {
	const {url, server, lines} = await startRtspServer(t);
	const ids: string[] = [];
	for (let index = 0; index < 66; index++) {
		const client = await connectRtsp(t, url);
		await setUpUdp(client, `${url}/trackID=0`, {pair: `${5000 + 2 * index}`});
		await client.ask('PLAY', url);
		ids.push(server.sessions().find(({conns}) => conns.length > 0)!.id);
		client.socket.destroy();
		await until(() => server.connections().length === 0);
	}
	t.deepEqual(
		server.sessions().map(({id}) => id),
		ids.slice(2),
	);
	t.true(lines.some(line => line.includes('more than 64 such sessions from 127.0.0.1')));
});

test('a session that is set up and does not play ends with its connection', async t => {
	const {url, server, control} = await startRtspServer(t);
	const client = await connectRtsp(t, url);
	await setUpUdp(client, `${url}/trackID=0`, {pair: '5000-5001'});
	client.socket.destroy();
	await until(() => server.connections().length === 0);
	t.is(server.sessions().length, 0);
	await until(() => control.readers.size === 0);
});

test('a reader without a connection is let go with its path, and by a kick', async t => {
	const {url, server, control, udpOutputs} = await startRtspServer(t);
	const lose = async () => {
		const client = await connectRtsp(t, url);
		await setUpUdp(client, `${url}/trackID=0`, {pair: '5000-5001'});
		await client.ask('PLAY', url);
		client.socket.destroy();
		await until(() => server.connections().length === 0);
	};
	await lose();
	t.true(server.kick(server.sessions()[0]!.id));
	await until(() => control.readers.size === 0);
	await lose();
	control.end('SOURCE_ENDED', 'The path is gone');
	await until(() => udpOutputs[1]!.isClosed);
	t.deepEqual(
		server.sessions().map(({state}) => state),
		[],
	);
});

test('readers are hung up on when the tracks are others, and when the server ends', async t => {
	const {url, server, udpOutputs, lines} = await startRtspServer(t);
	const client = await connectRtsp(t, url);
	await setUpUdp(client, `${url}/trackID=0`, {pair: '5000-5001'});
	await client.ask('PLAY', url);
	udpOutputs[0]!.emit('closed');
	await client.ended;
	t.true(lines.some(line => line.includes('the tracks of the path are others now')));
	const next = await connectRtsp(t, url);
	await setUpUdp(next, `${url}/trackID=0`, {pair: '5000-5001'});
	await next.ask('PLAY', url);
	await server.close();
	await next.ended;
	t.true(udpOutputs[1]!.isClosed);
});

test('without UDP, or where it is switched off, clients are told to take another way', async t => {
	for (const options of [{udp: undefined}, {settings: {rtspTransports: ['tcp'] as const}}]) {
		const {url} = await startRtspServer(t, options);
		const client = await connectRtsp(t, url);
		t.is((await setUpUdp(client, `${url}/trackID=0`, {pair: '5000-5001'})).status, 461);
		t.is((await client.play(url, [0])).status, 200);
	}
});

test('who gets nothing and says nothing is let go in time, who reports or asks is not', async t => {
	const {url, server, lines, control} = await startRtspServer(t, {sessionTimeoutMs: 2000});
	const [silent, asking, reporting] = await Promise.all([0, 1, 2].map(() => connectRtsp(t, url)));
	const ports = await bindPorts(t);
	const play = async (client = silent, pair = '5000-5001') => {
		const answer = await setUpUdp(client!, `${url}/trackID=0`, {pair});
		t.regex(headerOf(answer, 'Session')!, /;timeout=2$/);
		await client!.ask('PLAY', url);
		return portsOf(answer, 'server_port')[1];
	};
	await play();
	await play(asking, '5002-5003');
	const rtcpPort = await play(reporting, ports.pair);
	await untilAnswer(
		async () => {
			ports.rtcp.socket.send(reportOf('deadbeef'), rtcpPort, '127.0.0.1');
			return asking!.ask('GET_PARAMETER', url);
		},
		() => silent!.socket.destroyed,
	);
	t.is(server.sessions().length, 2);
	t.is(control.readers.size, 2);
	t.true(lines.some(line => line.includes('it asked for nothing in 2 s')));
});

test("reports from a foreign address are nobody's", async t => {
	const {url, server} = await startRtspServer(t);
	const [ports, stranger] = [await bindPorts(t), await bindAt(t, '127.0.0.2')];
	const client = await connectRtsp(t, url);
	const answer = await setUpUdp(client, `${url}/trackID=0`, ports);
	const ssrc = /ssrc=(\w{8})/.exec(headerOf(answer, 'Transport')!)![1]!;
	const [, rtcpPort] = portsOf(answer, 'server_port');
	await new Promise(resolve => stranger.send(reportOf(ssrc), rtcpPort, '127.0.0.1', resolve));
	ports.rtcp.socket.send(Buffer.from('nonsense'), rtcpPort, '127.0.0.1');
	await until(() => server.sessions()[0]!.bytesReceived > 0);
	t.like(server.sessions()[0], {bytesReceived: 8, reportedLost: null});
});

test('ports that cannot be are refused, and those of another track', async t => {
	const {url, udpOutputs} = await startRtspServer(t);
	const client = await connectRtsp(t, url);
	const setUp = async (track: number, pair: string) =>
		(await setUpUdp(client, `${url}/trackID=${track}`, {pair})).status;
	for (const pair of ['0-1', '0', '', '65536-65537', '-1-2']) t.is(await setUp(0, pair), 461, pair);
	t.is(await setUp(0, '5000-5001'), 200);
	t.is(await setUp(1, '5000-5001'), 461);
	t.is(await setUp(1, '5001-5002'), 461);
	t.is(await setUp(0, '5000-5001'), 200, 'the same track once more');
	t.is(await setUp(1, '5002'), 200);
	await client.ask('PLAY', url);
	const [reader] = udpOutputs[0]!.readers.values();
	t.deepEqual(
		reader!.tracks.map(({rtpPort, rtcpPort}) => [rtpPort, rtcpPort]),
		[
			[5000, 5001],
			[5002, 5003],
		],
	);
});

test('a port of RTP or RTCP that is taken stops the start, and the error names its key', async t => {
	const native = startNative(t);
	const spec = {protocol: 'udp', host: '127.0.0.1', notSentLowWater: 0, reusePort: false} as const;
	const {port} = native.listen({...spec, port: 0});
	const even = port - (port % 2);
	const udp = {rtp: {host: '127.0.0.1', port: even}, rtcp: {host: '127.0.0.1', port: even + 1}};
	const error = await t.throwsAsync(startRtspServer(t, {udp}));
	t.regex(error.message, port === even ? /rtpAddress/ : /rtcpAddress/);
});
