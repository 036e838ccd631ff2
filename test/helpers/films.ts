// Films of a second or two, made by ffmpeg, and what ffprobe and ffmpeg say of one.
import type {ExecutionContext} from 'ava';
import {runCommand} from './command.ts';

const picture = ['-f', 'lavfi', '-i', 'testsrc=size=160x120:rate=25'];
const sound = ['-f', 'lavfi', '-i', 'sine=sample_rate=48000'];
const x264 = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-preset', 'ultrafast', '-g', '25'];
const aac = ['-c:a', 'aac'];
/** No two frames of it are alike. */
const noise = ['-f', 'lavfi', '-i', 'anoisesrc=r=48000:seed=1:a=0.3'];
const late = (seconds: number, track: readonly string[]) => [
	'-itsoffset',
	String(seconds),
	...track,
];
const unlike = [...x264, '-preset', 'fast', '-bf', '3', ...aac, '-map', '0:v', '-map', '1:a'];
/** Loud for one sample, a second after its beginning. */
const click = (rate: number) => [
	...['-f', 'lavfi', '-i', `aevalsrc='if(eq(n,${rate}),0.9,0)':s=${rate}`],
];

/** By name: how the film is made. */
export const films = {
	'plain.mp4': [...picture, ...sound, ...x264, '-bf', '0', ...aac],
	/** Two seconds from one key frame to the next. */
	'sparse.mp4': [...picture, ...sound, ...x264, '-g', '50', '-bf', '0', ...aac],
	'bframes.mp4': [...picture, ...sound, ...x264, '-preset', 'fast', '-bf', '3', ...aac],
	/** Half a megabyte a second. */
	'noise.mp4': ['-f', 'lavfi', '-i', 'nullsrc=s=160x120:r=25,geq=random(1)*255:128:128', ...x264],
	'silent.mp4': [...picture, ...x264],
	'sound.m4a': [...sound, ...aac],
	'plain.mkv': [...picture, ...sound, ...x264, ...aac],
	'opus.mkv': [...picture, ...sound, ...x264, '-c:a', 'libopus'],
	'plain.ts': [...picture, ...sound, ...x264, ...aac],
	'plain.flv': [...picture, ...sound, ...x264, ...aac],
	'hevc.mp4': [
		...[...picture, ...sound, '-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params'],
		...['log-level=none', '-pix_fmt', 'yuv420p', ...aac],
	],
	'vp9.webm': [
		...[
			...picture,
			...sound,
			'-c:v',
			'libvpx-vp9',
			'-pix_fmt',
			'yuv420p',
			'-deadline',
			'realtime',
			'-cpu-used',
			'8',
		],
		...['-c:a', 'libopus'],
	],
	'mpeg4.avi': [...picture, ...sound, '-c:v', 'mpeg4', '-c:a', 'libmp3lame'],
	'vp8.webm': [
		...picture,
		...sound,
		'-c:v',
		'libvpx',
		'-deadline',
		'realtime',
		'-c:a',
		'libvorbis',
	],
	'mulaw.mkv': [...picture, ...sound, ...x264, '-c:a', 'pcm_mulaw', '-ar', '8000'],
	'ac3.mkv': [...picture, ...sound, ...x264, '-c:a', 'ac3'],
	'eac3.mkv': [...picture, ...sound, ...x264, '-c:a', 'eac3'],
	'mpeg2.mpg': [...picture, ...sound, '-c:v', 'mpeg2video', '-c:a', 'mp2'],
	'theora.ogg': [...picture, ...sound, '-c:v', 'libtheora', '-c:a', 'libvorbis'],
	'phone.3gp': [...picture, ...sound, ...x264, ...aac],
	'windows.asf': [...picture, ...sound, '-c:v', 'wmv2', '-c:a', 'wmav2'],
	'studio.mxf': [...picture, ...sound, '-c:v', 'mpeg2video', '-c:a', 'pcm_s16le'],
	'sound.wav': [...sound],
	'sound.mp3': [...sound, '-c:a', 'libmp3lame'],
	'sound.mp2': [...sound, '-c:a', 'mp2'],
	'plain.nut': [...picture, ...sound, ...x264, ...aac],
	'picture.gif': [...picture],
	'picture.mjpeg': [...picture],
	'noise-late.mp4': [...picture, ...late(0.7, noise), ...unlike],
	'noise-late.flv': [...picture, ...late(0.7, noise), ...unlike],
	'noise-late.ts': [...picture, ...late(0.7, noise), ...unlike],
	'picture-late.mp4': [...late(0.7, picture), ...noise, ...unlike],
	'picture-late.mkv': [...late(0.7, picture), ...noise, ...unlike],
	'picture-late.ts': [...late(0.7, picture), ...noise, ...unlike],
	'picture-later.mkv': [...late(5, picture), ...noise, ...unlike],
	'picture-later.flv': [...late(5, picture), ...noise, ...unlike],
	'click-48000.mov': [...picture, ...click(48_000), ...x264, '-c:a', 'pcm_s16le'],
	'click-8000.mov': [...picture, ...click(8000), ...x264, '-c:a', 'pcm_s16le'],
	'click-opus.mkv': [...picture, ...click(48_000), ...x264, '-c:a', 'libopus'],
} as const satisfies Record<string, readonly string[]>;

export type FilmName = keyof typeof films;

/** Makes a film in a folder. */
export const makeFilm = async (
	t: Pick<ExecutionContext, 'is'>,
	folder: string,
	{name, seconds = 2}: {name: FilmName; seconds?: number},
): Promise<string> => {
	const file = `${folder}/${name}`;
	const {code, stderr} = await runCommand('ffmpeg', [
		...['-v', 'error', '-y', ...films[name], '-t', String(seconds), '-threads', '1', file],
	]);
	t.is(code, 0, stderr);
	return file;
};

export type Probed = {
	/** Of each track, sorted. */
	codecs: string[];
	/** Seconds, by codec. */
	durations: Record<string, number>;
};

/** What ffprobe finds in a file or behind a URL. */
export const probe = async (url: string, ...options: string[]): Promise<Probed> => {
	const {stdout} = await runCommand('ffprobe', [
		...['-v', 'error', '-show_entries', 'stream=codec_name,duration', '-of', 'json', ...options],
		url,
	]);
	const {streams = []} = JSON.parse(stdout) as {
		streams?: {codec_name: string; duration?: string}[];
	};
	return {
		codecs: streams.map(({codec_name: codec}) => codec).sort(),
		durations: Object.fromEntries(
			streams.map(({codec_name: codec, duration}) => [codec, Number(duration)]),
		),
	};
};

/** What ffmpeg complains of when it decodes all of a file. */
export const complaints = async (file: string): Promise<string> =>
	(await runCommand('ffmpeg', ['-v', 'error', '-i', file, '-f', 'null', '-'])).stderr;

/** Checksums of the pictures as they are packed. */
export const pictureSums = async (file: string): Promise<string[]> => {
	const {stdout} = await runCommand('ffprobe', [
		...['-v', 'error', '-select_streams', 'v:0', '-show_data_hash', 'md5', '-show_entries'],
		...['packet=data_hash', '-of', 'csv=p=0', file],
	]);
	return stdout.split('\n').filter(line => line !== '');
};

/** Of one track, in order. */
export type Packet = {ptsUs: number; dtsUs: number; durationUs: number; isKey: boolean};

export const packetsOf = async (file: string, track: 'v:0' | 'a:0'): Promise<Packet[]> => {
	const {stdout} = await runCommand('ffprobe', [
		...['-v', 'error', '-select_streams', track, '-show_entries'],
		...['packet=pts_time,dts_time,duration_time,flags', '-of', 'json', file],
	]);
	const {packets = []} = JSON.parse(stdout) as {packets?: Record<string, string>[]};
	const us = (text: string | undefined) => Math.round(Number(text ?? 0) * 1e6);
	return packets.map(packet => ({
		ptsUs: us(packet['pts_time']),
		dtsUs: us(packet['dts_time']),
		durationUs: us(packet['duration_time']),
		isKey: packet['flags']?.startsWith('K') === true,
	}));
};
