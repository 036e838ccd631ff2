// SRTP with GStreamer: it publishes over plain RTSP and over TLS, its keys by MIKEY.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {fetchText, startPaths} from '../helpers/server.ts';
import {tlsKeys} from '../helpers/tls.ts';

const publish = (t: ExecutionContext, url: string, protocol: string): void => {
	const child = spawn(
		'gst-launch-1.0',
		[
			...['-q', 'videotestsrc', 'is-live=true', '!', 'video/x-raw,width=320,height=240', '!'],
			...['x264enc', 'tune=zerolatency', 'key-int-max=15', 'bframes=0', '!', 'h264parse', '!'],
			...['rtspclientsink', `location=${url}`, 'profiles=savp', `protocols=${protocol}`],
			'tls-validation-flags=0',
		],
		{stdio: 'ignore'},
	);
	const closed = once(child, 'close');
	t.teardown(async () => {
		child.kill('SIGKILL');
		await closed;
	});
};

for (const [scheme, protocol] of [
	['rtsp', 'tcp'],
	['rtsp', 'udp'],
	['rtsps', 'tcp'],
] as const)
	test(`GStreamer publishes with SRTP over ${scheme} and ${protocol}`, async t => {
		const {server, url, said} = await startPaths(t, {cam: {}}, tlsKeys('optional'));
		const base = scheme === 'rtsp' ? server.rtspUrl : server.rtspsUrl;
		publish(t, `${base}/cam`, protocol);
		await said(/\[cam\] source ready: 1 track \(H264 320x240/);
		const list = scheme === 'rtsp' ? 'rtspsessions' : 'rtspssessions';
		t.regex(await fetchText(`${url}/v3/${list}/list`), /"profile":"SAVP"/);
	});
