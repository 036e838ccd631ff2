import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {networkInterfaces} from 'node:os';
import test from 'ava';
import type {RtspSessionView} from '../../lib/api/types.ts';
import {makeFolder, runCommand, startUntilOver} from '../helpers/command.ts';
import {decodeByGstreamer} from '../helpers/gst-reader.ts';
import {startPaths, untilAnswer} from '../helpers/server.ts';
import {until} from '../helpers/until.ts';

const quick = 'test:?size=320x240&rate=100&gop=50';

const ffmpeg = (...words: string[]) =>
	runCommand('ffmpeg', ['-nostdin', '-v', 'warning', '-rtsp_transport', 'udp', ...words]);

const sessionsAt = async (url: string): Promise<RtspSessionView[]> => {
	const list = await fetch(`${url}/v3/rtspsessions/list`);
	return ((await list.json()) as {items: RtspSessionView[]}).items;
};

test('ffmpeg and GStreamer read picture and sound over UDP without an error', async t => {
	const {server, url, said} = await startPaths(t, {cam: {source: quick}});
	await said(/source ready/);
	const rtsp = `${server.rtspUrl}/cam`;
	const reading = Promise.all([
		ffmpeg('-i', rtsp, '-frames:v', '220', '-f', 'null', '-'),
		ffmpeg('-allowed_media_types', 'audio', '-i', rtsp, '-t', '2', '-f', 'null', '-'),
		runCommand('gst-launch-1.0', [
			...['-q', 'rtspsrc', `location=${rtsp}`, 'protocols=udp', 'name=c'],
			...'c. ! rtph264depay ! avdec_h264'.split(' '),
			...'! identity eos-after=220 ! fakesink'.split(' '),
			...'c. ! rtpmp4gdepay ! avdec_aac'.split(' '),
			...'! identity eos-after=50 ! fakesink'.split(' '),
		]),
	]);
	const [session] = await untilAnswer(
		() => sessionsAt(url),
		sessions => sessions.some(({packetsSent}) => packetsSent > 20),
	);
	t.like(session, {transport: 'UDP', packetsDropped: 0});
	for (const end of await reading) t.like(end, {code: 0, stderr: ''});
	await until(() => server.path('cam').facts?.readers.length === 0);
});

const hasIpv6 = Object.values(networkInterfaces()).some(it =>
	it?.some(({address}) => address === '::1'),
);

(hasIpv6 ? test : test.skip)(
	'ffmpeg reads and publishes over UDP of IPv6, and GStreamer reads',
	async t => {
		const ports = {rtspAddress: '[::1]:0', rtpAddress: '[::1]:0', rtcpAddress: '[::1]:0'};
		const {server, said} = await startPaths(t, {cam: {source: quick}, studio: {}}, ports);
		await said(/\[cam\] source ready/);
		const rtsp = server.rtspUrl ?? '';
		t.regex(rtsp, /^rtsp:\/\/\[::1\]/);
		startUntilOver(t, 'ffmpeg', [
			...['-nostdin', '-v', 'fatal', '-re', '-f', 'lavfi', '-i', 'testsrc=size=160x120:rate=25'],
			...['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '25', '-pix_fmt', 'yuv420p'],
			...['-f', 'rtsp', '-rtsp_transport', 'udp', `${rtsp}/studio`],
		]);
		await said(/\[studio\] source ready/);
		const [byFfmpeg, published, byGstreamer] = await Promise.all([
			ffmpeg('-i', `${rtsp}/cam`, '-frames:v', '100', '-f', 'null', '-'),
			ffmpeg('-i', `${rtsp}/studio`, '-frames:v', '25', '-f', 'null', '-'),
			decodeByGstreamer(t, [`location=${rtsp}/cam`, 'protocols=udp']),
		]);
		for (const {code, stderr} of [byFfmpeg, published])
			t.deepEqual({code, stderr}, {code: 0, stderr: ''});
		t.is(byGstreamer, '');
	},
);

// ffmpeg cannot be told the interface, and joins where the routes of the machine lead.
test('two GStreamers listen to one multicast group', async t => {
	const keys = {multicastInterface: '127.0.0.1', multicastIPRange: '239.77.0.0/24'};
	const {server, url, said} = await startPaths(t, {cam: {source: quick}}, keys);
	await said(/source ready/);
	const words = [
		...['-q', 'rtspsrc', `location=${server.rtspUrl}/cam`],
		...['protocols=udp-mcast', 'multicast-iface=lo', 'name=c'],
		...'c. ! rtph264depay ! avdec_h264'.split(' '),
		...'! identity eos-after=220 ! fakesink'.split(' '),
		...'c. ! rtpmp4gdepay ! avdec_aac'.split(' '),
		...'! identity eos-after=50 ! fakesink'.split(' '),
	];
	const reading = Promise.all([1, 2].map(() => runCommand('gst-launch-1.0', words)));
	const sessions = await untilAnswer(
		() => sessionsAt(url),
		list => list.filter(({state}) => state === 'read').length === 2,
	);
	for (const {transport} of sessions) t.is(transport, 'UDP-multicast');
	for (const end of await reading) t.like(end, {code: 0, stderr: ''});
});

for (const start of ['real', 'fast'])
	test(`a ring of more than receive buffers hold leaves whole by start=${start}`, async t => {
		const source = 'test:?size=1280x720&rate=50&gop=500&bitrate=6M';
		const {server, said} = await startPaths(t, {cam: {source}});
		await said(/source ready/);
		await until(() => (server.path('cam').facts?.bytesReceived ?? 0) > 1_000_000);
		const file = `${makeFolder(t)}/film.ts`;
		const input = ['-i', `${server.rtspUrl}/cam?start=${start}`, '-map', '0:v'];
		t.like(await ffmpeg(...input, '-frames:v', '120', '-c', 'copy', file), {code: 0});
		// Compressed times are none that ffmpeg would write.
		const counted = ['-show_entries', 'stream=nb_read_frames', '-of', 'csv=p=0', file];
		const decoded = await runCommand('ffprobe', ['-v', 'error', '-count_frames', ...counted]);
		t.like(decoded, {code: 0, stderr: ''});
		t.true(Number.parseInt(decoded.stdout) >= 110, decoded.stdout);
	});

test('a reader that loses packets keeps its session, and its reports say so', async t => {
	const source = 'test:?size=1280x720&rate=25&gop=5&bitrate=8M';
	const {server, url, said} = await startPaths(t, {cam: {source}});
	await said(/source ready/);
	const small = ['-buffer_size', '4096', '-i', `${server.rtspUrl}/cam`];
	const reading = ffmpeg(...small, '-t', '8', '-c', 'copy', '-f', 'null', '-');
	await untilAnswer(
		() => sessionsAt(url),
		([session]) => (session?.reportedLost ?? 0) > 0 && (session?.jitter ?? 0) > 0,
	);
	t.is((await reading).code, 0);
});

test('a reader that is killed is let go when its reports have ceased', async t => {
	const {server, said} = await startPaths(t, {cam: {source: quick}});
	await said(/source ready/);
	const words = ['-nostdin', '-v', 'fatal', '-rtsp_transport', 'udp'];
	const child = spawn('ffmpeg', [...words, '-i', `${server.rtspUrl}/cam`, '-f', 'null', '-']);
	await said(/reads 2 of 2 tracks over RTSP \(UDP\)/);
	child.kill('SIGKILL');
	await once(child, 'exit');
	await said(/stopped reading: the client hung up and reports nothing/);
	await until(() => server.path('cam').facts?.readers.length === 0);
	t.pass();
});
