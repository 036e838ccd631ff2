// Films again and again, and what is left of them when they are ended, also in a pause.
import {readdirSync} from 'node:fs';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {makeFolder} from '../helpers/command.ts';
import {complaints, makeFilm, packetsOf, probe} from '../helpers/films.ts';
import type {FilmName, Packet} from '../helpers/films.ts';
import {startRtmpServer} from '../helpers/rtmp-server.ts';
import {runStreamer, startStreamer} from '../helpers/streamer.ts';

const pictureUs = 40_000;
/** From one picture of our film to the next that is decoded before those between them, in pictures. */
const reordered = 4;

/** How far a time is from the one before it. */
const stepsOf = (packets: readonly Packet[], time: 'ptsUs' | 'dtsUs'): number[] => {
	const times = packets.map(packet => packet[time]);
	if (time === 'ptsUs') times.sort((a, b) => a - b);
	return times.slice(1).map((at, index) => at - times[index]!);
};

/** A round of a film is as long as its longest track; the others wait at its end, or cut their last frame short. */
const goesOn = (t: ExecutionContext, packets: readonly Packet[], frameUs: number) => {
	const presented = stepsOf(packets, 'ptsUs');
	t.true(Math.min(...presented) > frameUs / 4, `${Math.min(...presented)}`);
	t.true(Math.max(...presented) < 2.5 * frameUs, `${Math.max(...presented)}`);
	t.true(Math.min(...stepsOf(packets, 'dtsUs')) > 0);
};

type Case = {film: FilmName; output: string; seconds?: number};

const loops = test.macro({
	async exec(t, {film, output, seconds = 1}: Case) {
		const folder = makeFolder(t);
		const input = await makeFilm(t, folder, {name: film, seconds});
		const file = `${folder}/${output}`;
		const {code, lines} = await runStreamer(t, [input, file, '--loop', '--duration', '4500ms']);
		t.is(code, 0, lines.join('\n'));
		t.is(lines.length, 1, lines.join('\n'));
		const {codecs, durations} = await probe(file);
		const hasVideo = codecs.some(codec => codec !== 'aac');
		if (hasVideo) goesOn(t, await packetsOf(file, 'v:0'), pictureUs);
		if (codecs.includes('aac')) goesOn(t, await packetsOf(file, 'a:0'), 21_333);
		for (const [codec, length] of Object.entries(durations))
			if (!output.endsWith('.flv')) t.true(length > 4.4 && length < 4.6, `${codec} ${length}`);
		// Pictures of our Matroska begin half a picture late, which ffmpeg rounds now up and now down.
		if (!output.endsWith('.flv') && !film.endsWith('.mkv')) t.is(await complaints(file), '');
	},
	title: (_, {film, output}: Case) =>
		`${film} goes on in ${output} without a gap, round after round`,
});

for (const film of ['plain.mp4', 'bframes.mp4', 'plain.mkv', 'plain.ts', 'plain.flv'] as const)
	test(loops, {film, output: 'out.mp4'});
for (const film of ['silent.mp4', 'sound.m4a', 'hevc.mp4', 'mpeg4.avi'] as const)
	test(loops, {film, output: 'out.mp4'});
for (const film of ['theora.ogg', 'sound.wav', 'sound.mp3', 'opus.mkv'] as const)
	test(loops, {film, output: 'out.mp4'});
test(loops, {film: 'vp9.webm', output: 'out.flv'});
test(loops, {film: 'bframes.mp4', output: 'out.ts'});
test(loops, {film: 'bframes.mp4', output: 'out.flv'});
test(loops, {film: 'plain.mp4', output: 'out.flv'});
// Longer than what waits in front of the output at most.
test(loops, {film: 'plain.ts', output: 'long.mp4', seconds: 4});

for (const variant of ['mpegts', 'fmp4'])
	test(`a film goes on in HLS as ${variant}`, async t => {
		const folder = makeFolder(t);
		const film = await makeFilm(t, makeFolder(t), {name: 'plain.mp4', seconds: 2});
		const playlist = `${folder}/index.m3u8`;
		const options = ['--loop', '--duration', '9s', '--hls', variant];
		const {code, lines} = await runStreamer(t, [film, playlist, ...options]);
		t.is(code, 0, lines.join('\n'));
		goesOn(t, await packetsOf(playlist, 'v:0'), pictureUs);
		t.is(await complaints(playlist), '');
	});

test('a film goes on to an RTMP server', async t => {
	const folder = makeFolder(t);
	const film = await makeFilm(t, folder, {name: 'plain.mp4', seconds: 1});
	const {url} = await startRtmpServer(t);
	const streamer = startStreamer(t, [film, `${url}/key`, '--loop', '--http', ':0']);
	await streamer.until(({position}) => position > 0.3);
	const seen = `${folder}/seen.flv`;
	const player = runStreamer(t, [`${url}/key`, seen, '--duration', '4s']);
	t.is((await player).code, 0);
	goesOn(t, await packetsOf(seen, 'v:0'), pictureUs);
	streamer.say('exit');
	t.is(await streamer.ended(), 0);
});

/** A film that fills a file for ever. */
const startLooping = async (t: ExecutionContext, ...options: string[]) => {
	const folder = makeFolder(t);
	const film = await makeFilm(t, makeFolder(t), {name: 'bframes.mp4', seconds: 2});
	const output = `${folder}/out.mp4`;
	const streamer = startStreamer(t, [film, output, '--loop', '--http', ':0', ...options]);
	return {...streamer, folder, output};
};

for (const end of ['exit', 'SIGTERM', 'SIGINT'] as const)
	test(`${end} while a film is paused leaves an mp4 that is finished and playable`, async t => {
		const {child, say, until, ended, folder, output} = await startLooping(t);
		await until(({position}) => position > 3);
		say('pause');
		const {position, frames} = await until(({state}) => state === 'paused');
		if (end === 'exit') say(end);
		else child.kill(end);
		t.is(await ended(), 0);
		t.is(await complaints(output), '');
		const {codecs, durations} = await probe(output);
		t.deepEqual(codecs, ['aac', 'h264']);
		t.true(durations['h264']! > position - 0.1, `${durations['h264']} ${position}`);
		t.true((await packetsOf(output, 'v:0')).length >= frames);
		t.deepEqual(readdirSync(folder), ['out.mp4']);
	});

test('a film that is paused stops where it is, and goes on there', async t => {
	const {say, until, status, ended, output} = await startLooping(t, '--paused');
	const waiting = await until(({state}) => state === 'paused');
	t.is(waiting.frames, 0);
	say('play');
	await until(({position}) => position > 3);
	say('pause');
	const {frames} = await until(({state}) => state === 'paused');
	// One frame of each track may be on its way still.
	t.true((await status()).frames <= frames + 1);
	say('play');
	await until(status => status.frames > frames + 100);
	say('exit');
	t.is(await ended(), 0);
	t.is(await complaints(output), '');
	// The end came between a picture and those that are shown before it.
	const pictures = await packetsOf(output, 'v:0');
	const newest = Math.max(...pictures.map(({ptsUs}) => ptsUs));
	const sure = pictures.filter(({ptsUs}) => ptsUs <= newest - reordered * pictureUs);
	goesOn(t, sure, pictureUs);
	goesOn(t, await packetsOf(output, 'a:0'), 21_333);
});
