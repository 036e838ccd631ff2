// What a camera is told by RTCP (RFC 3550 section 6, RFC 4585 section 6.3.1), and what it says with BYE.
import test from 'ava';
import {parseReceiverReports} from '../../../../lib/protocols/rtsp/receiver-report.ts';
import {startCamera} from '../../../helpers/camera.ts';
import {startDesyncProxy} from '../../../helpers/desync-proxy.ts';
import {startPull, untilFrames} from '../../../helpers/pull.ts';
import {goodbye, interleave, lostPictures, senderReport} from '../../../helpers/rtp.ts';
import {ssrcs, startScriptedCamera} from '../../../helpers/scripted-camera.ts';
import type {ScriptedCamera, Script, Session} from '../../../helpers/scripted-camera.ts';
import {until} from '../../../helpers/until.ts';

const ways = [
	['TCP', {rtspTransport: 'tcp'}],
	['UDP', {rtspTransport: 'udp'}],
] as const;

const noon = 3_900_000_000;

const lossy: Script = {
	udp: 'announced',
	reports: seconds => noon + seconds,
	packets: (packets, index) => (index % 10 === 5 ? packets.slice(1) : packets),
};

for (const [way, settings] of ways)
	test(`what a camera loses is told to it in receiver reports over ${way}`, async t => {
		const camera = await startScriptedCamera(t, lossy);
		startPull(t, camera.url(), settings);
		const reports = () => (camera.sessions[0]?.rtcp ?? []).flatMap(parseReceiverReports);
		// Packets that are read all at once, on a busy machine, have no jitter.
		const telling = () => reports().find(({lost, jitter}) => lost > 0 && jitter > 0);
		await camera.untilPicture(() => telling() !== undefined);
		t.is(telling()?.ssrc, ssrcs.video);
		t.not(telling()?.lastReport, 0);
	});

const takesPictureLoss: Script = {
	pace: 5,
	...lossy,
	sdp: sdp => sdp.replace('a=control:picture', 'a=rtcp-fb:* nack pli\r\na=control:picture'),
};

const asked = ({sessions}: ScriptedCamera): number[] =>
	(sessions[0]?.rtcp ?? []).flatMap(lostPictures);

for (const [way, settings] of ways)
	test(`a camera that can be asked is asked for a key frame over ${way} when a picture was lost`, async t => {
		const camera = await startScriptedCamera(t, takesPictureLoss);
		const pull = startPull(t, camera.url(), settings);
		await camera.untilPicture(() => asked(camera).length >= 2);
		t.deepEqual([...new Set(asked(camera))], [ssrcs.video]);
		// Two or three pictures are lost in each second.
		t.true(asked(camera).length < pull.stats().damagedFrames);
	});

test('a camera that does not say that it can be asked is not', async t => {
	const camera = await startScriptedCamera(t, lossy);
	const pull = startPull(t, camera.url());
	await camera.untilPicture(() => pull.stats().damagedFrames >= 10);
	t.deepEqual(asked(camera), []);
});

test('gst-rtsp-server makes the key frames that it is asked for', async t => {
	const launch =
		'( videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,framerate=25/1 ! ' +
		'x264enc tune=zerolatency speed-preset=ultrafast key-int-max=100000 bframes=0 ! rtph264pay pt=96 ! ' +
		'capsfilter caps=application/x-rtp,rtcp-fb-nack-pli=(boolean)true name=pay0 )';
	const camera = await startCamera(t, {launch, profile: 'AVPF'});
	const proxy = await startDesyncProxy(t, camera.port, {every: 30});
	const pull = startPull(t, camera.url.replace(`:${camera.port}`, `:${proxy.port}`));
	await until(() => pull.stats().keyFrames >= 3);
	t.true(pull.stats().damagedFrames > 0);
	t.is(proxy.connections(), 1);
});

const leavesAt = (index: number, whenLeft: (session: Session) => void): Script => ({
	wire: (frames, current, session) => {
		if (current !== index) return frames;
		whenLeft(session);
		return [...frames, interleave(1, goodbye(ssrcs.video))];
	},
});

test('a camera that says goodbye and sends nothing more is lost at once', async t => {
	const camera = await startScriptedCamera(
		t,
		leavesAt(20, session => session.stop()),
	);
	const error = await startPull(t, camera.url()).failure();
	t.is(error?.code, 'RTSP_LOST');
	t.is(error?.message, 'Expected media, got BYE by the camera');
	t.is(camera.methods().at(-1), 'TEARDOWN');
});

test('a camera that says goodbye and goes on from another source is not lost', async t => {
	const camera = await startScriptedCamera(t, {
		...leavesAt(20, () => undefined),
		packets: (packets, index) =>
			index > 20 ? packets.map(packet => ({...packet, ssrc: 0xabcdef})) : packets,
	});
	const pull = startPull(t, camera.url());
	await untilFrames(camera, pull, 80);
	t.is(camera.sessions.length, 1);
});

test('the goodbye of somebody else is none', async t => {
	const camera = await startScriptedCamera(t, {
		wire: (frames, index) => [interleave(1, goodbye(7)), senderReportFrame(index), ...frames],
	});
	const pull = startPull(t, camera.url(), {readTimeoutMs: 2000});
	await untilFrames(camera, pull, 80);
	t.is(camera.sessions.length, 1);
});

const senderReportFrame = (index: number): Buffer =>
	interleave(1, senderReport(ssrcs.video, noon + index / 25, index * 3600));

test('gst-rtsp-server says goodbye when its film is over', async t => {
	const camera = await startCamera(t, {
		launch:
			'( videotestsrc is-live=true num-buffers=60 ! video/x-raw,width=160,height=120,framerate=25/1 ! ' +
			'x264enc tune=zerolatency key-int-max=10 ! rtph264pay name=pay0 pt=96 )',
	});
	const error = await startPull(t, camera.url).failure();
	t.is(error?.code, 'RTSP_LOST');
});
