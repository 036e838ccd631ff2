import {spawn} from 'node:child_process';
import {once} from 'node:events';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {makeFolder, runCommand, startUntilOver} from '../helpers/command.ts';
import {startCamera} from '../helpers/camera.ts';
import {complaints, makeFilm, packetsOf} from '../helpers/films.ts';
import {frameSums, sawTheSame} from '../helpers/frame-sums.ts';
import {startRtmpServer} from '../helpers/rtmp-server.ts';
import {startPaths, untilAnswer} from '../helpers/server.ts';
import {startThrottle} from '../helpers/throttle.ts';

const picture = 'test:?size=320x240&rate=25&gop=25';

const probe = async (url: string, ...words: string[]): Promise<string[]> => {
	const {stdout} = await runCommand('ffprobe', [
		...['-v', 'error', ...words, '-of', 'csv=p=0'],
		...['-show_entries', 'stream=codec_name,width,height', url],
	]);
	return [...new Set(stdout.trim().split(/\s+/))].sort();
};

/** Publishes a film with B-frames, longer than anybody looks. */
const publishFilm = async (t: ExecutionContext, url: string): Promise<void> => {
	const film = await makeFilm(t, makeFolder(t), {name: 'bframes.mp4', seconds: 12});
	startUntilOver(t, 'ffmpeg', [
		...['-nostdin', '-v', 'error', '-re', '-i', film],
		...['-c', 'copy', '-f', 'flv', url],
	]);
};

test('what is published by RTMP is played by RTMP, with B-frames at their times', async t => {
	const {server, url, said} = await startPaths(t, {all_others: {}});
	const live = `${server.rtmpUrl}/live/film`;
	await publishFilm(t, live);
	await said(/source ready/);
	const {stdout, stderr} = await runCommand('ffprobe', [
		...['-v', 'error', '-select_streams', 'v', '-of', 'csv=p=0', '-read_intervals', '%+3'],
		...['-show_entries', 'frame=pts_time,pict_type', live],
	]);
	t.is(stderr, '');
	// What lies beside a frame has a line of its own, an empty one.
	const frames = stdout
		.split('\n')
		.map(line => line.split(','))
		.filter(([time]) => time !== '');
	t.is(frames[0]?.[1], 'I');
	t.true(frames.some(([, type]) => type === 'B'));
	const times = frames.map(([time]) => Number(time));
	const steps = times.slice(1).map((time, index) => Math.round((time - times[index]!) * 1000));
	t.deepEqual(
		[...new Set(steps)].filter(step => step < 38 || step > 42),
		[],
	);
	const {items} = (await (await fetch(`${url}/v3/paths/list`)).json()) as {
		items: {bytesSent: number}[];
	};
	t.true((items[0]?.bytesSent ?? 0) > 0);
});

test('a source is played by rtmpdump and by both clients of GStreamer', async t => {
	const {server, said} = await startPaths(t, {'live/cam': {source: picture}});
	await said(/source ready/);
	const live = `${server.rtmpUrl}/live/cam`;
	const flv = `${makeFolder(t)}/dump.flv`;
	const dump = spawn('rtmpdump', ['-q', '-v', '-r', live, '-o', flv], {stdio: 'ignore'});
	await said(/reads 2 of 2 tracks over RTMP/);
	const take = async (element: string) =>
		runCommand('gst-launch-1.0', [
			...['-q', element, `location=${live}`, 'num-buffers=60', '!', 'flvdemux', 'name=d'],
			...'d.video ! queue ! h264parse ! avdec_h264 ! fakesink'.split(' '),
			...'d.audio ! queue ! aacparse ! fakesink'.split(' '),
		]);
	for (const {code, stderr} of await Promise.all([take('rtmp2src'), take('rtmpsrc')]))
		t.is(code, 0, stderr);
	dump.kill('SIGINT');
	await once(dump, 'exit');
	t.deepEqual(await probe(flv), ['aac', 'h264,320,240']);
});

/** G.711, by the name that GStreamer's elements have. */
const withLaw = (law: 'alaw' | 'mulaw', payloader: string): string =>
	'( videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=25/1 ! ' +
	'x264enc tune=zerolatency speed-preset=ultrafast key-int-max=25 ! rtph264pay name=pay0 pt=96 ' +
	`audiotestsrc is-live=true ! audio/x-raw,rate=8000,channels=1 ! ${law}enc ! ${payloader} name=pay1 )`;

for (const [sound, camera] of [
	['aac', {}],
	['pcm_alaw', {launch: withLaw('alaw', 'rtppcmapay')}],
	['pcm_mulaw', {launch: withLaw('mulaw', 'rtppcmupay')}],
] as const)
	test(`an RTSP camera with ${sound} is played by RTMP, in step, frame by frame the same`, async t => {
		const {url} = await startCamera(t, camera);
		const {server, said} = await startPaths(t, {'live/cam': {source: url}});
		await said(/source ready: 2 tracks/);
		const live = `${server.rtmpUrl}/live/cam`;
		t.deepEqual(await probe(live), ['h264,320,240', sound].toSorted());
		const flv = `${makeFolder(t)}/seen.flv`;
		const words = ['-nostdin', '-v', 'error', '-i', live, '-t', '2', '-c', 'copy', flv];
		t.like(await runCommand('ffmpeg', words), {code: 0, stderr: ''});
		t.is(await complaints(flv), '');
		const starts = await Promise.all([packetsOf(flv, 'v:0'), packetsOf(flv, 'a:0')]);
		const [picture = 0, heard = 0] = starts.map(packets => packets[0]?.dtsUs);
		t.true(Math.abs(picture - heard) < 200_000, `${picture} and ${heard}`);
		for (const [kind, frames] of [
			['v', 75],
			['a', sound === 'aac' ? 140 : 24],
		] as const) {
			const only = ['-map', `0:${kind}`];
			const overRtsp = ['-rtsp_transport', 'tcp', '-i', `${server.rtspUrl}/live/cam`, ...only];
			const [played, read] = await Promise.all([
				frameSums(['-i', live, ...only], frames),
				frameSums(overRtsp, frames),
			]);
			sawTheSame(t, [played, read], 10);
		}
	});

test('nginx fetches a path and gives it to its own players', async t => {
	const {server, said} = await startPaths(t, {'live/cam': {source: picture}});
	await said(/source ready/);
	const relay = await startRtmpServer(t, {pull: `${server.rtmpUrl}/live`});
	t.deepEqual(await probe(`${relay.url.replace(/live$/, 'pulled')}/cam`), ['aac', 'h264,320,240']);
	await said(/reads 2 of 2 tracks over RTMP/);
});

test('a player at a third of the bitrate goes on with key frames, and nobody else notices', async t => {
	const source = 'test:?size=1280x720&rate=25&gop=25&bitrate=3M';
	const {server, url, said} = await startPaths(t, {'live/cam': {source}});
	await said(/source ready/);
	const line = {port: Number(new URL(server.rtmpUrl!).port), bitrateBps: 1_000_000};
	const {port} = await startThrottle(t, line);
	const play = async (base: string) =>
		runCommand('ffmpeg', [
			...['-nostdin', '-v', 'error', '-i', `${base}/live/cam`, '-t', '6', '-f', 'null', '-'],
		]);
	const playing = Promise.all([play(`rtmp://127.0.0.1:${port}`), play(server.rtmpUrl!)]);
	const {items} = await untilAnswer(
		async () =>
			(await fetch(`${url}/v3/rtmpconns/list`)).json() as Promise<{
				items: {messagesDropped: number}[];
			}>,
		list => list.items.some(({messagesDropped}) => messagesDropped > 0),
	);
	t.deepEqual(items.map(({messagesDropped}) => messagesDropped > 0).sort(), [false, true]);
	for (const {code, stderr} of await playing) t.deepEqual({code, stderr}, {code: 0, stderr: ''});
});
