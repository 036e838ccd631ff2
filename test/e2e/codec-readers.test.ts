// What GStreamer makes of what Sluice sends, codec by codec.
import {writeFileSync} from 'node:fs';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {startCamera} from '../helpers/camera.ts';
import {makeFolder, runCommand, startUntilOver} from '../helpers/command.ts';
import {readByGstreamer} from '../helpers/gst-reader.ts';
import {startPaths} from '../helpers/server.ts';

const pictures =
	'videotestsrc is-live=true pattern=ball ! video/x-raw,format=I420,width=320,height=240,framerate=25/1';
const pictureBytes = (320 * 240 * 3) / 2;

const cameras: Record<string, {launch: string; chain: string}> = {
	'H.265': {
		launch: `( ${pictures} ! x265enc tune=zerolatency speed-preset=ultrafast key-int-max=25 ! rtph265pay name=pay0 pt=96 )`,
		chain: 'rtph265depay ! avdec_h265',
	},
	MJPEG: {
		launch: `( ${pictures} ! jpegenc ! rtpjpegpay name=pay0 pt=26 )`,
		chain: 'rtpjpegdepay ! jpegdec',
	},
	VP8: {
		launch: `( ${pictures} ! vp8enc deadline=1 keyframe-max-dist=25 ! rtpvp8pay name=pay0 pt=96 )`,
		chain: 'rtpvp8depay ! vp8dec',
	},
	VP9: {
		launch: `( ${pictures} ! vp9enc deadline=1 cpu-used=8 keyframe-max-dist=25 ! rtpvp9pay name=pay0 pt=96 )`,
		chain: 'rtpvp9depay ! vp9dec',
	},
};

for (const [codec, {launch, chain}] of Object.entries(cameras)) {
	test(`GStreamer shows pictures of ${codec}`, async t => {
		const camera = await startCamera(t, {launch});
		const {server, said} = await startPaths(t, {cam: {source: camera.url}});
		t.regex(await said(/\[cam\] source (ready|failed)/), /ready/);
		await checkPictures(t, `${server.rtspUrl ?? ''}/cam`, chain);
	});
}

test('GStreamer shows pictures of MPEG-4 part 2', async t => {
	const film = `${makeFolder(t)}/film.mp4`;
	const source = ['-f', 'lavfi', '-i', 'testsrc=size=320x240:rate=25', '-t', '30'];
	await runCommand('ffmpeg', ['-v', 'error', ...source, '-c:v', 'mpeg4', '-g', '25', film]);
	const {server, said} = await startPaths(t, {all_others: {}});
	const url = `${server.rtspUrl ?? ''}/cam`;
	startUntilOver(t, 'ffmpeg', [
		...['-nostdin', '-v', 'error', '-re', '-i', film, '-c', 'copy'],
		...['-f', 'rtsp', '-rtsp_transport', 'tcp', url],
	]);
	t.regex(await said(/\[cam\] source (ready|failed)/), /ready/);
	await checkPictures(t, url, 'rtpmp4vdepay ! avdec_mpeg4');
});

const checkPictures = async (t: ExecutionContext, url: string, chain: string) => {
	const atLeast = 30 * pictureBytes;
	const line = ['rtspsrc', `location=${url}`, 'protocols=tcp', '!', ...chain.split(' ')];
	const {bytes, said} = await readByGstreamer(t, [...line, '!', 'fdsink'], atLeast);
	t.is(said, '');
	t.true(bytes.length >= atLeast, `${bytes.length} bytes of pictures`);
};

/** SMPTE ST 336: a universal key, a length, a value. */
const klv = Buffer.concat([
	Buffer.from('060e2b34020b01010e0103010100000029', 'hex'),
	Buffer.from('forty-one bytes that nobody looks into...'),
]);

test('KLV of a camera reaches ffmpeg and GStreamer', async t => {
	const file = `${makeFolder(t)}/unit.klv`;
	writeFileSync(file, klv);
	const camera = await startCamera(t, {
		launch:
			`( multifilesrc location=${file} loop=true do-timestamp=true caps=meta/x-klv,parsed=(boolean)true ! ` +
			'identity sleep-time=40000 ! rtpklvpay name=pay0 pt=98 )',
	});
	const {server, said} = await startPaths(t, {cam: {source: camera.url}});
	t.regex(await said(/\[cam\] source (ready|failed)/), /SMPTE336M/);
	const url = `${server.rtspUrl ?? ''}/cam`;
	const line = ['rtspsrc', `location=${url}`, 'protocols=tcp', '!', 'rtpklvdepay', '!', 'fdsink'];
	const [byGstreamer, byFfmpeg] = await Promise.all([
		readByGstreamer(t, line, 3 * klv.length),
		runCommand('ffmpeg', [
			...['-nostdin', '-v', 'error', '-rtsp_transport', 'tcp', '-i', url],
			...['-map', '0', '-c', 'copy', '-frames', '3', '-f', 'data', '-'],
		]),
	]);
	const three = Buffer.concat([klv, klv, klv]);
	t.is(byGstreamer.bytes.subarray(0, three.length).toString(), three.toString());
	t.is(byFfmpeg.stdout.slice(0, three.toString().length), three.toString());
});
