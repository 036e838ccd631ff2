import test from 'ava';
import {startUntilOver} from '../../../helpers/command.ts';
import {startRtmpServer} from '../../../helpers/rtmp-server.ts';
import {startPaths} from '../../../helpers/server.ts';
import {fingerprintOf, selfSigned} from '../../../helpers/tls.ts';

const source = 'test:?size=160x120&rate=10&gop=5&bitrate=100k';

test('a source of RTMP is fetched, and again when its server was away', async t => {
	const first = await startPaths(t, {'live/cam': {source}});
	const url = `${first.server.rtmpUrl}/live/cam?token=hidden`;
	const {server, said, lines} = await startPaths(t, {cam: {source: url}});
	await said(/\[cam\] source ready/);
	t.deepEqual(server.path('cam').facts?.tracks.toSorted(), ['H264', 'MPEG-4 Audio']);
	t.like(server.path('cam').facts?.source, {type: 'rtmpSource'});
	const port = Number(new URL(first.server.rtmpUrl!).port);
	await first.server.close();
	await said(/\[cam\] source lost/);
	await startPaths(t, {'live/cam': {source}}, {rtmpAddress: `127.0.0.1:${port}`});
	await said(/\[cam\] source is back/);
	t.notRegex(lines.join('\n'), /hidden/);
});

test('what Flash did not have comes by Enhanced RTMP from server to server', async t => {
	const line =
		'gstreamer:videotestsrc is-live=true ! video/x-raw,width=160,height=120,framerate=10/1 ! ' +
		'x265enc tune=zerolatency speed-preset=ultrafast key-int-max=5 ! h265parse ! hubsink name=h ' +
		'audiotestsrc is-live=true ! audioconvert ! audioresample ! opusenc ! h.';
	const first = await startPaths(t, {'live/new': {source: line}});
	await first.said(/source ready/);
	const url = `${first.server.rtmpUrl}/live/new`;
	const {server, said} = await startPaths(t, {cam: {source: url}});
	await said(/\[cam\] source ready/);
	t.deepEqual(server.path('cam').facts?.tracks.toSorted(), ['H265', 'Opus']);
	t.like(server.path('cam').facts, {width: 160, height: 120});
});

test('a source that nobody publishes, or behind no RTMP, fails with the words of its server', async t => {
	const first = await startPaths(t, {all_others: {}});
	const {server, said} = await startPaths(t, {
		gone: {source: `${first.server.rtmpUrl}/live/none`},
		web: {source: `${first.url.replace('http', 'rtmp')}/live/cam`},
	});
	await said(/\[gone\] .*Path live\/none has no stream.*NetStream\.Play\.StreamNotFound/);
	t.is(server.path('gone').facts?.error?.code, 'RTMP_REFUSED');
	await said(/\[web\] .*Expected a stream of rtmp:\/\/127\.0\.0\.1:\d+\/live, got: /);
});

test('a source over TLS is taken by its fingerprint alone where nobody signed it', async t => {
	const {keyFile, certFile} = selfSigned();
	const first = await startPaths(
		t,
		{'live/cam': {source}},
		{
			...{rtmpEncryption: 'optional', rtmpsAddress: '127.0.0.1:0'},
			...{rtmpServerKey: keyFile, rtmpServerCert: certFile},
		},
	);
	const sourceFingerprint = fingerprintOf(selfSigned());
	const shown = sourceFingerprint.replaceAll(':', '').toLowerCase();
	const url = `${first.server.rtmpsUrl}/live/cam`;
	const {server, said} = await startPaths(t, {
		known: {source: url, sourceFingerprint},
		unknown: {source: url},
	});
	await said(/\[known\] source ready/);
	t.like(server.path('known').facts?.source, {type: 'rtmpsSource'});
	await said(new RegExp(`\\[unknown\\] .*no known authority signed.*${shown}`));
});

test('what others publish to nginx is fetched from there', async t => {
	const relay = await startRtmpServer(t);
	startUntilOver(t, 'ffmpeg', [
		...['-nostdin', '-v', 'error', '-re', '-f', 'lavfi', '-i', 'testsrc=size=160x120:rate=10'],
		...['-f', 'lavfi', '-i', 'sine', '-c:v', 'libx264', '-tune', 'zerolatency', '-g', '10'],
		...['-pix_fmt', 'yuv420p', '-c:a', 'libmp3lame', '-ar', '44100', '-f', 'flv'],
		`${relay.url}/cam`,
	]);
	const {server, said} = await startPaths(t, {cam: {source: `${relay.url}/cam`}});
	await said(/\[cam\] source ready/);
	t.deepEqual(server.path('cam').facts?.tracks.toSorted(), ['H264', 'MPEG-1/2 Audio']);
});
