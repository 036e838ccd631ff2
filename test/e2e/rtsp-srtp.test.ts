// SRTP: GStreamer publishes over plain RTSP and over TLS, its keys by MIKEY; readers over TLS are offered it.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {runCommand} from '../helpers/command.ts';
import {decodeByGstreamer} from '../helpers/gst-reader.ts';
import {encryptionOf} from '../../lib/protocols/rtsp/key-management.ts';
import {parseSdp} from '../../lib/protocols/rtsp/sdp.ts';
import {connectRtsp} from '../helpers/rtsp-client.ts';
import {SrtpPeer} from '../helpers/srtp.ts';
import {fetchText, startPaths, untilAnswer} from '../helpers/server.ts';
import {fingerprintOf, selfSigned, tlsKeys} from '../helpers/tls.ts';

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

const offered = {...tlsKeys('optional'), rtspSrtp: true};
const picture = 'test:?size=320x240&rate=25&gop=25';
const sessionsOf = async (url: string): Promise<string> =>
	fetchText(`${url}/v3/rtspssessions/list`);

for (const protocol of ['tcp', 'udp'])
	test(`GStreamer reads SRTP over TLS and ${protocol}`, async t => {
		const {server, url, said} = await startPaths(t, {cam: {source: picture}}, offered);
		await said(/\[cam\] source ready/);
		const how = [`location=${server.rtspsUrl}/cam`, `protocols=${protocol}`];
		const reading = decodeByGstreamer(t, [...how, 'tls-validation-flags=0']);
		const list = await untilAnswer(
			async () => sessionsOf(url),
			text => text.includes('"state":"read"'),
		);
		t.regex(list, /"profile":"SAVP"/);
		t.regex(list, new RegExp(`"transport":"${protocol.toUpperCase()}"`));
		t.is(await reading, '');
	});

for (const rtspTransport of ['tcp', 'udp'])
	test(`another Sluice reads SRTP over TLS and ${rtspTransport}`, async t => {
		const {server, url, said} = await startPaths(t, {cam: {source: picture}}, offered);
		await said(/\[cam\] source ready/);
		const source = `${server.rtspsUrl}/cam`;
		const sourceFingerprint = fingerprintOf(selfSigned());
		const other = await startPaths(t, {far: {source, sourceFingerprint, rtspTransport}});
		await other.said(/\[far\] source ready: 2 tracks \(H264 320x240/);
		t.regex(await sessionsOf(url), /"profile":"SAVP"/);
		t.is(other.server.path('far').facts?.reconnects, 0);
	});

test('who knows no SRTP reads over TLS as ever where it is offered', async t => {
	const {server, url, said} = await startPaths(t, {cam: {source: picture}}, offered);
	await said(/\[cam\] source ready/);
	const words = ['-nostdin', '-v', 'error', '-i', `${server.rtspsUrl}/cam`];
	const reading = runCommand('ffmpeg', [...words, '-t', '2', '-f', 'null', '-']);
	const list = await untilAnswer(
		async () => sessionsOf(url),
		text => text.includes('"state":"read"'),
	);
	t.regex(list, /"profile":"AVP"/);
	t.like(await reading, {code: 0, stderr: ''});
});

test('SRTP goes on under its key after a pause, without a number left out', async t => {
	const {server, said} = await startPaths(t, {cam: {source: picture}}, offered);
	await said(/\[cam\] source ready/);
	const url = `${server.rtspsUrl}/cam`;
	const client = await connectRtsp(t, url);
	const sdp = parseSdp((await client.ask('DESCRIBE', url)).body);
	if (!sdp.ok) return t.fail(sdp.reason);
	const offer = encryptionOf(sdp.value.medias[0]!, sdp.value);
	const peer = new SrtpPeer(offer!.key.key);
	const transport = 'RTP/SAVP/TCP;unicast;interleaved=0-1';
	t.is((await client.ask('SETUP', `${url}/trackID=0`, [['Transport', transport]])).status, 200);
	const numbers: number[] = [];
	for (let time = 0; time < 2; time++) {
		client.packets = [];
		t.is((await client.ask('PLAY', url)).status, 200);
		await client.until(() => client.packets.length > 100);
		t.is((await client.ask('PAUSE', url)).status, 200);
		for (const {channel, data} of client.packets) {
			if (channel !== 0) continue;
			t.true(peer.openRtp(data) !== undefined);
			numbers.push(data.readUInt16BE(2));
		}
	}
	t.deepEqual(
		numbers,
		numbers.map((_, index) => numbers[0]! + index),
	);
});
