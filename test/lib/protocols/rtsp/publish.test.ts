import {once} from 'node:events';
import test from 'ava';
import {MediaError} from '../../../../lib/errors.ts';
import {scriptedControl} from '../../../helpers/delivery.ts';
import {goodbye, interleave} from '../../../helpers/rtp.ts';
import {connectRtsp} from '../../../helpers/rtsp-client.ts';
import type {RtspClient} from '../../../helpers/rtsp-client.ts';
import {
	mediaOf,
	packetsOf,
	pictures,
	record,
	recordTcp,
	sdpOf,
	sdpType,
	startPublishing,
} from '../../../helpers/rtsp-publisher.ts';
import {untilAnswer} from '../../../helpers/server.ts';
import {startRtspServer} from '../../../helpers/rtsp-server.ts';

/** Media of so many pictures, from the first key frame. */
const media = (count: number, channel = 0): Buffer => mediaOf(pictures.slice(0, count), {channel});

const announce = (client: RtspClient, url: string, control?: string) =>
	client.ask('ANNOUNCE', url, sdpType, sdpOf(control === undefined ? {} : {control}));

test('what a client records is the stream of the path', async t => {
	const {server, base, client} = await startPublishing(t);
	const cam = server.path('cam');
	const ready = once(cam, 'ready');
	t.is((await announce(client, `${base}/cam`)).status, 200);
	const {status, headers} = await client.ask('SETUP', `${base}/cam/streamid=0`, recordTcp(4));
	t.is(status, 200);
	t.true(
		headers.some(([name, value]) => name === 'Transport' && value.includes('interleaved=4-5')),
	);
	t.is((await client.ask('RECORD', `${base}/cam`)).status, 200);
	client.write(media(30, 4));
	await ready;
	t.like(cam.facts, {tracks: ['H264'], source: {type: 'rtspSession'}});
	t.is((await client.ask('OPTIONS', `${base}/cam`)).status, 200);
	const held = once(cam, 'reconnecting');
	t.is((await client.ask('TEARDOWN', `${base}/cam`)).status, 200);
	await held;
	client.forgetSession();
	t.is((await record(client, `${base}/cam`)).status, 200);
});

test('media that comes with RECORD, before its answer, is taken', async t => {
	const {server, base, client} = await startPublishing(t);
	const ready = once(server.path('cam'), 'ready');
	await announce(client, `${base}/cam`);
	await client.ask('SETUP', `${base}/cam/streamid=0`, recordTcp(0));
	const request = Buffer.from(client.request('RECORD', `${base}/cam`));
	client.write(Buffer.concat([request, media(20)]));
	await ready;
	t.is(server.path('cam').facts?.lostPackets, 0);
});

test('a publisher is told by receiver reports how its packets arrive', async t => {
	const {base, client} = await startPublishing(t);
	await announce(client, `${base}/cam`);
	await client.ask('SETUP', `${base}/cam/streamid=0`, recordTcp(4));
	await client.ask('RECORD', `${base}/cam`);
	let sequence = 0;
	const sendPicture = async () => {
		const shown = pictures.slice(0, 1);
		client.write(mediaOf(shown, {channel: 4, sequence}));
		sequence += packetsOf(shown).length;
		return Promise.resolve();
	};
	await untilAnswer(sendPicture, () => client.packets.length > 0);
	const [report] = client.packets;
	t.is(report?.channel, 5);
	t.is(report?.data[1], 201);
	t.is(report?.data.readUInt32BE(8), 7, 'SSRC');
	t.is(report?.data.readUInt32BE(12), 0, 'lost');
	t.is((await client.ask('GET_PARAMETER', base)).status, 200);
});

test('a client that does not wait for answers publishes all the same', async t => {
	const {server, base, client} = await startPublishing(t);
	const ready = once(server.path('cam'), 'ready');
	const url = `${base}/cam`;
	const {status} = await announce(client, url);
	t.is(status, 200);
	client.write(
		Buffer.concat([
			Buffer.from(client.request('SETUP', `${url}/streamid=0`, recordTcp(0))),
			Buffer.from(client.request('RECORD', url)),
			media(20),
		]),
	);
	await ready;
	t.is(server.path('cam').facts?.lostPackets, 0);
});

for (const [control, suffix] of [
	['streamid=0', '/streamid=0'],
	['stream=0', '/stream=0'],
	['trackID=0', '/trackID=0/'],
	['track1', '/track1'],
	['', ''],
	['', '/trackID=0'],
] as const) {
	test(`a track with the control "${control}" is set up at "${suffix}"`, async t => {
		const {base, client, server} = await startPublishing(t);
		const url = `${base}/studio/one%2Dtwo`;
		const query = '?user=x&token=y';
		t.is((await announce(client, url + query, control)).status, 200);
		t.is((await client.ask('SETUP', url + suffix + query, recordTcp(0))).status, 200);
		t.is((await client.ask('RECORD', url)).status, 200);
		t.like(server.path('studio/one-two').facts, {source: {type: 'rtspSession'}});
	});
}

test('a query before the name of the track does not hide it, nor does a control that is a whole URL', async t => {
	const {base, client} = await startPublishing(t);
	await announce(client, `${base}/a?x=1`, 'streamid=0');
	t.is((await client.ask('SETUP', `${base}/a?x=1/streamid=0`, recordTcp(0))).status, 200);
	const other = await connectRtsp(t, base);
	await announce(other, `${base}/b`, `${base}/b/left`);
	t.is((await other.ask('SETUP', `${base}/b/left`, recordTcp(0))).status, 200);
});

test('what is asked in the wrong order is not valid in this state', async t => {
	const {base, client} = await startPublishing(t);
	const url = `${base}/cam`;
	t.is((await client.ask('RECORD', url)).status, 454);
	await announce(client, url);
	t.is((await announce(client, url)).status, 455);
	t.is((await client.ask('RECORD', url)).status, 455);
	t.is((await client.ask('PLAY', url)).status, 455);
	t.is((await client.ask('PAUSE', url)).status, 455);
	await client.ask('SETUP', `${url}/streamid=0`, recordTcp(0));
	t.is((await client.ask('PAUSE', url)).status, 455);
	t.is((await client.ask('RECORD', url)).status, 200);
	t.is((await client.ask('SETUP', `${url}/streamid=0`, recordTcp(0))).status, 455);
	t.is((await announce(client, url)).status, 455);
	t.is((await client.ask('PAUSE', url)).status, 200);
	t.is((await client.ask('RECORD', url)).status, 200);
});

test('a track that was not announced, and transports that are not there, are refused', async t => {
	const {base, client} = await startPublishing(t);
	const url = `${base}/cam`;
	await announce(client, url);
	t.is((await client.ask('SETUP', `${url}/streamid=7`, recordTcp(0))).status, 404);
	const of = (transport: string) =>
		client.ask('SETUP', `${url}/streamid=0`, [['Transport', transport]]);
	t.is((await of('RTP/AVP;multicast;port=5000-5001;mode=record')).status, 461);
	t.is((await of('RTP/AVP;unicast;client_port=0-1;mode=record')).status, 461);
	t.is((await of('RTP/AVP/TCP;unicast;interleaved=0-1;mode=play')).status, 400);
	t.is((await of('RTP/AVP/TCP;unicast;mode="RECORD"')).status, 200);
});

test('an announcement that makes no sense is refused with a reason', async t => {
	const {base, client, server} = await startPublishing(t);
	const ask = (body: string, type = 'application/sdp') =>
		client.ask('ANNOUNCE', `${base}/cam`, [['Content-Type', type]], body);
	const nothing = await ask('');
	t.is(nothing.status, 400);
	t.regex(nothing.body, /^expected a session description: no m= line/);
	t.is((await ask('v=0\r\nm=video 0 udp 33\r\n')).status, 400);
	t.is((await ask(sdpOf(), 'text/plain')).status, 415);
	const misnamed = await client.ask('ANNOUNCE', `${base}/a//b`, sdpType, sdpOf());
	t.is(misnamed.status, 400);
	t.regex(misnamed.body, /^expected the name of a path in the URL: letters/);
	t.deepEqual(server.paths(), []);
});

test('who may not publish is told why', async t => {
	const {base, client} = await startPublishing(t, {
		cam: {source: 'test:', sourceOnDemand: 'yes'},
		live: {overridePublisher: 'no'},
	});
	const unknown = await announce(client, `${base}/other`);
	t.is(unknown.status, 404);
	const pulled = await announce(client, `${base}/cam`);
	t.is(pulled.status, 403);
	t.is(pulled.body, 'Path cam has a source of its own\r\n');
	await announce(await connectRtsp(t, base), `${base}/live`);
	const second = await announce(client, `${base}/live`);
	t.is(second.status, 409);
	t.is(second.body, 'Path live has a publisher already\r\n');
});

test('the log tells of publishers that were refused, a second of them in one line', async t => {
	const control = scriptedControl({refusal: new MediaError('PATH_TAKEN', 'Path live is taken')});
	const {url, lines} = await startRtspServer(t, {control});
	const client = await connectRtsp(t, url);
	for (let count = 0; count < 3; count++) await announce(client, url);
	const told = lines.filter(line => line.includes('publisher'));
	t.is(told.length, 1);
	t.regex(told[0]!, /RTSP publisher of cam from 127\.0\.0\.1:\d+ refused: Path live is taken/);
});

test('a publisher that is sent away is hung up on', async t => {
	const {base, client, server} = await startPublishing(t);
	await record(client, `${base}/cam`);
	server.path('cam').exit();
	await client.ended;
	t.is(server.path('cam').state, 'stopped');
});

test('a publisher that hangs up leaves the path, before RECORD and after', async t => {
	const {base, client, server} = await startPublishing(t, {cam: {}});
	const cam = server.path('cam');
	await announce(client, `${base}/cam`);
	const idle = once(cam, 'idle');
	client.socket.destroy();
	await idle;
	const second = await connectRtsp(t, base);
	const ready = once(cam, 'ready');
	await record(second, `${base}/cam`);
	second.write(media(10));
	await ready;
	const held = once(cam, 'reconnecting');
	second.socket.destroy();
	await held;
	t.regex(cam.facts?.error?.message ?? '', /^Publisher is gone/);
});

test('a publisher that says goodbye and sends nothing more is gone', async t => {
	const {base, client, server} = await startPublishing(t, {cam: {}});
	const cam = server.path('cam');
	const ready = once(cam, 'ready');
	await record(client, `${base}/cam`);
	client.write(media(10));
	await ready;
	const held = once(cam, 'reconnecting');
	client.write(interleave(1, goodbye(7)));
	await Promise.all([held, client.ended]);
	t.regex(cam.facts?.error?.message ?? '', /^Publisher is gone: it said goodbye/);
});

test('a publisher that says goodbye and goes on is there', async t => {
	const {base, client, server} = await startPublishing(t, {cam: {}});
	const cam = server.path('cam');
	const ready = once(cam, 'ready');
	await record(client, `${base}/cam`);
	client.write(media(10));
	await ready;
	client.write(interleave(1, goodbye(7)));
	let sequence = packetsOf(pictures.slice(0, 10)).length;
	let sent = 0;
	// For longer than a goodbye that was meant is waited for.
	await untilAnswer(
		async () => {
			const shown = pictures.slice(10 + sent, 11 + sent);
			client.write(mediaOf(shown, {sequence}));
			sequence += packetsOf(shown).length;
			return Promise.resolve();
		},
		() => ++sent === 30,
	);
	t.is((await client.ask('GET_PARAMETER', base)).status, 200);
	t.is(cam.state, 'ready');
});

test('a publisher is a session of the list, with what it sent', async t => {
	const control = scriptedControl();
	const {server, url} = await startRtspServer(t, {control});
	const client = await connectRtsp(t, url);
	await announce(client, `${url}?token=1`);
	const [facts] = server.sessions();
	t.like(facts, {state: 'idle', path: 'cam', query: 'token=1', transport: 'TCP'});
	t.deepEqual([...control.publishers.keys()], [facts?.id]);
	await client.ask('SETUP', `${url}/streamid=0`, recordTcp(0));
	await client.ask('RECORD', url);
	t.like(server.sessions()[0], {state: 'publish'});
	t.true(server.kick(facts!.id));
	await client.ended;
	t.deepEqual(control.left, ['Publisher is gone: it was kicked']);
});

test('who hangs up while the path is asked does not stay', async t => {
	const control = scriptedControl({refusal: new MediaError('PATH_NOT_FOUND', 'No')});
	const {server, url} = await startRtspServer(t, {control});
	const client = await connectRtsp(t, url);
	t.is((await announce(client, url)).status, 404);
	control.refuseWith(undefined);
	client.write(client.request('ANNOUNCE', url, sdpType, sdpOf()));
	client.socket.end();
	await client.ended;
	t.deepEqual(server.sessions(), []);
	t.is(control.publishers.size, 0);
});

test('only users who may publish do', async t => {
	const yaml = 'authInternalUsers: [{user: any, permissions: [{action: read}]}]';
	const {url} = await startRtspServer(t, {control: scriptedControl(), yaml});
	const client = await connectRtsp(t, url);
	t.is((await announce(client, url)).status, 401);
});
