// Every recipe of the guide, with stand-ins for its camera and its servers.
import {spawn} from 'node:child_process';
import {mkdirSync, readFileSync} from 'node:fs';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {startCamera} from '../helpers/camera.ts';
import {makeFolder} from '../helpers/command.ts';
import {makeFilm} from '../helpers/films.ts';
import {startRecorder} from '../helpers/recorder.ts';
import {freePort, startRtmpServer} from '../helpers/rtmp-server.ts';
import {inTurn, startStreamer} from '../helpers/streamer.ts';

const guide = readFileSync('docs/guides/5-streamer.md', 'utf8');
const recipes = [...guide.matchAll(/^streamer (\S.*)$/gm)].map(([, words = '']) =>
	words.replace(/\s+#.*$/, ''),
);

test('the guide has ten recipes', t => t.is(recipes.length, 10));

/** By what stands in a recipe: what stands in for it, in this folder. */
const standIns: Record<string, (t: ExecutionContext, folder: string) => Promise<string>> = {
	'rtsp://user:password@camera/stream': async t => {
		const {port} = await startCamera(t, {gop: 10, user: 'user', password: 'password'});
		return `rtsp://user:password@127.0.0.1:${port}/live`;
	},
	'rtmp://server/live/key': async t => `${(await startRtmpServer(t)).url}/key`,
	'rtsp://server/stage': async (t, folder) => (await startRecorder(t, `${folder}/seen`)).url,
	'srt://server:9000': async t => {
		const port = await freePort();
		const peer = spawn('srt-live-transmit', ['-q', `srt://:${port}?mode=listener`, 'file://con'], {
			stdio: 'ignore',
		});
		t.teardown(() => peer.kill('SIGKILL'));
		return `srt://127.0.0.1:${port}`;
	},
	'film.mp4': (t, folder) => makeFilm(t, folder, {name: 'plain.mp4', seconds: 4}),
	'film.mkv': (t, folder) => makeFilm(t, folder, {name: 'plain.mkv', seconds: 4}),
	'film.webm': (t, folder) => makeFilm(t, folder, {name: 'vp9.webm', seconds: 4}),
	':9000': async () => ':0',
	'live/index.m3u8': async (_, folder) => {
		mkdirSync(`${folder}/live`);
		return `${folder}/live/index.m3u8`;
	},
};

for (const recipe of recipes)
	test(`streamer ${recipe}`, t =>
		inTurn(async () => {
			const folder = makeFolder(t);
			const words: string[] = [];
			for (const word of recipe.split(/\s+/))
				words.push((await standIns[word]?.(t, folder)) ?? word);
			const hasEnd = words.includes('--duration') || words.includes('film.flv');
			if (!hasEnd && !words.includes('--http')) words.push('--http', ':0');
			const streamer = startStreamer(t, words, {cwd: folder});
			await streamer.said(/pass through|passes through|becomes/);
			streamer.say('play');
			if (!hasEnd) {
				await streamer.until(({position}) => position > 0.5);
				streamer.say('exit');
			}
			t.is(await streamer.ended(), 0, streamer.lines.join('\n'));
			const failures = streamer.lines.filter(line => line.startsWith('streamer: '));
			t.deepEqual(
				failures.filter(line => !line.endsWith('nothing was written')),
				[],
			);
		}));
