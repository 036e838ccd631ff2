// What ffmpeg reads of sound is what it publishes, byte by byte: seven codecs in one session.
import {readFileSync} from 'node:fs';
import test from 'ava';
import {makeFolder, runCommand, startUntilOver} from '../helpers/command.ts';
import {startPaths} from '../helpers/server.ts';

/** As ffmpeg makes it; at least so many bytes of three seconds are looked for. */
const sounds = {
	'G.711 mu': {made: '-c:a pcm_mulaw -ar 8000 -ac 1', bytes: 10_000},
	'G.711 A': {made: '-c:a pcm_alaw -ar 8000 -ac 1', bytes: 10_000},
	'G.722': {made: '-c:a g722 -ar 16000 -ac 1', bytes: 10_000},
	'G.726': {made: '-c:a g726 -b:a 32k -ar 8000 -ac 1', bytes: 5000},
	L16: {made: '-c:a pcm_s16be -ar 44100 -ac 2', bytes: 200_000},
	MP3: {made: '-c:a libmp3lame -ar 48000 -ac 2 -b:a 128k', bytes: 20_000},
	Opus: {made: '-c:a libopus -ar 48000 -ac 2 -b:a 64k', bytes: 10_000},
};
const all = Object.entries(sounds);

/** What makes one of them of the noise, as the n-th track of its output. */
const encoder = (made: string, track: number): string[] =>
	made.replace(/-(c|ar|ac|b)(?::a)?/g, `-$1:a:${track}`).split(' ');

test(`sound of ${Object.keys(sounds).join(', ')} is read as it is published`, async t => {
	const [sent, read] = [makeFolder(t), makeFolder(t)];
	const noise = ['-f', 'lavfi', '-i', 'anoisesrc=sample_rate=48000:duration=20:seed=7'];
	const {server, said} = await startPaths(t, {all_others: {}});
	const url = `${server.rtspUrl ?? ''}/cam`;
	startUntilOver(t, 'ffmpeg', [
		...['-nostdin', '-v', 'error', '-re', ...noise, ...all.flatMap(() => ['-map', '0:a'])],
		...all.flatMap(([, {made}], track) => encoder(made, track)),
		...['-f', 'rtsp', '-rtsp_transport', 'tcp', url],
	]);
	t.regex(await said(/\[cam\] source (ready|failed)/), /ready: 7 tracks/);
	// The same noise once more; without times and heads.
	const encoded = all.flatMap(([, {made}], track) => [
		...['-map', '0:a', ...encoder(made, 0), '-f', 'data', `${sent}/${track}.raw`],
	]);
	const copied = all.flatMap((_, track) => [
		...['-map', `0:${track}`, '-c', 'copy', '-t', '3', '-f', 'data', `${read}/${track}.raw`],
	]);
	const [{stderr}] = await Promise.all([
		runCommand('ffmpeg', ['-v', 'error', '-rtsp_transport', 'tcp', '-i', url, ...copied]),
		runCommand('ffmpeg', ['-v', 'error', ...noise, ...encoded]),
	]);
	t.is(stderr, '');
	for (const [track, [codec, {bytes}]] of all.entries()) {
		const [published, got] = [sent, read].map(folder => readFileSync(`${folder}/${track}.raw`));
		t.true(got!.length >= bytes, `${codec}: ${got!.length} bytes`);
		t.true(published!.includes(got!), codec);
	}
});
