import {spawn} from 'node:child_process';
import type {ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {runCommand} from '../helpers/command.ts';
import {fetchText, startPaths} from '../helpers/server.ts';

/** Runs until the test is over, or somebody kills it. */
const start = (t: ExecutionContext, command: string, words: string[]): ChildProcess => {
	const child = spawn(command, words, {stdio: ['ignore', 'ignore', 'inherit']});
	const ended = once(child, 'exit');
	t.teardown(async () => {
		child.kill('SIGKILL');
		await ended;
	});
	return child;
};

const kill = async (child: ChildProcess): Promise<void> => {
	const ended = once(child, 'exit');
	child.kill('SIGKILL');
	await ended;
};

const x264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', '25'];

/** By which way media goes, as ffmpeg and GStreamer call it alike. */
type Transport = 'tcp' | 'udp';

const publishByFfmpeg = (
	t: ExecutionContext,
	url: string,
	{size = '320x240', ...how}: {size?: string; transport?: Transport | undefined} = {
		transport: 'tcp',
	},
) =>
	start(t, 'ffmpeg', [
		...['-nostdin', '-v', 'fatal', '-re', '-f', 'lavfi', '-i', `testsrc=size=${size}:rate=25`],
		...['-re', '-f', 'lavfi', '-i', 'sine=sample_rate=48000'],
		...[...x264, '-pix_fmt', 'yuv420p', '-c:a', 'aac'],
		...['-f', 'rtsp', ...(how.transport ? ['-rtsp_transport', how.transport] : []), url],
	]);

const publishByGstreamer = (
	t: ExecutionContext,
	url: string,
	{transport = 'tcp', sound = 'mulawenc'}: {transport?: Transport; sound?: string} = {},
) =>
	start(t, 'gst-launch-1.0', [
		...['-q', 'rtspclientsink', 'name=s', `protocols=${transport}`, `location=${url}`],
		...'videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=25/1'.split(' '),
		...'! x264enc tune=zerolatency key-int-max=25 ! h264parse ! s.'.split(' '),
		...`audiotestsrc is-live=true ! ${sound} ! s.`.split(' '),
	]);

/** What ffprobe finds at a URL. */
const probe = async (url: string, ...words: string[]): Promise<string[]> => {
	const {stdout} = await runCommand('ffprobe', [
		...['-v', 'error', ...words, '-of', 'csv=p=0'],
		...['-show_entries', 'stream=codec_name,width,height', url],
	]);
	return [...new Set(stdout.trim().split(/\s+/))].sort();
};

for (const {name, publish, tracks, codecs} of [
	{
		name: 'ffmpeg',
		publish: publishByFfmpeg,
		tracks: ['H264', 'MPEG-4 Audio'],
		codecs: ['aac', 'h264,320,240'],
	},
	{
		name: 'GStreamer',
		publish: publishByGstreamer,
		tracks: ['G711', 'H264'],
		codecs: ['h264,320,240', 'pcm_mulaw'],
	},
	{
		// It goes as LATM.
		name: 'GStreamer with AAC',
		publish: (...[t, url, how]: Parameters<typeof publishByGstreamer>) =>
			publishByGstreamer(t, url, {...how, sound: 'audioconvert ! avenc_aac ! aacparse'}),
		tracks: ['H264', 'MPEG-4 Audio'],
		codecs: ['aac', 'h264,320,240'],
	},
]) {
	for (const transport of ['tcp', 'udp'] as const)
		test(`what ${name} publishes over ${transport} is read over HLS and RTSP`, async t => {
			const {server, url, said} = await startPaths(t, {all_others: {}});
			publish(t, `${server.rtspUrl}/studio/one`, {transport});
			await said(/\[studio\/one\] source ready/);
			const sessions = await fetchText(`${url}/v3/rtspsessions/list`);
			t.true(sessions.includes(`"transport":"${transport.toUpperCase()}"`), sessions);
			const facts = server.path('studio/one').facts;
			t.is(facts?.source?.type, 'rtspSession');
			t.deepEqual(facts?.tracks.toSorted(), tracks);
			t.deepEqual(await probe(`${server.rtspUrl}/studio/one`, '-rtsp_transport', 'tcp'), codecs);
			const ofBrowsers = codecs.map(codec => (codec === 'pcm_mulaw' ? 'flac' : codec)).sort();
			t.deepEqual(await probe(`${url}/studio/one/index.m3u8`), ofBrowsers);
		});
}

for (const transport of ['tcp', 'udp'] as const)
	test(`a reader survives a publisher over ${transport} that is killed and comes back`, async t => {
		const {server, said} = await startPaths(t, {cam: {overridePublisher: 'no'}});
		const rtsp = `${server.rtspUrl}/cam`;
		const first = publishByFfmpeg(t, rtsp, {transport});
		await said(/source ready/);
		const words = ['-nostdin', '-v', 'error', '-rtsp_transport', 'tcp', '-i', rtsp];
		const reading = runCommand('ffmpeg', [...words, '-t', '8', '-f', 'null', '-']);
		await said(/reads 2 of 2 tracks/);
		await kill(first);
		await said(/source lost/);
		publishByFfmpeg(t, rtsp, {transport});
		await said(/source is back/);
		const {code} = await reading;
		t.is(code, 0);
		t.is(server.path('cam').facts?.reconnects, 1);
	});

test('ffmpeg publishes over TCP where there is no UDP', async t => {
	const {server, url, said} = await startPaths(t, {cam: {}}, {rtspTransports: ['tcp']});
	publishByFfmpeg(t, `${server.rtspUrl}/cam`, {transport: undefined});
	await said(/source ready/);
	const sessions = await fetchText(`${url}/v3/rtspsessions/list`);
	t.true(sessions.includes('"transport":"TCP"'), sessions);
});

test('a second publisher takes the place of the first', async t => {
	const {server, said} = await startPaths(t, {cam: {}});
	const rtsp = `${server.rtspUrl}/cam`;
	const first = publishByFfmpeg(t, rtsp);
	const ended = once(first, 'exit');
	await said(/source ready/);
	publishByFfmpeg(t, rtsp, {size: '160x120', transport: 'tcp'});
	await ended;
	await said(/source is back: .*160x120/);
	t.is(server.path('cam').state, 'ready');
});

test('a second publisher is refused where the first is to stay', async t => {
	const {server, said} = await startPaths(t, {cam: {overridePublisher: 'no'}});
	const rtsp = `${server.rtspUrl}/cam`;
	publishByFfmpeg(t, rtsp);
	await said(/source ready/);
	const before = server.path('cam').facts?.source?.id;
	const second = publishByFfmpeg(t, rtsp);
	const [code] = (await once(second, 'exit')) as [number];
	t.not(code, 0);
	t.is(server.path('cam').facts?.source?.id, before);
});

test('a publisher above maxIngestBitrate is sent away with the reason, one below it stays', async t => {
	const {server, said} = await startPaths(t, {all_others: {maxIngestBitrate: '2Mbps'}});
	publishByFfmpeg(t, `${server.rtspUrl}/small`);
	const large = start(t, 'ffmpeg', [
		...'-nostdin -v quiet -re -f lavfi -i testsrc2=size=640x480:rate=25'.split(' '),
		...[...x264, '-qp', '1', '-pix_fmt', 'yuv420p'],
		...['-f', 'rtsp', '-rtsp_transport', 'tcp', `${server.rtspUrl}/large`],
	]);
	const ended = once(large, 'exit');
	await said(/\[large\] source lost: Source sends \d+kbps, more than 2Mbps \(maxIngestBitrate\)/);
	await ended;
	t.is(server.path('large').facts?.error?.code, 'SOURCE_TOO_FAST');
	t.is(server.path('small').state, 'ready');
});
