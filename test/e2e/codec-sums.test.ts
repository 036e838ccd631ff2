// What ffmpeg decodes of a camera through Sluice is what it decodes of the camera itself, frame by frame.
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {startCamera} from '../helpers/camera.ts';
import {makeFolder, runCommand, startUntilOver} from '../helpers/command.ts';
import {frameSums, rtspSums, sawTheSame} from '../helpers/frame-sums.ts';
import {buildGoPeer} from '../helpers/go-peer.ts';
import type {GoReport} from '../helpers/go-peer.ts';
import {fetchText, startPaths} from '../helpers/server.ts';

const pictures =
	'videotestsrc is-live=true pattern=ball ! video/x-raw,format=I420,width=320,height=240,framerate=25/1';

type Peer = {
	/** Of gst-rtsp-server. */
	launch: string;
	/** What the log says of its tracks. */
	ready: RegExp;
	/** Frames as they are: decoding makes noise of its own. */
	isCopied?: boolean;
};

const peers: Record<string, Peer> = {
	'H.265': {
		launch: `( ${pictures} ! x265enc tune=zerolatency speed-preset=ultrafast key-int-max=25 ! rtph265pay name=pay0 pt=96 )`,
		ready: /H265 320x240/,
	},
	'AC-3': {
		launch:
			'( audiotestsrc wave=pink-noise is-live=true ! audio/x-raw,rate=48000,channels=2 ! avenc_ac3 ! ac3parse ! rtpac3pay name=pay0 pt=97 )',
		ready: /AC3 48 kHz stereo/,
		isCopied: true,
	},
	'MJPEG (4:2:0)': {
		launch: `( ${pictures} ! jpegenc ! rtpjpegpay name=pay0 pt=26 )`,
		ready: /JPEG 320x240/,
	},
	'MJPEG (4:2:2)': {
		launch: `( ${pictures} ! videoconvert ! video/x-raw,format=Y42B ! jpegenc quality=40 ! rtpjpegpay name=pay0 pt=96 )`,
		ready: /JPEG 320x240/,
	},
	VP8: {
		launch: `( ${pictures} ! vp8enc deadline=1 keyframe-max-dist=25 ! rtpvp8pay name=pay0 pt=96 )`,
		ready: /VP8 320x240/,
	},
	VP9: {
		launch: `( ${pictures} ! vp9enc deadline=1 cpu-used=8 keyframe-max-dist=25 ! rtpvp9pay name=pay0 pt=96 )`,
		ready: /VP9 320x240/,
	},
};

for (const [codec, {launch, ready, isCopied}] of Object.entries(peers)) {
	test(`what is read of ${codec} is what the camera sends`, async t => {
		const camera = await startCamera(t, {launch});
		const {server, said} = await startPaths(t, {cam: {source: camera.url}});
		t.regex(await said(/\[cam\] source (ready|failed)/), ready);
		const urls = [camera.url, `${server.rtspUrl ?? ''}/cam`];
		const [straight = [], through = []] = await Promise.all(
			urls.map(url => rtspSums(url, 100, isCopied ? ['-c', 'copy'] : [])),
		);
		sawTheSame(t, [straight, through], 40);
	});
}

type Film = {
	/** How ffmpeg makes it, and sends it. */
	made: string;
	sent?: string[];
	extension: string;
	ready: RegExp;
	/** Pictures that go to snapshots, and not to browsers. */
	isForeign?: boolean;
	/** Frames as they are: decoding AAC makes noise of its own. */
	isCopied?: boolean;
};

const films: Record<string, Film> = {
	'MPEG-4 part 2 with B-pictures': {
		made: '-c:v mpeg4 -bf 2 -g 25',
		extension: 'mp4',
		ready: /MP4V-ES 352x288/,
		isForeign: true,
	},
	'MPEG-4 part 2 with other headers than the usual ones': {
		made: '-c:v libxvid -g 25',
		extension: 'mp4',
		ready: /MP4V-ES 352x288/,
		isForeign: true,
	},
	'H.263, which nobody here understands,': {
		made: '-c:v h263p -g 25',
		extension: 'avi',
		ready: /\(H263-2000\)/,
	},
	'AAC in LATM': {
		made: '-vn -c:a aac',
		sent: ['-rtpflags', 'latm'],
		extension: 'mp4',
		ready: /AAC 48 kHz mono/,
		isCopied: true,
	},
};

for (const [codec, film] of Object.entries(films)) {
	test(`what is read of ${codec} is what ffmpeg publishes`, async t => {
		const file = await makeFilm(t, film);
		const {server, url, said} = await startPaths(t, {all_others: {}});
		const rtspUrl = `${server.rtspUrl ?? ''}/cam`;
		startUntilOver(t, 'ffmpeg', [
			...['-nostdin', '-v', 'error', '-re', '-i', file, '-c', 'copy', ...(film.sent ?? [])],
			...['-f', 'rtsp', '-rtsp_transport', 'tcp', rtspUrl],
		]);
		t.regex(await said(/\[cam\] source (ready|failed)/), film.ready);
		const copied = film.isCopied ? ['-c', 'copy'] : [];
		const [published, read] = await Promise.all([
			frameSums(['-i', file, ...copied]),
			frameSums(['-rtsp_transport', 'tcp', '-i', rtspUrl, ...copied], 100),
			film.isForeign && checkForeign(t, `${url}/cam`),
		]);
		sawTheSame(t, [published, read], 60);
	});
}

const makeFilm = async (t: ExecutionContext, {made, extension}: Film): Promise<string> => {
	const file = `${makeFolder(t)}/film.${extension}`;
	const {stderr} = await runCommand('ffmpeg', [
		...'-v error -f lavfi -i testsrc=size=352x288:rate=25'.split(' '),
		...'-f lavfi -i sine=sample_rate=48000 -t 20'.split(' '),
		...[...made.split(' '), ...(made.startsWith('-vn') ? [] : ['-an']), file],
	]);
	t.is(stderr, '');
	return file;
};

const checkForeign = async (t: ExecutionContext, url: string) => {
	t.is((await fetch(`${url}/index.m3u8`)).status, 415);
	t.is((await fetch(`${url}/snapshot.jpg`)).headers.get('content-type'), 'image/jpeg');
};

/** Debian's GStreamer and ffmpeg have no AV1 over RTP; gortsplib has. */
test('pictures of AV1 are those of the publisher', async t => {
	const go = await buildGoPeer(t);
	if (go === undefined) return;
	const folder = makeFolder(t);
	const [film, back] = [`${folder}/film.obu`, `${folder}/back.obu`];
	await runCommand('ffmpeg', [
		...['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=size=320x240:rate=25', '-t', '20'],
		...'-pix_fmt yuv420p -c:v libaom-av1 -cpu-used 8 -usage realtime -g 25 -f obu'.split(' '),
		film,
	]);
	const {server, url, said} = await startPaths(t, {all_others: {}});
	const rtspUrl = `${server.rtspUrl ?? ''}/cam`;
	startUntilOver(t, go, ['publish', '-in', film, rtspUrl]);
	t.regex(await said(/\[cam\] source (ready|failed)/), /AV1 320x240/);
	const [read, played = []] = await Promise.all([
		runCommand(go, ['read', '-pictures', '60', '-out', back, rtspUrl]),
		frameSums(['-i', `${url}/cam/index.m3u8`], 60),
		checkAnswers(t, `${url}/cam`),
	]);
	t.is(read.stderr, '');
	t.like(JSON.parse(read.stdout) as GoReport, {pictures: 60, lost: 0, errors: 0});
	const [published = [], over = []] = await Promise.all(
		[film, back].map(file => frameSums(['-i', file])),
	);
	sawTheSame(t, [published, over], 60);
	sawTheSame(t, [published, played], 60);
});

const checkAnswers = async (t: ExecutionContext, url: string) => {
	const master = await fetchText(`${url}/index.m3u8`);
	t.regex(master, /CODECS="av01\.0\.\d\dM\.08"/);
	const snapshot = await fetch(`${url}/snapshot.jpg`);
	t.is(snapshot.headers.get('content-type'), 'image/jpeg');
};
