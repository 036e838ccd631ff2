import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {startCamera} from '../helpers/camera.ts';
import {makeFolder, runCommand} from '../helpers/command.ts';
import {fetchText, mediaPlaylistUrl, startPaths, untilAnswer} from '../helpers/server.ts';

type Peer = {
	/** Of gst-rtsp-server: payloaders are called pay0, pay1 ... */
	launch: string;
	/** What the log says of its tracks. */
	ready: RegExp;
	/** CODECS of the multivariant playlist; none: HLS cannot carry it, and says so. */
	codecs?: RegExp;
	/** As ffprobe names them. */
	streams?: string[];
	hasPicture?: boolean;
	engines?: string[];
};

const pictures =
	'videotestsrc is-live=true pattern=ball ! video/x-raw,format=I420,width=320,height=240,framerate=25/1';

const tone = 'audiotestsrc is-live=true ! audio/x-raw,rate=48000,channels=2';

const peers: Record<string, Peer> = {
	H265: {
		launch: `( ${pictures} ! x265enc tune=zerolatency speed-preset=ultrafast key-int-max=25 ! rtph265pay name=pay0 pt=96 )`,
		ready: /H265 320x240 25 fps/,
		codecs: /^hvc1\.1\.6\.L\d+/,
		streams: ['hevc'],
		hasPicture: true,
		engines: ['native', 'gstreamer'],
	},
	VP8: {
		launch: `( ${pictures} ! vp8enc deadline=1 keyframe-max-dist=25 ! rtpvp8pay name=pay0 pt=96 )`,
		ready: /VP8 320x240/,
		hasPicture: true,
	},
	VP9: {
		launch: `( ${pictures} ! vp9enc deadline=1 cpu-used=8 keyframe-max-dist=25 ! rtpvp9pay name=pay0 pt=96 )`,
		ready: /VP9 320x240/,
		codecs: /^vp09\.00\.20\.08$/,
		streams: ['vp9'],
		hasPicture: true,
	},
	MJPEG: {
		launch: `( ${pictures} ! jpegenc ! rtpjpegpay name=pay0 pt=26 )`,
		ready: /JPEG 320x240/,
		hasPicture: true,
	},
	'AAC in LATM': {
		launch: `( ${tone} ! avenc_aac ! rtpmp4apay name=pay0 pt=97 )`,
		ready: /AAC 48 kHz stereo/,
		codecs: /^mp4a\.40\.2$/,
		streams: ['aac'],
	},
	Opus: {
		launch: `( ${tone} ! opusenc ! rtpopuspay name=pay0 pt=97 )`,
		ready: /OPUS 48 kHz stereo/,
		codecs: /^opus$/,
		streams: ['opus'],
	},
	MP3: {
		launch: `( ${tone} ! lamemp3enc ! mpegaudioparse ! rtpmpapay name=pay0 )`,
		ready: /MPA 48 kHz stereo/,
		codecs: /^fLaC$/,
		streams: ['flac'],
	},
	'AC-3': {
		launch: `( ${tone} ! avenc_ac3 ! ac3parse ! rtpac3pay name=pay0 pt=97 )`,
		ready: /AC3 48 kHz stereo/,
		codecs: /^fLaC$/,
		streams: ['flac'],
	},
	'G.711': {
		launch:
			'( audiotestsrc is-live=true ! audio/x-raw,rate=8000,channels=1 ! mulawenc ! rtppcmupay name=pay0 )',
		ready: /PCMU 8 kHz mono/,
		codecs: /^fLaC$/,
		streams: ['flac'],
	},
};

for (const [codec, peer] of Object.entries(peers)) {
	for (const rtspEngine of peer.engines ?? ['native']) {
		test(`${codec} of a camera is understood and given on, by the engine ${rtspEngine}`, async t => {
			const camera = await startCamera(t, {launch: peer.launch});
			const {url, said} = await startPaths(t, {cam: {source: camera.url, rtspEngine}});
			const line = await said(/\[cam\] source (ready|failed)/);
			t.regex(line, peer.ready);
			if (peer.codecs) await checkHls(t, url, peer);
			else await checkRefusal(t, `${url}/cam/index.m3u8`);
			if (peer.hasPicture) await checkSnapshot(t, `${url}/cam/snapshot.jpg`);
		});
	}
}

const checkHls = async (t: ExecutionContext, url: string, peer: Peer) => {
	const master = await fetchText(`${url}/cam/index.m3u8`);
	t.regex(/CODECS="([^"]*)"/.exec(master)?.[1] ?? '', peer.codecs ?? /^$/);
	const playlistUrl = await mediaPlaylistUrl(url, 'cam');
	const playlist = await untilAnswer(
		() => fetchText(playlistUrl),
		text => urisOf(text).length >= 2,
	);
	const file = join(makeFolder(t), 'media.mp4');
	const init = /#EXT-X-MAP:URI="([^"]*)"/.exec(playlist)?.[1] ?? '';
	const pieces = [init, ...urisOf(playlist)].map(uri => fetchBytes(new URL(uri, playlistUrl)));
	writeFileSync(file, Buffer.concat(await Promise.all(pieces)));
	// Every frame is decoded to be counted.
	const entries = ['-show_entries', 'stream=codec_name,nb_read_frames', '-of', 'csv=p=0'];
	const probed = await runCommand('ffprobe', ['-v', 'error', '-count_frames', ...entries, file]);
	t.like(probed, {code: 0, stderr: ''});
	const streams = probed.stdout
		.trim()
		.split(/\s+/)
		.map(line => line.split(','));
	t.deepEqual(
		streams.map(([name]) => name),
		peer.streams,
	);
	for (const [, frames] of streams) t.true(Number(frames) >= 10, probed.stdout);
};

const checkRefusal = async (t: ExecutionContext, url: string) => {
	const response = await fetch(url);
	t.is(response.status, 415);
	const {code, error} = (await response.json()) as {code: string; error: string};
	t.is(code, 'HLS_NO_TRACKS');
	t.regex(error, /browsers play \(H\.264, H\.265, VP9 or AV1\), got/);
};

const checkSnapshot = async (t: ExecutionContext, url: string) => {
	const file = join(makeFolder(t), 'picture.jpg');
	writeFileSync(file, await fetchBytes(new URL(url)));
	const probe = ['-v', 'error', '-show_entries', 'stream=width,height', '-of', 'csv=p=0', file];
	t.is((await runCommand('ffprobe', probe)).stdout.trim(), '320,240');
};

const urisOf = (playlist: string): string[] =>
	playlist.split('\n').filter(line => line !== '' && !line.startsWith('#'));

const fetchBytes = async (url: URL): Promise<Buffer> => {
	const response = await fetch(url);
	if (!response.ok) throw new Error(`${url.href}: ${response.status} ${await response.text()}`);
	return Buffer.from(await response.arrayBuffer());
};
