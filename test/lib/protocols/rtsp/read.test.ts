import test from 'ava';
import {MediaError} from '../../../../lib/errors.ts';
import {headerOf} from '../../../../lib/protocols/rtsp/message.ts';
import {scriptedControl} from '../../../helpers/delivery.ts';
import {connectRtsp} from '../../../helpers/rtsp-client.ts';
import {aacTrack, h264Track, startRtspServer} from '../../../helpers/rtsp-server.ts';
import {until} from '../../../helpers/until.ts';

const tcp = (interleaved = ''): [string, string][] => [
	['Transport', `RTP/AVP/TCP;unicast${interleaved && `;interleaved=${interleaved}`}`],
];

test('SETUP grants the channels that the client asks for', async t => {
	const {url, control} = await startRtspServer(t);
	const client = await connectRtsp(t, url);
	const first = await client.ask('SETUP', `${url}/trackID=0`, tcp('4-5'));
	t.is(first.status, 200);
	t.regex(
		headerOf(first, 'Transport')!,
		/^RTP\/AVP\/TCP;unicast;interleaved=4-5;ssrc=[0-9A-F]{8}$/,
	);
	t.regex(headerOf(first, 'Session')!, /^[0-9a-f]{24};timeout=60$/);
	const second = await client.ask('SETUP', `${url}/trackID=1`, tcp('9-8'));
	t.regex(headerOf(second, 'Transport')!, /interleaved=9-8/);
	t.is(headerOf(second, 'Session'), headerOf(first, 'Session'));
	t.deepEqual(
		control.wishes.map(({protocol, counted, holds, start}) => ({protocol, counted, holds, start})),
		[{protocol: 'rtsp', counted: true, holds: true, start: true}],
	);
});

test('channels that nobody asked for, or that are taken, are chosen for the client', async t => {
	const {url} = await startRtspServer(t);
	const client = await connectRtsp(t, url);
	await client.ask('SETUP', `${url}/trackID=0`, tcp('0-1'));
	const free = await client.ask('SETUP', `${url}/trackID=1`, tcp());
	t.regex(headerOf(free, 'Transport')!, /interleaved=2-3/);
	const taken = await client.ask('SETUP', `${url}/trackID=1`, tcp('1-2'));
	t.regex(headerOf(taken, 'Transport')!, /interleaved=2-3/);
});

test('a transport that is not served is 461, and the next one may be', async t => {
	const {url, control} = await startRtspServer(t, {udp: undefined});
	const client = await connectRtsp(t, url);
	const setUp = (transport: string) =>
		client.ask('SETUP', `${url}/trackID=0`, [['Transport', transport]]);
	for (const transport of [
		'RTP/AVP;unicast;client_port=5000-5001',
		'RTP/AVP/UDP;multicast',
		'RTP/SAVP/TCP;unicast;interleaved=0-1',
		'nonsense',
		'',
	]) {
		const {status, headers} = await setUp(transport);
		t.is(status, 461, transport);
		t.is(headerOf({headers}, 'Session'), undefined);
	}
	t.is(control.wishes.length, 0);
	const several = await setUp('RTP/AVP;unicast;client_port=5000-5001,RTP/AVP/TCP;interleaved=6-7');
	t.regex(headerOf(several, 'Transport')!, /interleaved=6-7/);
});

test('a track is found behind a query, without a control, and a wrong one is 404', async t => {
	const {url, server} = await startRtspServer(t);
	const client = await connectRtsp(t, url);
	t.is((await client.ask('SETUP', `${url}/trackID=7`, tcp())).status, 404);
	t.is(server.sessions().length, 0);
	t.is((await client.ask('SETUP', `${url}?start=fast/trackID=0`, tcp())).status, 200);
	t.is((await client.ask('SETUP', url, tcp())).status, 200);
	t.like(server.sessions()[0], {path: 'cam', query: 'start=fast', transport: 'TCP', state: 'idle'});
	t.is((await client.ask('SETUP', url, tcp())).status, 404);
});

test('the query of DESCRIBE goes for a SETUP without one', async t => {
	const {url, server} = await startRtspServer(t);
	const client = await connectRtsp(t, url);
	await client.ask('DESCRIBE', `${url}?start=real`);
	await client.ask('SETUP', `${url}/trackID=0`, tcp());
	t.is(server.sessions()[0]?.query, 'start=real');
});

test('a start that is none is 400 with the words that there are', async t => {
	const {url, control} = await startRtspServer(t);
	const client = await connectRtsp(t, url);
	const described = await client.ask('DESCRIBE', `${url}?start=bogus`);
	t.is(described.status, 400);
	t.is(described.body, 'expected start to be live, fast, real, got bogus\r\n');
	t.is((await client.ask('SETUP', `${url}?start=/trackID=0`, tcp())).status, 400);
	t.is(control.wishes.length, 0);
	t.is((await client.ask('SETUP', `${url}?begin=bogus/trackID=0`, tcp())).status, 200);
});

test('one session is about one path', async t => {
	const {url, server} = await startRtspServer(t);
	const client = await connectRtsp(t, url);
	await client.ask('SETUP', `${url}/trackID=0`, tcp());
	t.is((await client.ask('SETUP', `${url}2/trackID=1`, tcp())).status, 459);
	t.is(server.sessions().length, 1);
});

test('two sessions on one connection are answered 459', async t => {
	const {url, server} = await startRtspServer(t);
	const client = await connectRtsp(t, url);
	t.is((await client.ask('SETUP', `${url}/trackID=0`, tcp())).status, 200);
	client.forgetSession();
	t.is((await client.ask('SETUP', `${url}2/trackID=0`, tcp())).status, 459);
	t.deepEqual(
		server.sessions().map(({path}) => path),
		['cam'],
	);
	t.is((await client.ask('PLAY', url)).status, 200);
	const other = await connectRtsp(t, url);
	t.is((await other.ask('SETUP', `${url}2/trackID=0`, tcp())).status, 200);
});

test('a connection has one session at a time, of a path that is there', async t => {
	const {url, server, control} = await startRtspServer(t);
	const client = await connectRtsp(t, url);
	control.refuseWith(new MediaError('PATH_NOT_FOUND', 'No such path'));
	t.is((await client.ask('SETUP', `${url}/trackID=0`, tcp())).status, 404);
	control.refuseWith(undefined);
	await client.ask('SETUP', `${url}/trackID=0`, tcp());
	client.forgetSession();
	t.is((await client.ask('SETUP', `${url}/trackID=1`, tcp())).status, 200);
	t.is(server.sessions().length, 1);
	await client.ask('TEARDOWN', url);
	client.forgetSession();
	t.is((await client.ask('SETUP', `${url}2/trackID=0`, tcp())).status, 200);
	t.is(server.sessions()[0]?.path, 'cam2');
});

test("a session is nobody else's", async t => {
	const {url} = await startRtspServer(t);
	const client = await connectRtsp(t, url);
	const answer = await client.ask('SETUP', `${url}/trackID=0`, tcp());
	const session = headerOf(answer, 'Session')!.split(';')[0]!;
	const stranger = await connectRtsp(t, url);
	for (const method of ['PLAY', 'PAUSE', 'TEARDOWN', 'GET_PARAMETER', 'SETUP'])
		t.is((await stranger.ask(method, url, [['Session', session], ...tcp()])).status, 454, method);
	t.is((await client.ask('PLAY', url)).status, 200);
});

test('what needs a session is 454 without one, what needs a track 455', async t => {
	const {url} = await startRtspServer(t);
	const client = await connectRtsp(t, url);
	for (const method of ['PLAY', 'PAUSE', 'TEARDOWN'])
		t.is((await client.ask(method, url)).status, 454, method);
	for (const method of ['OPTIONS', 'GET_PARAMETER', 'SET_PARAMETER'])
		t.is((await client.ask(method, url)).status, 200, method);
});

test('PLAY, PAUSE, PAUSE, PLAY, TEARDOWN: packets are numbered on after a pause', async t => {
	const {url, server, outputs, control} = await startRtspServer(t);
	const client = await connectRtsp(t, url);
	const play = await client.play(url, [0, 1]);
	t.is(play.status, 200);
	t.is(headerOf(play, 'Range'), 'npt=now-');
	t.is(headerOf(play, 'RTP-Info'), `url=${url}/trackID=0,url=${url}/trackID=1`);
	t.is(server.sessions()[0]?.state, 'read');
	t.is((await client.ask('PLAY', url)).status, 200);
	t.is((await client.ask('SETUP', `${url}/trackID=0`, tcp())).status, 455);
	t.is((await client.ask('PAUSE', url)).status, 200);
	t.false(outputs[0]!.isClosed);
	t.is((await client.ask('PAUSE', url)).status, 200);
	t.is(server.sessions()[0]?.state, 'idle');
	t.is((await client.ask('PLAY', url, [['Range', 'npt=0.000-']])).status, 200);
	const clock = await client.ask('PLAY', url, [['Range', 'clock=20260101T000000Z-']]);
	t.regex(headerOf(clock, 'Range')!, /^clock=\d{8}T\d{6}\.\d{3}Z-$/);
	t.is((await client.ask('PLAY', url, [['Range', 'bytes=0-']])).status, 457);
	t.is((await client.ask('TEARDOWN', url)).status, 200);
	t.is(outputs.length, 1);
	t.true(outputs[0]!.isClosed);
	t.is(control.readers.size, 0);
	client.forgetSession();
	t.is((await client.play(url, [1])).status, 200);
});

test('readers of the same tracks and channels share one output', async t => {
	const {url, outputs} = await startRtspServer(t);
	const clients = await Promise.all([0, 1, 2].map(() => connectRtsp(t, url)));
	await clients[0]!.play(url, [0, 1]);
	await clients[1]!.play(url, [0, 1]);
	await clients[2]!.play(url, [1]);
	t.is(outputs.length, 2);
	t.like(outputs[1]!.spec, {
		stream: 1,
		tracks: [{track: 1, channel: 0, rtcpChannel: 1, payloadType: 97}],
	});
	clients[0]!.socket.destroy();
	clients[1]!.socket.destroy();
	await until(() => outputs[0]!.isClosed);
	t.false(outputs[1]!.isClosed);
});

test('a client that hangs up leaves its path', async t => {
	const {url, control, server} = await startRtspServer(t);
	const client = await connectRtsp(t, url);
	await client.play(url, [0]);
	t.is(control.readers.size, 1);
	client.socket.destroy();
	await until(() => control.readers.size === 0);
	t.deepEqual(server.connections(), []);
	t.deepEqual(server.sessions(), []);
});

test('readers are hung up on when their path ends, or its tracks are others', async t => {
	const control = scriptedControl({tracks: [h264Track, aacTrack]});
	const {url, outputs} = await startRtspServer(t, {control});
	const [first, second] = [await connectRtsp(t, url), await connectRtsp(t, url)];
	await first.play(url, [0]);
	await second.play(url, [1]);
	outputs[0]!.emit('closed');
	await first.ended;
	t.false(second.socket.destroyed);
	control.end('PATH_NOT_READY', 'The stream has ended');
	await second.ended;
	t.pass();
});

test('a kicked session is gone with its connection', async t => {
	const {url, server} = await startRtspServer(t);
	const client = await connectRtsp(t, url);
	await client.play(url, [0]);
	t.false(server.kick('rtsp-99'));
	t.true(server.kick(server.sessions()[0]!.id));
	await client.ended;
	const other = await connectRtsp(t, url);
	await other.ask('OPTIONS', url);
	t.false(server.kickConnection('rtspconn-99'));
	t.true(server.kickConnection(server.connections()[0]!.id));
	await other.ended;
	t.pass();
});

test('a request is refused for what it requires, lacks or cannot take', async t => {
	const {url} = await startRtspServer(t);
	const client = await connectRtsp(t, url);
	const required = await client.ask('DESCRIBE', url, [
		['Require', 'www.onvif.org/ver20/backchannel'],
	]);
	t.is(required.status, 551);
	t.is(headerOf(required, 'Unsupported'), 'www.onvif.org/ver20/backchannel');
	t.is((await client.ask('DESCRIBE', url, [['Accept', 'text/html']])).status, 406);
	t.is((await client.ask('DESCRIBE', 'http://host/cam')).status, 400);
	client.write(`DESCRIBE ${url} RTSP/1.0\r\n\r\n`);
	await client.until(() => client.answers.length === 4);
	t.is(client.answers[3]!.status, 400);
});
