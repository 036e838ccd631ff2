// acceptance/rtsp-cameras.md, line 12: cameras with SRTP, their keys in SDP (RFC 4568) or by MIKEY (RFC 4567).
import {randomBytes} from 'node:crypto';
import test from 'ava';
import {parseReceiverReports} from '../../../../lib/protocols/rtsp/receiver-report.ts';
import {formatCrypto} from '../../../../lib/protocols/rtsp/srtp-key.ts';
import type {SrtpSuite} from '../../../../lib/protocols/rtsp/srtp-key.ts';
import {startCamera} from '../../../helpers/camera.ts';
import {startPull, untilFrames} from '../../../helpers/pull.ts';
import {startScriptedCamera} from '../../../helpers/scripted-camera.ts';
import type {Script, Track} from '../../../helpers/scripted-camera.ts';
import {SrtpPeer} from '../../../helpers/srtp.ts';
import {fingerprintOf, selfSigned, startTls} from '../../../helpers/tls.ts';
import {until} from '../../../helpers/until.ts';

const ways = [
	['TCP', {rtspTransport: 'tcp'}],
	['UDP', {rtspTransport: 'udp'}],
] as const;

for (const [way, settings] of ways)
	test(`line 12: gst-rtsp-server with SRTP and MIKEY is pulled over ${way}`, async t => {
		const camera = await startCamera(t, {profile: 'SAVP'});
		const pull = startPull(t, camera.url, settings);
		await until(() => pull.stats().keyFrames >= 3 && pull.epochs.length > 0);
		t.like(pull.epochs[0]!.tracks, [
			{type: 'h264', width: 320},
			{type: 'aac', channels: 2},
		]);
		t.like(pull.stats(), {damagedFrames: 0});
	});

/** Tells its keys with SDES and encrypts by them. */
const encrypts = (suite: SrtpSuite, {lies = false} = {}) => {
	const keys: Record<Track, Buffer> = {video: randomBytes(30), audio: randomBytes(30)};
	const tagBytes = suite.endsWith('32') ? 4 : 10;
	const peers = {
		video: new SrtpPeer(keys.video, tagBytes),
		audio: new SrtpPeer(keys.audio, tagBytes),
	};
	const crypto = (track: Track) =>
		`a=crypto:${formatCrypto({suite, key: lies ? randomBytes(30) : keys[track]})}\r\n`;
	const script: Script = {
		udp: 'announced',
		hasSound: true,
		reports: seconds => 3_900_000_000 + seconds,
		sdp: sdp =>
			sdp
				.replaceAll('RTP/AVP', 'RTP/SAVP')
				.replace('a=control:picture', `${crypto('video')}$&`)
				.replace('a=control:sound', `${crypto('audio')}$&`),
		sealed: (packet, track, isRtcp) =>
			isRtcp ? peers[track].protectRtcp(packet) : peers[track].protectRtp(packet),
	};
	return {script, peers};
};

for (const [way, settings] of ways)
	for (const suite of ['AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32'] as const)
		test(`line 12: a camera with ${suite} by its SDP is pulled over ${way}`, async t => {
			const {script} = encrypts(suite);
			const camera = await startScriptedCamera(t, script);
			const pull = startPull(t, camera.url(), settings);
			await untilFrames(camera, pull, 100);
			t.like(pull.stats(), {damagedFrames: 0, lostPackets: 0, epoch: 1});
			t.is(pull.epochs[0]?.tracks.length, 2);
			const transports = camera.asked.flatMap(({headers}) => headers.get('transport') ?? []);
			t.true(transports.every(text => text.startsWith('RTP/SAVP')));
		});

test('line 12: what we report to a camera with SRTP is encrypted by its key', async t => {
	const {script, peers} = encrypts('AES_CM_128_HMAC_SHA1_80');
	const camera = await startScriptedCamera(t, script);
	startPull(t, camera.url());
	await camera.untilPicture(() => (camera.sessions[0]?.rtcp.length ?? 0) > 0);
	const [sealed] = camera.sessions[0]!.rtcp;
	const plain = peers.video.openRtcp(sealed!) ?? peers.audio.openRtcp(sealed!);
	t.is(parseReceiverReports(plain ?? Buffer.alloc(0)).length, 1);
});

test('line 12: what is encrypted by another key than that of the description is not taken, counted, and as good as silence', async t => {
	const {script} = encrypts('AES_CM_128_HMAC_SHA1_80', {lies: true});
	const camera = await startScriptedCamera(t, script);
	const pull = startPull(t, camera.url(), {readTimeoutMs: 500});
	const error = await pull.failure();
	t.is(error?.code, 'RTSP_SILENT');
	t.regex(error!.message, /got packets that its key does not decrypt for 500 ms/);
	t.is(pull.stats().packets, 0);
	t.true(pull.stats().undecryptablePackets > 0);
});

test('line 12: a camera that encrypts and tells no key that is understood is refused', async t => {
	const camera = await startScriptedCamera(t, {
		sdp: sdp => sdp.replaceAll('RTP/AVP', 'RTP/SAVP'),
	});
	const error = await startPull(t, camera.url()).failure();
	t.is(error?.code, 'RTSP_REFUSED');
	t.regex(error!.message, /^Expected a key of SRTP .* in the description, got none$/);
});

test('line 12: a camera behind TLS with SRTP is pulled over UDP', async t => {
	const {script} = encrypts('AES_CM_128_HMAC_SHA1_80');
	const camera = await startScriptedCamera(t, script);
	const port = await startTls(t, camera.port);
	const pull = startPull(t, `rtsps://127.0.0.1:${port}/live`, {
		rtspTransport: 'udp',
		sourceFingerprint: fingerprintOf(selfSigned()),
	});
	await untilFrames(camera, pull, 60);
	t.like(pull.stats(), {damagedFrames: 0, lostPackets: 0});
});
