import type {Socket} from 'node:dgram';
import {once} from 'node:events';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import type {RtspSessionView} from '../../../../lib/api/types.ts';
import {scriptedControl} from '../../../helpers/delivery.ts';
import {openTunnel} from '../../../helpers/http-tunnel.ts';
import {startNative} from '../../../helpers/native.ts';
import {connectRtsp, RtspClient} from '../../../helpers/rtsp-client.ts';
import {
	packetsOf,
	pictures,
	recordTcp,
	recordUdp,
	sdpOf,
	sdpType,
	startPublishing,
} from '../../../helpers/rtsp-publisher.ts';
import {startRtspServer} from '../../../helpers/rtsp-server.ts';
import {untilAnswer} from '../../../helpers/server.ts';
import {tlsKeys} from '../../../helpers/tls.ts';
import {bindAt, bindPorts, portsOf} from '../../../helpers/udp-client.ts';
import {until} from '../../../helpers/until.ts';

/** One after the other, as the kernel takes them. */
const sendAll = async (socket: Socket, packets: readonly Buffer[], port = 0): Promise<void> => {
	for (const packet of packets)
		await new Promise(resolve => socket.send(packet, port, '127.0.0.1', resolve));
};

const setUp = async (client: RtspClient, url: string, ports: {pair: string}) => {
	await client.ask('ANNOUNCE', url, sdpType, sdpOf());
	return client.ask('SETUP', `${url}/streamid=0`, recordUdp(ports));
};

/** A publisher up to RECORD, and where its packets are to go. */
const startRecording = async (t: ExecutionContext, keys: Record<string, unknown> = {}) => {
	const started = await startPublishing(t, {cam: {}}, keys);
	const {client, base} = started;
	const ports = await bindPorts(t);
	const answer = await setUp(client, `${base}/cam`, ports);
	const [rtp = 0, rtcp = 0] = portsOf(answer, 'server_port');
	t.is((await client.ask('RECORD', `${base}/cam`)).status, 200);
	return {...started, ports, answer, rtp, rtcp, cam: started.server.path('cam')};
};

const sessionsAt = async (url: string): Promise<RtspSessionView[]> => {
	const list = await fetch(`${url}/v3/rtspsessions/list`);
	return ((await list.json()) as {items: RtspSessionView[]}).items;
};

/** Fewer than a receive buffer holds. */
const first = packetsOf(pictures.slice(0, 10));

test('what a client sends to the ports that it is told is the stream of the path', async t => {
	const keys = {rtspUDPPublisherPortRange: [41_000, 41_999]};
	const {server, cam, ports, answer, rtp, rtcp, client} = await startRecording(t, keys);
	t.deepEqual([rtp % 2, rtcp], [0, rtp + 1]);
	t.true(rtp >= 41_000 && rtcp <= 41_999);
	const transport = answer.headers.find(([name]) => name === 'Transport')?.[1];
	const granted = `client_port=${ports.pair};server_port=${rtp}-${rtcp};mode=record`;
	t.is(transport, `RTP/AVP;unicast;${granted}`);
	const ready = once(cam, 'ready');
	await sendAll(ports.rtp.socket, first, rtp);
	await ready;
	t.like(cam.facts, {tracks: ['H264'], source: {type: 'rtspSession'}, lostPackets: 0});
	const held = once(cam, 'reconnecting');
	await client.ask('TEARDOWN', `${server.rtspUrl}/cam`);
	await held;
});

test('what came before RECORD is not lost', async t => {
	const {server, base, client} = await startPublishing(t, {cam: {}});
	const cam = server.path('cam');
	const ports = await bindPorts(t);
	const [rtp] = portsOf(await setUp(client, `${base}/cam`, ports), 'server_port');
	await sendAll(ports.rtp.socket, first, rtp);
	const ready = once(cam, 'ready');
	await client.ask('RECORD', `${base}/cam`);
	await ready;
	await until(() => cam.facts?.lostPackets === 0);
	t.pass();
});

test('packets are put in order, what comes twice is left out and what is missing is counted', async t => {
	const {cam, ports, rtp} = await startRecording(t);
	const ready = once(cam, 'ready');
	const [one, two, ...more] = first;
	const swapped = [one!, ...more.splice(0, 2).reverse(), two!, two!];
	// The first picture stays whole.
	await sendAll(ports.rtp.socket, [...swapped, ...more.toSpliced(-5, 1)], rtp);
	await ready;
	await until(() => cam.facts?.lostPackets === 1);
	t.pass();
});

test('packets come from any port of the publisher, and from nobody else', async t => {
	const {cam, rtp, url} = await startRecording(t);
	const [stranger, otherPort] = [await bindAt(t, '127.0.0.2'), await bindAt(t, '127.0.0.1')];
	const ready = once(cam, 'ready');
	await sendAll(stranger, packetsOf(pictures.slice(0, 3), {sequence: 1000}), rtp);
	await sendAll(otherPort, first, rtp);
	await ready;
	const [session] = await untilAnswer(
		() => sessionsAt(url),
		([one]) => one?.packetsReceived === first.length,
	);
	t.like(session, {transport: 'UDP', state: 'publish', packetsLost: 0});
	t.is(session?.bytesReceived, Buffer.concat(first).length);
	t.true(session!.jitter! > 0 && session!.roundTripTime! > 0);
});

test('a publisher is told by receiver reports how its packets arrive', async t => {
	const {ports, rtp} = await startRecording(t);
	let sequence = 0;
	const isReport = ({bytes}: {bytes: Buffer}) => bytes[1] === 201 && bytes.length > 8;
	const sendPicture = async () => {
		const packets = packetsOf(pictures.slice(0, 1), {sequence});
		sequence += packets.length;
		await sendAll(ports.rtp.socket, packets, rtp);
	};
	await untilAnswer(sendPicture, () => ports.rtcp.packets.some(isReport));
	const {bytes} = ports.rtcp.packets.find(isReport)!;
	t.is(bytes.readUInt32BE(8), 7, 'SSRC');
	t.is(bytes.readUInt8(12), 0, 'fraction lost');
});

test('who sends nothing is sent away, and its ports are free again', async t => {
	const {client, cam, ports, rtp} = await startRecording(t, {readTimeout: '300ms'});
	const ready = once(cam, 'ready');
	await sendAll(ports.rtp.socket, first, rtp);
	await ready;
	await client.ended;
	const native = startNative(t);
	const spec = {protocol: 'udp', host: '0.0.0.0', notSentLowWater: 0, reusePort: false} as const;
	await until(() => {
		try {
			return native.listen({...spec, port: rtp}).port === rtp;
		} catch {
			return false;
		}
	});
	t.pass();
});

test('a track that is set up again keeps its ports, and all tracks come the same way', async t => {
	const {base, client} = await startPublishing(t);
	const url = `${base}/cam`;
	const sound = ['m=audio 0 RTP/AVP 0', 'a=control:streamid=1'];
	await client.ask('ANNOUNCE', url, sdpType, sdpOf({more: sound}));
	const of = async (track: number, ...offer: Parameters<typeof recordUdp>) =>
		client.ask('SETUP', `${url}/streamid=${track}`, recordUdp(...offer));
	const one = await of(0, {pair: '5000-5001'});
	const again = await of(0, {pair: '6000-6001'});
	t.deepEqual(portsOf(again, 'server_port'), portsOf(one, 'server_port'));
	t.deepEqual(portsOf(again, 'client_port'), [6000, 6001]);
	t.is((await client.ask('SETUP', `${url}/streamid=1`, recordTcp(0))).status, 461);
	const other = await of(1, {pair: '6002-6003'});
	t.notDeepEqual(portsOf(other, 'server_port'), portsOf(one, 'server_port'));
});

test('a range of ports that is used up is told to the client and in the log', async t => {
	const settings = {rtspUDPPublisherPortRange: [41_998, 41_999]};
	const {url, lines} = await startRtspServer(t, {control: scriptedControl(), settings});
	const clients = [await connectRtsp(t, url), await connectRtsp(t, url)];
	const [one, other] = clients as [RtspClient, RtspClient];
	t.is((await setUp(one, url, {pair: '5000-5001'})).status, 200);
	const refused = await setUp(other, url, {pair: '5000-5001'});
	t.is(refused.status, 503);
	t.regex(refused.body, /two free UDP ports from 41998 to 41999 \(rtspUDPPublisherPortRange\)/);
	t.true(lines.some(line => /publisher of cam .* refused: Expected two free UDP ports/.test(line)));
	await one.ask('TEARDOWN', url);
	const more = await other.ask('SETUP', `${url}/streamid=0`, recordUdp({pair: '5000-5001'}));
	t.is(more.status, 200);
});

test('publishers have so many ports together, so that cameras have theirs', async t => {
	const control = scriptedControl();
	const {url, lines} = await startRtspServer(t, {control, maxPublisherPairs: 1});
	const [one, other] = [await connectRtsp(t, url), await connectRtsp(t, url)];
	t.is((await setUp(one, url, {pair: '5000-5001'})).status, 200);
	const again = await one.ask('SETUP', `${url}/streamid=0`, recordUdp({pair: '5002-5003'}));
	t.is(again.status, 200, 'of the same track');
	const refused = await setUp(other, url, {pair: '5000-5001'});
	t.is(refused.status, 503);
	t.regex(refused.body, /at most 1 pairs of UDP ports for publishers/);
	t.true(lines.some(line => line.includes('at most 1 pairs of UDP ports')));
	await one.ask('TEARDOWN', url);
	const more = await other.ask('SETUP', `${url}/streamid=0`, recordUdp({pair: '5000-5001'}));
	t.is(more.status, 200);
});

test('ports that could not be had are not counted as taken', async t => {
	const settings = {rtspUDPPublisherPortRange: [41_996, 41_997]};
	const options = {control: scriptedControl(), settings, maxPublisherPairs: 2};
	const {url} = await startRtspServer(t, options);
	const [one, other] = [await connectRtsp(t, url), await connectRtsp(t, url)];
	t.is((await setUp(one, url, {pair: '5000-5001'})).status, 200);
	t.is((await setUp(other, url, {pair: '5000-5001'})).status, 503);
	const again = await other.ask('SETUP', `${url}/streamid=0`, recordUdp({pair: '5000-5001'}));
	t.regex(again.body, /two free UDP ports from 41996 to 41997/);
});

test('by multicast, and over UDP where that is switched off, nobody publishes', async t => {
	const group: [string, string][] = [['Transport', 'RTP/AVP;multicast;mode=record']];
	for (const options of [{}, {udp: undefined}, {settings: {rtspTransports: ['tcp'] as const}}]) {
		const {url} = await startRtspServer(t, {control: scriptedControl(), ...options});
		const client = await connectRtsp(t, url);
		const isOff = Object.keys(options).length > 0;
		t.is((await setUp(client, url, {pair: '5000-5001'})).status, isOff ? 461 : 200);
		t.is((await client.ask('SETUP', `${url}/streamid=0`, group)).status, 461);
	}
});

test('within TLS and HTTP nothing comes over UDP beside it', async t => {
	const {server} = await startPublishing(t, {all_others: {}}, tlsKeys('optional'));
	const {rtspUrl = '', rtspsUrl = ''} = server;
	const tunnel = new RtspClient(await openTunnel(t, Number(new URL(rtspUrl).port)));
	for (const client of [await connectRtsp(t, rtspsUrl), tunnel]) {
		const url = `${rtspUrl}/${client === tunnel ? 'one' : 'other'}`;
		t.is((await setUp(client, url, {pair: '5000-5001'})).status, 461);
		t.is((await client.ask('SETUP', `${url}/streamid=0`, recordTcp(0))).status, 200);
	}
});
