import {spawn} from 'node:child_process';
import type {ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {mkdirSync, writeFileSync} from 'node:fs';
import {connect} from 'node:net';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {makeFolder, runCommand} from '../helpers/command.ts';
import {makeFilm} from '../helpers/films.ts';
import {freePort, untilConnected} from '../helpers/rtmp-server.ts';
import {fetchText, startPaths} from '../helpers/server.ts';
import {startStreamer} from '../helpers/streamer.ts';
import {selfSigned} from '../helpers/tls.ts';

/** Runs until the test is over, or somebody kills it. */
const start = (t: ExecutionContext, command: string, words: string[]) => {
	const child = spawn(command, words, {stdio: ['ignore', 'ignore', 'pipe']});
	const told: string[] = [];
	child.stderr.on('data', (text: Buffer) => told.push(text.toString()));
	const ended = once(child, 'close');
	t.teardown(async () => {
		child.kill('SIGKILL');
		await ended;
	});
	return {child, ended, told};
};

const kill = async (child: ChildProcess): Promise<void> => {
	const ended = once(child, 'exit');
	child.kill('SIGKILL');
	await ended;
};

const picture = ['-re', '-f', 'lavfi', '-i', 'testsrc=size=320x240:rate=25'];
const sound = ['-re', '-f', 'lavfi', '-i', 'sine=sample_rate=44100'];
const x264 = [
	...['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', '25'],
	...['-pix_fmt', 'yuv420p'],
];

const ffmpeg = (
	t: ExecutionContext,
	url: string,
	words = [...picture, ...sound, ...x264, '-c:a', 'aac'],
) => start(t, 'ffmpeg', ['-nostdin', '-v', 'error', ...words, '-f', 'flv', url]);

const gstreamer = (t: ExecutionContext, url: string) =>
	start(t, 'gst-launch-1.0', [
		...['-q', 'flvmux', 'name=m', 'streamable=true', '!', 'rtmp2sink', `location=${url}`],
		...'videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=25/1'.split(' '),
		...'! x264enc tune=zerolatency key-int-max=25 ! h264parse ! m.'.split(' '),
		...'audiotestsrc is-live=true ! audioconvert ! avenc_aac ! aacparse ! m.'.split(' '),
	]);

/** What ffprobe finds at a URL. */
const probe = async (url: string, ...words: string[]): Promise<string[]> => {
	const {stdout} = await runCommand('ffprobe', [
		...['-v', 'error', ...words, '-of', 'csv=p=0'],
		...['-show_entries', 'stream=codec_name,width,height', url],
	]);
	return [...new Set(stdout.trim().split(/\s+/))].sort();
};

for (const [name, publish] of Object.entries({ffmpeg, GStreamer: gstreamer}))
	test(`what ${name} publishes is read over RTSP and HLS`, async t => {
		const {server, url, said} = await startPaths(t, {all_others: {}});
		const {child, ended} = publish(t, `${server.rtmpUrl}/live/stage/one`);
		await said(/\[live\/stage\/one\] source ready/);
		const {facts} = server.path('live/stage/one');
		t.like(facts?.source, {type: 'rtmpConn'});
		t.deepEqual(facts?.tracks.toSorted(), ['H264', 'MPEG-4 Audio']);
		const codecs = ['aac', 'h264,320,240'];
		const rtsp = `${server.rtspUrl}/live/stage/one`;
		t.deepEqual(await probe(rtsp, '-rtsp_transport', 'tcp'), codecs);
		t.deepEqual(await probe(`${url}/live/stage/one/index.m3u8`), codecs);
		const list = JSON.parse(await fetchText(`${url}/v3/rtmpconns/list`)) as {items: object[]};
		t.like(list.items[0], {id: facts?.source?.id, state: 'publish', path: 'live/stage/one'});
		await fetch(`${url}/v3/rtmpconns/kick/${facts?.source?.id}`, {method: 'POST'});
		await ended;
		t.not(child.exitCode, null);
	});

test('a picture without sound, and sound without a picture', async t => {
	const {server, said} = await startPaths(t, {all_others: {}});
	ffmpeg(t, `${server.rtmpUrl}/seen`, [...picture, ...x264]);
	ffmpeg(t, `${server.rtmpUrl}/heard`, sound);
	await Promise.all([said(/\[seen\] source ready/), said(/\[heard\] source ready/)]);
	t.deepEqual(server.path('seen').facts?.tracks, ['H264']);
	t.deepEqual(server.path('heard').facts?.tracks, ['MPEG-1/2 Audio']);
});

test('a reader survives an encoder that is killed and comes back', async t => {
	const {server, said} = await startPaths(t, {cam: {overridePublisher: 'no'}});
	const first = ffmpeg(t, `${server.rtmpUrl}/cam`);
	await said(/source ready/);
	const words = [
		'-nostdin',
		'-v',
		'error',
		'-rtsp_transport',
		'tcp',
		'-i',
		`${server.rtspUrl}/cam`,
	];
	const reading = runCommand('ffmpeg', [...words, '-t', '6', '-f', 'null', '-']);
	await said(/reads 2 of 2 tracks/);
	const second = ffmpeg(t, `${server.rtmpUrl}/cam`);
	await second.ended;
	t.regex(second.told.join(''), /somebody else publishes|publish/i);
	await said(/RTMP publisher of cam from .* refused/);
	await kill(first.child);
	await said(/source lost/);
	ffmpeg(t, `${server.rtmpUrl}/cam`);
	await said(/source is back/);
	t.is((await reading).code, 0);
});

test('a film with B-frames keeps its pictures and their times', async t => {
	const film = await makeFilm(t, makeFolder(t), {name: 'bframes.mp4', seconds: 4});
	const {server, said} = await startPaths(t, {all_others: {}});
	ffmpeg(t, `${server.rtmpUrl}/film`, ['-re', '-stream_loop', '-1', '-i', film, '-c', 'copy']);
	await said(/source ready/);
	const {stdout} = await runCommand('ffprobe', [
		...['-v', 'error', '-rtsp_transport', 'tcp', '-select_streams', 'v', '-of', 'csv=p=0'],
		...['-read_intervals', '%+2', '-show_entries', 'frame=pts_time', `${server.rtspUrl}/film`],
	]);
	const times = stdout.trim().split('\n').map(Number).filter(Number.isFinite);
	const steps = times.slice(1).map((time, index) => Math.round((time - times[index]!) * 1000));
	t.true(steps.length > 20, `${steps.length}`);
	t.deepEqual(
		[...new Set(steps)].filter(step => step < 38 || step > 42),
		[],
	);
});

test('users publish by name and password in the query, others are refused', async t => {
	const users = [
		{user: 'ann', pass: 'secret', permissions: [{action: 'publish', path: 'live/cam'}]},
		{user: 'any', permissions: [{action: 'read'}, {action: 'api'}]},
	];
	const {server, url, lines, said} = await startPaths(
		t,
		{all_others: {}},
		{authInternalUsers: users},
	);
	const nobody = ffmpeg(t, `${server.rtmpUrl}/live/cam`);
	await nobody.ended;
	const wrong = ffmpeg(t, `${server.rtmpUrl}/live/cam?user=ann&pass=false`);
	await wrong.ended;
	await said(/wrong user or password from 127\.0\.0\.1: "ann", to publish live\/cam/);
	ffmpeg(t, `${server.rtmpUrl}/live/cam?user=ann&pass=secret`);
	await said(/\[live\/cam\] source ready/);
	const list = await fetchText(`${url}/v3/rtmpconns/list`);
	t.true(list.includes('"user":"ann"'), list);
	t.notRegex(list + lines.join('\n'), /secret/);
});

test('encoders publish over TLS', async t => {
	const {server, said} = await startPaths(
		t,
		{all_others: {}},
		{
			rtmpEncryption: 'strict',
			rtmpsAddress: '127.0.0.1:0',
			rtmpServerKey: selfSigned().keyFile,
			rtmpServerCert: selfSigned().certFile,
		},
	);
	t.is(server.rtmpUrl, undefined);
	ffmpeg(t, `${server.rtmpsUrl}/cam`);
	await said(/source ready/);
	t.is(server.path('cam').facts?.source?.type, 'rtmpsConn');
});

/** nginx, which sends on what is published to it; its handshake is the one with digests. */
const startRelay = async (t: ExecutionContext, to: string): Promise<string> => {
	const port = await freePort();
	const folder = makeFolder(t);
	mkdirSync(`${folder}/logs`);
	writeFileSync(
		`${folder}/nginx.conf`,
		`load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;
daemon off; master_process off; pid ${folder}/nginx.pid; error_log stderr crit; events {}
rtmp { access_log off; server { listen 127.0.0.1:${port}; application live { live on; push ${to}; } } }
`,
	);
	start(t, 'nginx', ['-p', folder, '-c', `${folder}/nginx.conf`, '-e', 'stderr']);
	await untilConnected(port);
	return `rtmp://127.0.0.1:${port}/live`;
};

test('what our own streamer sends to nginx, and nginx to us, is read', async t => {
	const {server, said} = await startPaths(t, {all_others: {}});
	const relay = await startRelay(t, `${server.rtmpUrl}/relayed`);
	const streamer = startStreamer(t, [
		'test:?size=160x120&rate=10&gop=5&bitrate=100k',
		`${relay}/cam`,
	]);
	await said(/\[relayed\/cam\] source ready/);
	t.deepEqual(server.path('relayed/cam').facts?.tracks.toSorted(), ['H264', 'MPEG-4 Audio']);
	streamer.say('exit');
	t.is(await streamer.ended(), 0);
	await said(/\[relayed\/cam\] source lost/);
});

const talk = async (port: string, bytes: Buffer): Promise<Buffer> => {
	const socket = connect(Number(port), '127.0.0.1');
	const got: Buffer[] = [];
	socket.on('data', (piece: Buffer) => got.push(piece));
	socket.on('error', () => {});
	socket.write(bytes);
	await once(socket, 'close');
	return Buffer.concat(got);
};

test('what is no RTMP ends its connection, with one line in the log', async t => {
	const {server, lines, said} = await startPaths(t, {all_others: {}});
	const port = /\d+$/.exec(server.rtmpUrl ?? '')?.[0] ?? '';
	t.is((await talk(port, Buffer.from('GET / HTTP/1.1\r\n\r\n'))).length, 0);
	await said(/RTMP client 127\.0\.0\.1:\d+ hung up on: it sent a handshake of version 71/);
	const handshake = Buffer.concat([Buffer.from([3]), Buffer.alloc(2 * 1536)]);
	await talk(port, Buffer.concat([handshake, Buffer.from('ffffffffffff', 'hex')]));
	t.true(lines.filter(line => /hung up on/.test(line)).length <= 2, lines.join('\n'));
});
