import test from 'ava';
import type {RtspConnectionView} from '../../lib/api/types.ts';
import {makeFolder, runCommand, startUntilOver} from '../helpers/command.ts';
import {buildGoPeer} from '../helpers/go-peer.ts';
import type {GoReport} from '../helpers/go-peer.ts';
import {decodeByGstreamer} from '../helpers/gst-reader.ts';
import {openTunnel} from '../helpers/http-tunnel.ts';
import {startPaths} from '../helpers/server.ts';
import {tlsKeys} from '../helpers/tls.ts';

const picture = 'test:?size=320x240&rate=25&gop=25';

const byFfmpeg = async (url: string) =>
	runCommand('ffmpeg', [
		...['-nostdin', '-v', 'error', '-rtsp_transport', 'http', '-i', url],
		...['-t', '2', '-f', 'null', '-'],
	]);

const connectionsOf = async (url: string): Promise<RtspConnectionView[]> => {
	const response = await fetch(`${url}/v3/rtspconns/list`);
	return ((await response.json()) as {items: RtspConnectionView[]}).items;
};

test('ffmpeg and GStreamer read within HTTP, on the port of HTTP and on that of RTSP, with TLS as well', async t => {
	const {server, url, said} = await startPaths(t, {cam: {source: picture}}, tlsKeys('optional'));
	await said(/source ready/);
	const onHttp = `${url}/cam`.replace('http:', 'rtsp:');
	const onRtsp = `${server.rtspUrl}/cam`;
	const onRtsps = `${server.rtspsUrl}/cam`;
	// What GStreamer calls them.
	const [gstOnHttp, gstOnRtsp] = [onHttp, onRtsp].map(it => it.replace('rtsp:', 'rtsph:'));
	const gstOnRtsps = onRtsps.replace('rtsps:', 'rtspsh:');
	const byGstreamer = Promise.all([
		decodeByGstreamer(t, [`location=${gstOnHttp}`]),
		decodeByGstreamer(t, [`location=${gstOnRtsp}`]),
		decodeByGstreamer(t, [`location=${gstOnRtsps}`, 'tls-validation-flags=0']),
	]);
	for (const {code, stderr} of await Promise.all([byFfmpeg(onHttp), byFfmpeg(onRtsp)]))
		t.deepEqual({code, stderr}, {code: 0, stderr: ''});
	t.deepEqual(await byGstreamer, ['', '', '']);
});

test('a client within HTTP that says nothing more and goes is gone, on the port of HTTP as well', async t => {
	const {url} = await startPaths(t, {all_others: {}});
	const end = await openTunnel(t, Number(new URL(url).port));
	t.is((await connectionsOf(url)).length, 1);
	end.get.destroy();
	while ((await connectionsOf(url)).length > 0);
	t.pass();
});

test('GStreamer publishes within HTTP', async t => {
	const {url, said} = await startPaths(t, {all_others: {}});
	startUntilOver(t, 'gst-launch-1.0', [
		...'-q videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=25/1'.split(' '),
		...'! x264enc tune=zerolatency key-int-max=25 ! h264parse ! rtspclientsink'.split(' '),
		`location=${url.replace('http:', 'rtsph:')}/studio`,
	]);
	await said(/\[studio\] source ready/);
	const reader = await byFfmpeg(`${url}/studio`.replace('http:', 'rtsp:'));
	t.deepEqual([reader.code, reader.stderr], [0, '']);
	t.deepEqual(
		(await connectionsOf(url)).map(({tunnel}) => tunnel),
		['http'],
	);
});

test('gortsplib publishes and reads within HTTP and within WebSocket', async t => {
	const go = await buildGoPeer(t);
	if (go === undefined) return;
	const film = `${makeFolder(t)}/film.ts`;
	await runCommand('ffmpeg', [
		...['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=size=160x120:rate=50'],
		...'-f lavfi -i sine=sample_rate=48000 -t 20 -c:v libx264 -preset ultrafast'.split(' '),
		...['-tune', 'zerolatency', '-g', '25', '-pix_fmt', 'yuv420p', '-c:a', 'aac', film],
	]);
	const {server, url, said} = await startPaths(t, {all_others: {}});
	for (const tunnel of ['http', 'websocket']) {
		const words = ['-tunnel', tunnel];
		const path = `${server.rtspUrl}/${tunnel}`;
		startUntilOver(t, go, ['publish', ...words, '-in', film, path]);
		await said(new RegExp(`\\[${tunnel}\\] source ready`));
		const {stdout, stderr} = await runCommand(go, ['read', ...words, '-pictures', '50', path]);
		t.is(stderr, '');
		const report = JSON.parse(stdout) as GoReport;
		t.like(report, {lost: 0, errors: 0});
		t.true(report.pictures >= 50 && report.sounds > 0);
	}
	const tunnels = (await connectionsOf(url)).map(({tunnel}) => tunnel);
	t.deepEqual([...new Set(tunnels)].sort(), ['http', 'websocket']);
});

test('another Sluice is pulled within HTTP and within WebSocket, on either port', async t => {
	const {server, url, said} = await startPaths(t, {cam: {source: picture}});
	await said(/source ready/);
	const onHttp = url.replace('http:', '').concat('/cam');
	const onRtsp = (server.rtspUrl ?? '').replace('rtsp:', '').concat('/cam');
	const other = await startPaths(t, {
		one: {source: `rtsp+http:${onHttp}`},
		two: {source: `rtsp+http:${onRtsp}`},
		three: {source: `rtsp+ws:${onHttp}`},
		four: {source: `rtsp+ws:${onRtsp}`},
	});
	for (const name of ['one', 'two', 'three', 'four'])
		await other.said(new RegExp(`\\[${name}\\] source ready`));
	t.deepEqual((await connectionsOf(url)).map(({tunnel}) => tunnel).sort(), [
		'http',
		'http',
		'websocket',
		'websocket',
	]);
	const {code, stderr} = await runCommand('ffmpeg', [
		...['-nostdin', '-v', 'error', '-rtsp_transport', 'tcp', '-i', `${other.server.rtspUrl}/three`],
		...['-t', '1', '-f', 'null', '-'],
	]);
	t.deepEqual({code, stderr}, {code: 0, stderr: ''});
});

test('where RTSP has to be secret, it is not to be had within plain HTTP', async t => {
	const {url, said} = await startPaths(t, {cam: {source: picture}}, tlsKeys('strict'));
	await said(/source ready/);
	const response = await fetch(`${url}/cam`, {headers: {'x-sessioncookie': 'c00k1e'}});
	t.regex(response.headers.get('content-type') ?? '', /^text\/html/);
	await response.text();
});
