import {execFileSync, spawn} from 'node:child_process';
import type {ChildProcess} from 'node:child_process';
import {existsSync, mkdirSync} from 'node:fs';
import {once} from 'node:events';
import {fileURLToPath} from 'node:url';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const folder = here('../out/bench');

/** 1080p25 H.264 without B-frames, a key frame every 2 s, and AAC: 3.2 Mbit/s in all. */
const encode = (file: string): void => {
	const clip = `${folder}/clip.mp4`;
	const video =
		'-c:v libx264 -preset veryfast -bf 0 -g 50 -sc_threshold 0 -b:v 3070k -minrate 3070k -maxrate 3070k -bufsize 3070k -x264-params nal-hrd=cbr';
	ffmpeg(
		`-f lavfi -i testsrc2=s=1920x1080:r=25 -f lavfi -i sine=r=48000 -t 20 ${video} -pix_fmt yuv420p -c:a aac -b:a 128k`,
		clip,
	);
	ffmpeg(`-stream_loop 89 -i ${clip} -c copy`, file);
};

const ffmpeg = (options: string, file: string): void => {
	execFileSync('ffmpeg', ['-v', 'error', '-y', ...options.split(' '), file]);
};

export type Camera = {
	/** One camera that all its clients watch. */
	url: string;
	/** A camera of its own for each client. */
	own: string;
	process: ChildProcess;
};

/** A camera of the kind that all figures are about; half an hour of it. */
export const startCamera = async (): Promise<Camera> => {
	const file = `${folder}/camera.mp4`;
	mkdirSync(folder, {recursive: true});
	if (!existsSync(file)) encode(file);
	const child = spawn('/usr/bin/python3', [here('camera.py'), file], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const [line] = (await once(child.stdout, 'data')) as [Buffer];
	const url = line.toString().trim();
	return {url, own: `${url}s`, process: child};
};
