import test from 'ava';
import type {ExecutionContext} from 'ava';
import {makeFolder, runCommand, startUntilOver} from '../helpers/command.ts';
import {probe} from '../helpers/films.ts';
import {frameSums, sawTheSame} from '../helpers/frame-sums.ts';
import {newerFfmpeg} from '../helpers/newer-ffmpeg.ts';
import {startPaths} from '../helpers/server.ts';

const picture = ['-f', 'lavfi', '-i', 'testsrc=size=160x120:rate=25'];
const sound = ['-f', 'lavfi', '-i', 'anoisesrc=r=48000:seed=1:a=0.3'];

type Film = {
	video: string[];
	audio: string[];
	/** As the API calls them. */
	tracks: [string, string];
	/** As ffprobe does, of what comes over HLS: sound that browsers lack as FLAC. */
	codecs: [string, string];
	/** What a player says that it knows. */
	fourCc: string;
};

const films: Film[] = [
	{
		video: ['libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none:keyint=25'],
		audio: ['ac3'],
		tracks: ['H265', 'AC3'],
		codecs: ['hevc', 'flac'],
		fourCc: 'hvc1',
	},
	{
		video: ['libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-g', '25'],
		audio: ['libopus'],
		tracks: ['VP9', 'Opus'],
		codecs: ['vp9', 'opus'],
		fourCc: 'vp09',
	},
	{
		video: ['libsvtav1', '-preset', '12', '-g', '25', '-svtav1-params', 'pred-struct=1'],
		audio: ['flac'],
		tracks: ['AV1', 'Generic'],
		codecs: ['av1', 'flac'],
		fourCc: 'av01',
	},
];

const makeFilm = async (t: ExecutionContext, ffmpeg: string, film: Film): Promise<string> => {
	const file = `${makeFolder(t)}/film.mkv`;
	const {code, stderr} = await runCommand(ffmpeg, [
		...['-v', 'error', ...picture, ...sound, '-pix_fmt', 'yuv420p', '-t', '4'],
		...['-c:v', ...film.video, '-c:a', ...film.audio, '-ac', '2', file],
	]);
	t.is(code, 0, stderr);
	return file;
};

/** ffprobe tells those of a playlist twice. */
const codecsOf = async (url: string): Promise<string[]> => [...new Set((await probe(url)).codecs)];

for (const film of films)
	test(`${film.tracks[0]} and ${film.audio[0]?.replace('lib', '')} of an encoder that speaks Enhanced RTMP are read and played`, async t => {
		const ffmpeg = newerFfmpeg(t);
		if (!ffmpeg) return t.pass();
		const file = await makeFilm(t, ffmpeg, film);
		const {server, url, said} = await startPaths(t, {all_others: {}});
		const live = `${server.rtmpUrl}/live/film`;
		startUntilOver(t, ffmpeg, [
			...['-nostdin', '-v', 'error', '-re', '-stream_loop', '-1', '-i', file],
			...['-c', 'copy', '-f', 'flv', live],
		]);
		await said(/source ready/);
		t.deepEqual(server.path('live/film').facts?.tracks.toSorted(), film.tracks.toSorted());
		const player = ['-rtmp_enhanced_codecs', film.fourCc, '-i', live, '-map', '0:v'];
		const [original, played, read, codecs] = await Promise.all([
			frameSums(['-i', file, '-map', '0:v']),
			frameSums([...player, '-t', '3'], undefined, ffmpeg),
			frameSums(
				['-rtsp_transport', 'tcp', '-i', `${server.rtspUrl}/live/film`, '-map', '0:v'],
				60,
				ffmpeg,
			),
			codecsOf(`${url}/live/film/index.m3u8`),
		]);
		sawTheSame(t, [[...original, ...original], played], 40);
		sawTheSame(t, [[...original, ...original], read], 40);
		t.deepEqual(codecs.toSorted(), film.codecs.toSorted());
	});

test('several tracks of sound of one encoder are tracks for RTSP, and browsers get the first one', async t => {
	const ffmpeg = newerFfmpeg(t);
	if (!ffmpeg) return t.pass();
	const {server, url, said} = await startPaths(t, {all_others: {}});
	startUntilOver(t, ffmpeg, [
		...['-nostdin', '-v', 'error', '-re', ...picture, '-re', ...sound],
		...['-map', '0:v', '-map', '1:a', '-map', '1:a', '-c:a:0', 'aac', '-c:a:1', 'libopus'],
		...['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '25', '-pix_fmt', 'yuv420p'],
		...['-f', 'flv', `${server.rtmpUrl}/cam`],
	]);
	await said(/source ready/);
	const tracks = server.path('cam').facts?.tracks ?? [];
	t.deepEqual(tracks.toSorted(), ['H264', 'MPEG-4 Audio', 'Opus']);
	const read = await probe(`${server.rtspUrl}/cam`, '-rtsp_transport', 'tcp');
	t.deepEqual(read.codecs, ['aac', 'h264', 'opus']);
	t.deepEqual((await codecsOf(`${url}/cam/index.m3u8`)).toSorted(), ['aac', 'h264']);
});
