// Clips of cameras: their length, their first picture, and that ffmpeg has no complaint.
import test from 'ava';
import {startCamera} from '../helpers/camera.ts';
import {makeFolder} from '../helpers/command.ts';
import {complaints, packetsOf, probe} from '../helpers/films.ts';
import {runStreamer} from '../helpers/streamer.ts';

const pictures = (encoder: string) =>
	`videotestsrc is-live=true pattern=ball ! video/x-raw,width=160,height=120,framerate=25/1 ! ${encoder} `;
const h264 = (options: string) =>
	`x264enc speed-preset=ultrafast key-int-max=15 ${options} ! rtph264pay name=pay0 pt=96`;
const h265 =
	'x265enc speed-preset=ultrafast tune=zerolatency key-int-max=15 ! rtph265pay name=pay0 pt=96';
const sound = (rate: number, payloader: string) =>
	`audiotestsrc is-live=true ! audio/x-raw,rate=${rate},channels=2 ! avenc_aac ! rtpmp4gpay name=${payloader} pt=97 `;

const plain = pictures(h264('tune=zerolatency'));
const reordered = pictures(h264('bframes=2 b-adapt=false rc-lookahead=5 sync-lookahead=0'));

type Case = {camera: string; launch: string; seconds: number; frameUs: Record<string, number>};

const pictureUs = 40_000;
const soundUs = 1024e6 / 48_000;
const both = {'v:0': pictureUs, 'a:0': soundUs};

/** Times in files and RTP are rounded to units of their tracks. */
const roundingUs = 100;

const isCut = test.macro({
	async exec(t, {launch, seconds, frameUs}: Case) {
		const {url} = await startCamera(t, {launch: `( ${launch} )`});
		const clip = `${makeFolder(t)}/clip.mp4`;
		const {code, lines} = await runStreamer(t, [url, clip, '--duration', `${seconds}s`]);
		t.is(code, 0, lines.join('\n'));
		t.is(await complaints(clip), '');
		const {durations} = await probe(clip);
		t.is(Object.keys(durations).length, Object.keys(frameUs).length);
		for (const [codec, length] of Object.entries(durations)) {
			const frame = codec === 'aac' ? frameUs['a:0']! : pictureUs;
			t.true(length >= seconds - 1e-3, `${codec} ${length}`);
			t.true(length < seconds + frame / 1e6 + 1e-3, `${codec} ${length}`);
		}
		for (const [track, frame] of Object.entries(frameUs)) {
			const packets = await packetsOf(clip, track as 'v:0' | 'a:0');
			t.true(packets[0]?.isKey);
			// Of pictures that are reordered the last ones are shown later than they are decoded.
			const first = Math.min(...packets.map(({dtsUs}) => dtsUs));
			// ffprobe takes an empty beginning off the last frame.
			const end = Math.max(...packets.map(({dtsUs}) => dtsUs)) + frame;
			t.true(end - first >= seconds * 1e6 - roundingUs, `${track} ${end - first}`);
			t.true(end - first < seconds * 1e6 + frame + roundingUs, `${track} ${end - first}`);
		}
	},
	title: (_, {camera, seconds}: Case) =>
		`a clip of ${seconds} s of ${camera} is that long in every track, and up to a frame more`,
});

test(isCut, {
	...{camera: 'a camera with sound', launch: plain + sound(48_000, 'pay1')},
	...{seconds: 10, frameUs: both},
});
test(isCut, {
	...{camera: 'a camera with B-frames and sound', launch: reordered + sound(48_000, 'pay1')},
	...{seconds: 10, frameUs: both},
});
test(isCut, {
	...{camera: 'a camera with sound of 16 kHz', launch: plain + sound(16_000, 'pay1')},
	...{seconds: 3, frameUs: {...both, 'a:0': 64_000}},
});
test(isCut, {
	...{camera: 'a camera without sound', launch: plain},
	...{seconds: 3, frameUs: {'v:0': pictureUs}},
});
test(isCut, {
	...{camera: 'a camera with B-frames and without sound', launch: reordered},
	...{seconds: 3, frameUs: {'v:0': pictureUs}},
});
test(isCut, {
	...{camera: 'a microphone', launch: sound(48_000, 'pay0')},
	...{seconds: 3, frameUs: {'a:0': soundUs}},
});
test(isCut, {
	...{camera: 'a camera with H.265', launch: pictures(h265) + sound(48_000, 'pay1')},
	...{seconds: 3, frameUs: both},
});
