// How long a reader waits for its first decoded picture where key frames are 10 s apart: ffmpeg from its start to its
// end, with one picture in between.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {setTimeout as sleep} from 'node:timers/promises';
import type {Spread} from './delays.ts';
import {spreadOf} from './spread.ts';
import {withServer} from './work.ts';

const tries = 10;
const source = 'test:?size=1280x720&rate=25&gop=250&bitrate=3M';

const readers = {
	rtsp: {words: ['-rtsp_transport', 'tcp'], query: '?start=fast'},
	rtmp: {words: [], query: ''},
} as const;

/** Of a server of its own, ended afterwards. */
export const firstPictureOf =
	(protocol: keyof typeof readers): (() => Promise<Spread>) =>
	async () =>
		withServer({cam: {source}}, async urls => {
			const {words, query} = readers[protocol];
			return measure([...words, '-i', `${urls[protocol]}/cam${query}`]);
		});

const measure = async (input: readonly string[]): Promise<Spread> => {
	await firstPicture(input);
	const all: number[] = [];
	for (let count = 0; count < tries; count++) {
		// At another place of the ten seconds each time.
		await sleep(700);
		all.push(await firstPicture(input));
	}
	return spreadOf(all);
};

/** Milliseconds until ffmpeg has decoded a picture. */
const firstPicture = async (input: readonly string[]): Promise<number> => {
	const startMs = performance.now();
	const child = spawn('ffmpeg', [
		...['-nostdin', '-v', 'error', '-probesize', '32', '-analyzeduration', '0'],
		...[...input, '-an', '-frames:v', '1', '-f', 'null', '-'],
	]);
	const [code] = (await once(child, 'exit')) as [number];
	if (code !== 0) throw new Error(`ffmpeg ended with ${code}`);
	return performance.now() - startMs;
};
