import test from 'ava';
import type {ExecutionContext} from 'ava';
import {makeFolder, runCommand} from '../helpers/command.ts';
import type {RtspSessionView} from '../../lib/api/types.ts';
import {decodeByGstreamer} from '../helpers/gst-reader.ts';
import {connectRtsp} from '../helpers/rtsp-client.ts';
import type {Packet} from '../helpers/rtsp-client.ts';
import {startPaths, untilAnswer} from '../helpers/server.ts';
import {startThrottle} from '../helpers/throttle.ts';

const picture = 'test:?size=320x240&rate=25&gop=25';

type RtspSessionList = {items: RtspSessionView[]};
type PacketLine = {stream: number; pts: number; key: boolean};

/** The packets of a file, by their times in seconds. */
const packetsOf = async (file: string): Promise<PacketLine[]> => {
	const {stdout} = await runCommand('ffprobe', [
		...['-v', 'error', '-show_entries', 'packet=stream_index,pts_time,flags'],
		...['-of', 'csv=p=0', file],
	]);
	return stdout
		.split('\n')
		.filter(line => line !== '')
		.map(line => line.split(','))
		.map(([stream, pts, flags = '']) => ({
			stream: Number(stream),
			pts: Number(pts),
			key: flags.startsWith('K'),
		}));
};

const ffmpeg = (...words: string[]) =>
	runCommand('ffmpeg', ['-nostdin', '-v', 'error', '-rtsp_transport', 'tcp', ...words]);

test('a recording by ffmpeg has true spacing, and sound that is not off by a picture', async t => {
	const {server, said} = await startPaths(t, {cam: {source: picture}});
	await said(/source ready/);
	const file = `${makeFolder(t)}/film.mp4`;
	const {code, stderr} = await ffmpeg('-i', `${server.rtspUrl}/cam`, '-t', '3', '-c', 'copy', file);
	t.is(code, 0, stderr);
	const packets = await packetsOf(file);
	const [video, audio] = [0, 1].map(index => packets.filter(({stream}) => stream === index));
	t.true(video![0]!.key);
	t.true(video!.length > 60 && audio!.length > 120, `${video!.length} ${audio!.length}`);
	t.true(Math.abs(video![0]!.pts - audio![0]!.pts) <= 0.041);
	// The first one has no time of its own in ffmpeg.
	for (const [index, {pts}] of video!.entries())
		if (index > 1) t.true(Math.abs(pts - video![index - 1]!.pts - 0.04) < 0.002, `${index} ${pts}`);
	for (const [index, {pts}] of audio!.entries())
		if (index > 0)
			t.true(Math.abs(pts - audio![index - 1]!.pts - 1024 / 48_000) < 0.002, `${index} ${pts}`);
	const decoded = await runCommand('ffmpeg', ['-v', 'error', '-i', file, '-f', 'null', '-']);
	t.is(decoded.stderr, '');
});

test('ffprobe names the tracks', async t => {
	const {server, said} = await startPaths(t, {cam: {source: picture}});
	await said(/source ready/);
	const {stdout} = await runCommand('ffprobe', [
		...['-v', 'error', '-rtsp_transport', 'tcp', '-of', 'csv=p=0'],
		...['-show_entries', 'stream=codec_name,width,height,sample_rate', `${server.rtspUrl}/cam`],
	]);
	t.deepEqual(stdout.trim().split('\n').sort(), ['aac,48000', 'h264,320,240']);
});

test('two ffmpegs, GStreamer and a client of one track read at the same time', async t => {
	const {server, said} = await startPaths(t, {cam: {source: picture}});
	await said(/source ready/);
	const url = `${server.rtspUrl}/cam`;
	const toNull = ['-t', '2', '-f', 'null', '-'];
	const byGstreamer = decodeByGstreamer(t, [`location=${url}`, 'protocols=tcp']);
	const ended = await Promise.all([
		ffmpeg('-i', url, ...toNull),
		ffmpeg('-allowed_media_types', 'audio', '-i', url, ...toNull),
		ffmpeg('-allowed_media_types', 'video', '-i', `${url}?start=real`, ...toNull),
	]);
	for (const {code, stderr} of ended) t.deepEqual({code, stderr}, {code: 0, stderr: ''});
	t.is(await byGstreamer, '');
});

test('an on-demand source is started by a reader of RTSP and stops after it', async t => {
	const {server, said} = await startPaths(t, {
		cam: {source: picture, sourceOnDemand: true, sourceOnDemandCloseAfter: '1s'},
	});
	t.is(server.paths()[0]?.state, 'idle');
	const url = `${server.rtspUrl}/cam`;
	t.is((await ffmpeg('-i', url, '-frames:v', '5', '-f', 'null', '-')).code, 0);
	await said(/\[cam\] source stopped/);
	t.is(server.paths()[0]?.state, 'idle');
	t.like(await ffmpeg('-i', `${server.rtspUrl}/none`, '-f', 'null', '-'), {code: 1});
});

test('a reader asks for the pictures since the last key frame, in true or compressed time', async t => {
	const {server, said} = await startPaths(t, {cam: {source: 'test:?size=160x120&gop=250'}});
	await said(/source ready/);
	const url = `${server.rtspUrl}/cam`;
	const times = async (start: string) => {
		const client = await connectRtsp(t, url);
		const answer = await client.play(url, [0], `?start=${start}`);
		t.regex(JSON.stringify(answer.headers), /trackID=0;seq=\d+;rtptime=\d+/);
		await client.until(() => client.packets.some(({data}) => data[1]! & 0x80));
		client.socket.destroy();
		return client;
	};
	for (const start of ['real', 'fast']) {
		const client = await times(start);
		t.is(client.order[client.order.indexOf('packet') - 1], 'answer');
		t.is(client.packets[0]!.channel, 1, 'a sender report comes first');
		t.is(client.packets[0]!.data[1], 200);
	}
});

test('with start=fast the first picture that is decoded is from before the next key frame', async t => {
	const film = `${makeFolder(t)}/numbers.mp4`;
	// Each picture is as bright as its number, halved; a key frame comes every 10 s.
	await runCommand('ffmpeg', [
		...['-v', 'error', '-f', 'lavfi', '-i', 'color=black:size=64x64:rate=25', '-t', '15'],
		...['-vf', "geq=lum='floor(N/2)':cb=128:cr=128", '-pix_fmt', 'yuv420p', '-c:v', 'libx264'],
		...['-preset', 'ultrafast', '-tune', 'zerolatency', '-qp', '1', '-g', '250', film],
	]);
	const {server, said} = await startPaths(t, {cam: {source: `file://${film}`}});
	await said(/source ready/);
	const {stdout, code} = await ffmpeg(
		...['-i', `${server.rtspUrl}/cam?start=fast`, '-frames:v', '1'],
		...['-vf', 'scale=1:1', '-f', 'rawvideo', '-pix_fmt', 'gray', 'pipe:1'],
	);
	t.is(code, 0);
	t.true(stdout.charCodeAt(0) < 125);
});

test('clients that ask for UDP where there is none, or for a path that is elsewhere, get their pictures', async t => {
	const {server, said} = await startPaths(t, {cam: {source: picture}}, {rtspTransports: ['tcp']});
	await said(/source ready/);
	const sourceRedirect = `${server.rtspUrl}/cam`;
	const other = await startPaths(t, {moved: {source: 'redirect', sourceRedirect}});
	const toNull = ['-frames:v', '10', '-f', 'null', '-'];
	const [moved, byUdp, byGst] = await Promise.all([
		ffmpeg('-i', `${other.server.rtspUrl}/moved`, ...toNull),
		runCommand('ffmpeg', ['-nostdin', '-v', 'error', '-i', `${server.rtspUrl}/cam`, ...toNull]),
		runCommand('sh', [
			'-c',
			`gst-launch-1.0 -q rtspsrc location=${server.rtspUrl}/cam ! ` +
				'rtph264depay ! avdec_h264 ! identity eos-after=10 ! fakesink',
		]),
	]);
	t.deepEqual([moved.code, byUdp.code, byGst.code], [0, 0, 0]);
	t.regex(byUdp.stderr, /461 Unsupported Transport/);
	t.deepEqual(other.server.paths(), []);
});

/** A picture of 3 Mbit/s, and its server behind a line of 1 Mbit/s. */
const startSlowLine = async (t: ExecutionContext) => {
	const source = 'test:?size=1280x720&rate=25&gop=25&bitrate=3M';
	const {server, url, said} = await startPaths(t, {cam: {source}});
	await said(/source ready/);
	const rtspUrl = server.rtspUrl ?? '';
	const line = {port: Number(new URL(rtspUrl).port), bitrateBps: 1_000_000};
	const {port} = await startThrottle(t, line);
	return {url, quickUrl: `${rtspUrl}/cam`, slowUrl: `rtsp://127.0.0.1:${port}/cam`};
};

test('a reader at a third of the bitrate shows no broken picture, and nobody else notices', async t => {
	const {url, slowUrl, quickUrl} = await startSlowLine(t);
	const seconds = ['-t', '6'];
	const slow = ffmpeg('-i', slowUrl, ...seconds, '-f', 'null', '-');
	const quick = ffmpeg('-i', quickUrl, ...seconds, '-c', 'copy', '-f', 'null', '-');
	const list = await untilAnswer(
		async () => (await fetch(`${url}/v3/rtspsessions/list`)).json() as Promise<RtspSessionList>,
		({items}) => items.some(({packetsDropped}) => packetsDropped > 0),
	);
	t.deepEqual(list.items.map(({packetsDropped}) => packetsDropped > 0).sort(), [false, true]);
	const ended = await Promise.all([slow, quick]);
	for (const {code, stderr} of ended) t.deepEqual({code, stderr}, {code: 0, stderr: ''});
});

test('what a reader at a third of the bitrate gets is whole up to a key frame', async t => {
	const {slowUrl} = await startSlowLine(t);
	const slow = await connectRtsp(t, slowUrl);
	await slow.play(slowUrl, [0]);
	const gaps: number[] = [];
	let last: number | undefined;
	const take = (data: Buffer) => {
		const sequence = data.readUInt16BE(2);
		if (last !== undefined && sequence !== ((last + 1) & 0xffff)) gaps.push(data[12]! & 0x1f);
		last = sequence;
	};
	while (gaps.length < 3) {
		await slow.until(() => slow.packets.length > 0);
		mediaOf(slow).forEach(take);
	}
	// STAP-A: parameter sets in front of a key frame.
	t.deepEqual(gaps, [24, 24, 24]);
});

/** The RTP packets of the first track that have come since it was asked last. */
const mediaOf = ({packets}: {packets: Packet[]}): Buffer[] =>
	packets.splice(0).flatMap(({channel, data}) => (channel === 0 ? [data] : []));
