// How long a reader waits for its first decoded picture where key frames are 10 s apart: ffmpeg from its start to its
// end, with one picture in between.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {freePort, listening, startServer} from './work.ts';

export type Delay = {row: string; tries: number; leastMs: number; medianMs: number; mostMs: number};

export const firstPictureRow = 'first decoded picture over RTSP-TCP, GOP of 10 s, start=fast';
/** From the issue; of the worst try. */
export const firstPictureTargetMs = 500;

const tries = 10;
const source = 'test:?size=1280x720&rate=25&gop=250&bitrate=3M';

/** Of a server of its own, ended afterwards. */
export const measureFirstPicture = async (): Promise<Delay> => {
	const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
	const port = await freePort();
	const address = `127.0.0.1:${port}`;
	const others = {rtspTransports: ['tcp'], rtmpAddress: 'off'};
	const config = {httpAddress: '127.0.0.1:0', rtspAddress: address, ...others};
	const {child} = startServer(folder, {logLevel: 'warn', ...config, paths: {cam: {source}}});
	try {
		await listening(port);
		return await measure(`rtsp://${address}/cam?start=fast`);
	} finally {
		child.kill('SIGTERM');
		await once(child, 'exit');
		rmSync(folder, {recursive: true});
	}
};

const measure = async (url: string): Promise<Delay> => {
	await firstPicture(url);
	const all: number[] = [];
	for (let count = 0; count < tries; count++) {
		// At another place of the ten seconds each time.
		await sleep(700);
		all.push(await firstPicture(url));
	}
	all.sort((a, b) => a - b);
	const at = (share: number) => Math.round(all[Math.floor(share * (tries - 1))] ?? NaN);
	return {row: firstPictureRow, tries, leastMs: at(0), medianMs: at(0.5), mostMs: at(1)};
};

/** Milliseconds until ffmpeg has decoded a picture. */
const firstPicture = async (url: string): Promise<number> => {
	const startMs = performance.now();
	const child = spawn('ffmpeg', [
		...['-nostdin', '-v', 'error', '-probesize', '32', '-analyzeduration', '0'],
		...['-rtsp_transport', 'tcp', '-i', url, '-an', '-frames:v', '1', '-f', 'null', '-'],
	]);
	const [code] = (await once(child, 'exit')) as [number];
	if (code !== 0) throw new Error(`ffmpeg ended with ${code}`);
	return performance.now() - startMs;
};
