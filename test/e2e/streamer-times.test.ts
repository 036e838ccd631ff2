// The tracks of a film keep their times against each other, whatever they begin with.
import {readFileSync} from 'node:fs';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {makeFolder, runCommand} from '../helpers/command.ts';
import {complaints, makeFilm, packetsOf} from '../helpers/films.ts';
import type {FilmName} from '../helpers/films.ts';
import {shiftsOf} from '../helpers/shifts.ts';
import {runStreamer} from '../helpers/streamer.ts';

/** FLV and Matroska count milliseconds; rounded on the way in and on the way out. */
const roundingUs = 1100;

/** All frames that both have are later by the same; tells how many they are. */
const isInStep = async (t: ExecutionContext, before: string, after: string) => {
	const [pictures, sound] = await Promise.all([
		shiftsOf('v:0', before, after),
		shiftsOf('a:0', before, after),
	]);
	const all = [...pictures, ...sound];
	t.true(Math.max(...all) - Math.min(...all) < roundingUs, `${pictures[0]} ${sound[0]}`);
	return {pictures: pictures.length, sound: sound.length};
};

type Case = {film: FilmName; output: string; seconds?: number; options?: string[]};

const keepsTimes = test.macro({
	async exec(t, {film, output, seconds = 3, options = []}: Case) {
		const folder = makeFolder(t);
		const input = await makeFilm(t, folder, {name: film, seconds});
		const file = `${folder}/${output}`;
		const {code, lines} = await runStreamer(t, [input, file, ...options]);
		t.is(code, 0, lines.join('\n'));
		t.deepEqual(lines, ['H.264 and AAC pass through']);
		const {pictures, sound} = await isInStep(t, input, file);
		t.true(pictures >= 50, `${pictures} pictures`);
		// HLS by our own packager begins with the first key frame.
		t.true(sound >= 80, `${sound} frames of sound`);
	},
	title: (_, {film, output, options = []}: Case) =>
		['the tracks of', film, 'stay in step in', output, ...options].join(' '),
});

for (const film of ['noise-late.mp4', 'noise-late.flv', 'picture-late.mkv'] as const)
	for (const output of ['out.mp4', 'out.flv', 'out.ts']) test(keepsTimes, {film, output});
for (const film of ['noise-late.ts', 'picture-late.ts', 'picture-late.mp4'] as const)
	test(keepsTimes, {film, output: 'out.mp4'});
for (const variant of ['mpegts', 'fmp4'])
	test(keepsTimes, {film: 'picture-late.mkv', output: 'x.m3u8', options: ['--hls', variant]});
// Longer than what waits in front of the output at first.
test(keepsTimes, {film: 'picture-later.mkv', output: 'out.mp4', seconds: 8});
test(keepsTimes, {film: 'picture-later.flv', output: 'out.ts', seconds: 8});

/** Of pictures, in the order in which they are decoded, from the first one on. */
const shownAt = async (file: string): Promise<number[]> => {
	const times = (await packetsOf(file, 'v:0')).map(({ptsUs}) => ptsUs);
	return times.map(time => Math.round((time - times[0]!) / 1000));
};

for (const [container, output, ...options] of [
	['avi', 'out.mp4'],
	['avi', 'out.ts'],
	['avi', 'x.m3u8', '--hls', 'fmp4'],
	['h264', 'out.mp4'],
] as const)
	test(`reordered pictures of ${container}, which has no times for them, pass through to their times in ${output}`, async t => {
		const folder = makeFolder(t);
		const film = await makeFilm(t, folder, {name: 'bframes.mp4'});
		const input = `${folder}/in.${container}`;
		await runCommand('ffmpeg', ['-v', 'error', '-i', film, '-map', '0:v', '-c', 'copy', input]);
		const file = `${folder}/${output}`;
		const {code, lines} = await runStreamer(t, [input, file, ...options]);
		t.is(code, 0, lines.join('\n'));
		t.deepEqual(lines, ['H.264 passes through']);
		t.deepEqual(await shownAt(file), await shownAt(film));
	});

test('a film that was cut between two key frames keeps all its pictures, in step with its sound', async t => {
	const folder = makeFolder(t);
	const whole = await makeFilm(t, folder, {name: 'noise-late.mp4', seconds: 4});
	const cut = `${folder}/cut.mp4`;
	// It has an edit list that begins 0.3 s behind its first picture.
	await runCommand('ffmpeg', ['-v', 'error', '-ss', '1.3', '-i', whole, '-c', 'copy', cut]);
	const stored = (await packetsOf(cut, 'v:0')).length;
	for (const output of ['out.mp4', 'out.flv', 'out.ts', 'round.mp4']) {
		const file = `${folder}/${output}`;
		const options = output.startsWith('round') ? ['--loop', '--duration', '5s'] : [];
		t.is((await runStreamer(t, [cut, file, ...options])).code, 0);
		t.true((await isInStep(t, whole, file)).sound > 100);
		const times = (await packetsOf(file, 'v:0')).map(({ptsUs}) => ptsUs).sort((a, b) => a - b);
		if (options.length === 0) t.is(times.length, stored);
		const steps = times.slice(1).map((time, index) => time - times[index]!);
		t.true(Math.max(...steps) < 100_000, `${output} ${Math.max(...steps)}`);
	}
});

/** When the loudest sample is heard, in milliseconds after the first picture. */
const clickOf = async (t: ExecutionContext, file: string): Promise<number> => {
	const raw = `${makeFolder(t)}/raw`;
	const decode = ['-map', '0:a', '-ac', '1', '-ar', '48000', '-f', 's16le', raw];
	await runCommand('ffmpeg', ['-v', 'error', '-i', file, ...decode]);
	const bytes = readFileSync(raw);
	const samples = new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
	let loudest = 0;
	for (const [index, sample] of samples.entries())
		if (Math.abs(sample) > Math.abs(samples[loudest]!)) loudest = index;
	const [sound, picture] = await Promise.all([packetsOf(file, 'a:0'), packetsOf(file, 'v:0')]);
	return loudest / 48 + (sound[0]!.ptsUs - picture[0]!.ptsUs) / 1000;
};

for (const [film, output] of [
	['click-48000.mov', 'out.mp4'],
	['click-48000.mov', 'out.ts'],
	['click-8000.mov', 'out.mp4'],
	['click-8000.mov', 'out.flv'],
	['click-opus.mkv', 'out.flv'],
	['click-opus.mkv', 'out.mp4'],
] as const)
	test(`what is heard in ${film} is heard at the same time in ${output}`, async t => {
		const folder = makeFolder(t);
		const input = await makeFilm(t, folder, {name: film});
		const file = `${folder}/${output}`;
		t.is((await runStreamer(t, [input, file])).code, 0);
		const [before, after] = [await clickOf(t, input), await clickOf(t, file)];
		// The lead-in of Opus is 6.5 ms, which not all containers tell of.
		t.true(Math.abs(after - before) < 10, `${before} ${after}`);
		if (!output.endsWith('.flv')) t.is(await complaints(file), '');
	});
