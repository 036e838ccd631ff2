import {
	copyFileSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	writeFileSync,
} from 'node:fs';
import {pathToFileURL} from 'node:url';
import test from 'ava';
import {makeFolder, runCommand} from '../helpers/command.ts';
import {complaints, makeFilm, probe} from '../helpers/films.ts';
import type {FilmName} from '../helpers/films.ts';
import {runStreamer, startStreamer} from '../helpers/streamer.ts';

type Case = {film: FilmName; output: string; says: string; codecs: string[]};

const passes = 'H.264 and AAC pass through';
const both = ['aac', 'h264'];

const becomes = test.macro({
	async exec(t, {film, output, says, codecs}: Case) {
		const folder = makeFolder(t);
		const input = await makeFilm(t, folder, {name: film, seconds: 1});
		const {code, lines} = await runStreamer(t, [input, `${folder}/${output}`]);
		t.deepEqual(lines, [says]);
		t.is(code, 0);
		const found = await probe(`${folder}/${output}`);
		t.deepEqual(found.codecs, codecs);
		for (const [codec, seconds] of Object.entries(found.durations))
			if (output.endsWith('.mp4')) t.true(seconds > 0.9 && seconds < 1.2, `${codec} ${seconds}`);
		if (!output.endsWith('.flv')) t.is(await complaints(`${folder}/${output}`), '');
		t.false(existsSync(`${folder}/${output}.part`));
	},
	title: (_, {film, output}: Case) => `${film} becomes ${output}`,
});

test(becomes, {film: 'plain.mp4', output: 'out.mp4', says: passes, codecs: both});
test(becomes, {film: 'bframes.mp4', output: 'out.ts', says: passes, codecs: both});
test(becomes, {film: 'bframes.mp4', output: 'out.flv', says: passes, codecs: both});
test(becomes, {film: 'plain.mkv', output: 'out.flv', says: passes, codecs: both});
test(becomes, {film: 'plain.ts', output: 'out.mp4', says: passes, codecs: both});
test(becomes, {film: 'plain.flv', output: 'out.mp4', says: passes, codecs: both});
test(becomes, {
	...{film: 'silent.mp4', output: 'out.ts', codecs: ['h264']},
	says: 'H.264 passes through',
});
test(becomes, {
	...{film: 'sound.m4a', output: 'out.mp4', codecs: ['aac']},
	says: 'AAC passes through',
});
test(becomes, {
	...{film: 'hevc.mp4', output: 'out.flv', codecs: both},
	says: 'AAC passes through; H.265 becomes H.264',
});
test(becomes, {
	...{film: 'hevc.mp4', output: 'out.mp4', codecs: ['aac', 'hevc']},
	says: 'H.265 and AAC pass through',
});
test(becomes, {
	...{film: 'vp9.webm', output: 'out.flv', codecs: both},
	says: 'VP9 becomes H.264; Opus becomes AAC',
});
test(becomes, {
	...{film: 'vp9.webm', output: 'out.mp4', codecs: ['opus', 'vp9']},
	says: 'VP9 and Opus pass through',
});
test(becomes, {
	...{film: 'opus.mkv', output: 'out.flv', codecs: both},
	says: 'H.264 passes through; Opus becomes AAC',
});
test(becomes, {
	// AVI has no presentation times.
	...{film: 'mpeg4.avi', output: 'out.flv', codecs: both},
	says: 'MPEG-4 becomes H.264; MP3 becomes AAC',
});
test(becomes, {
	...{film: 'theora.ogg', output: 'out.mp4', codecs: both},
	says: 'Theora becomes H.264; Vorbis becomes AAC',
});
test(becomes, {film: 'phone.3gp', output: 'out.mp4', says: passes, codecs: both});
test(becomes, {
	...{film: 'windows.asf', output: 'out.mp4', codecs: both},
	says: 'WMV becomes H.264; WMA becomes AAC',
});
test(becomes, {
	...{film: 'studio.mxf', output: 'out.ts', codecs: ['aac', 'mpeg2video']},
	says: 'MPEG-2 passes through; PCM becomes AAC',
});
test(becomes, {
	...{film: 'sound.wav', output: 'out.mp4', codecs: ['aac']},
	says: 'PCM becomes AAC',
});
test(becomes, {
	...{film: 'sound.mp3', output: 'out.ts', codecs: ['mp3']},
	says: 'MP3 passes through',
});
test(becomes, {
	...{film: 'sound.mp2', output: 'out.ts', codecs: ['mp2']},
	says: 'MP2 passes through',
});

for (const film of ['plain.nut', 'picture.gif', 'picture.mjpeg'] as const)
	test(`${film}, which GStreamer does not understand, is what cannot be read`, async t => {
		const folder = makeFolder(t);
		const input = await makeFilm(t, folder, {name: film, seconds: 1});
		const {code, lines} = await runStreamer(t, [input, `${folder}/out.mp4`]);
		t.is(code, 1);
		t.regex(lines.at(-1)!, new RegExp(`${film} cannot be read: `));
	});

/** Of all pictures, or of all packets with `-c copy`. */
const hashes = async (file: string, ...options: string[]): Promise<string[]> => {
	const args = ['-v', 'error', '-i', file, ...options, '-f', 'framemd5', '-'];
	const {stdout} = await runCommand('ffmpeg', args);
	const lines = stdout.split('\n').filter(line => /^\d/.test(line));
	return lines.map(line => `${line.slice(0, 1)} ${line.split(',').at(-1)!.trim()}`).sort();
};

for (const film of ['plain.mp4', 'bframes.mp4'] as const)
	test(`what passes through of ${film} is untouched`, async t => {
		const folder = makeFolder(t);
		const input = await makeFilm(t, folder, {name: film, seconds: 1});
		for (const output of ['out.mp4', 'out.flv', 'out.ts']) {
			t.is((await runStreamer(t, [input, `${folder}/${output}`])).code, 0);
			// Parameter sets may have been added, so pictures are compared.
			const pictures = await hashes(input, '-map', '0:v');
			t.is(pictures.length, 25);
			t.deepEqual(await hashes(`${folder}/${output}`, '-map', '0:v'), pictures);
		}
		// What stands before the beginning and behind the end by mp4's edit list is not played, and not passed on.
		const sound = ['-map', '0:a', '-c', 'copy'];
		const before = await hashes(input, ...sound);
		const after = await hashes(`${folder}/out.mp4`, ...sound);
		t.true(after.length >= before.length - 2);
		t.deepEqual(
			after.filter(packet => !before.includes(packet)),
			[],
		);
	});

for (const variant of ['mpegts', 'fmp4'])
	test(`a playlist may have a percent sign and blanks in its name, as ${variant} too`, async t => {
		const folder = `${makeFolder(t)}/50% of %d`;
		mkdirSync(folder);
		const input = await makeFilm(t, folder, {name: 'plain.mp4', seconds: 3});
		const playlist = `${folder}/100%d of it.m3u8`;
		const {code, lines} = await runStreamer(t, [input, playlist, '--hls', variant]);
		t.is(code, 0, lines.join('\n'));
		const listed = readFileSync(playlist, 'utf8').match(/^[^#\s].*$/gm) ?? [];
		t.true(listed.length > 0);
		for (const name of listed) t.true(existsSync(`${folder}/${name}`), name);
		t.is(await complaints(playlist), '');
	});

for (const film of ['ac3.mkv', 'eac3.mkv', 'mulaw.mkv', 'vp8.webm', 'mpeg2.mpg'] as const)
	test(`all tracks of ${film} arrive by HLS in fragmented MP4`, async t => {
		const folder = makeFolder(t);
		const input = await makeFilm(t, folder, {name: film, seconds: 1});
		const {code, lines} = await runStreamer(t, [input, `${folder}/i.m3u8`, '--hls', 'fmp4']);
		t.is(code, 0, lines.join('\n'));
		t.deepEqual([...new Set((await probe(`${folder}/i.m3u8`)).codecs)], ['aac', 'h264']);
		t.is(await complaints(`${folder}/i.m3u8`), '');
	});

test('an output file is replaced by a whole one only', async t => {
	const folder = makeFolder(t);
	const input = await makeFilm(t, folder, {name: 'plain.mp4', seconds: 1});
	writeFileSync(`${folder}/out.mp4`, 'old');
	writeFileSync(`${folder}/bad.mp4`, 'no film');
	const refused = await runStreamer(t, [`${folder}/bad.mp4`, `${folder}/out.mp4`]);
	t.is(refused.code, 1);
	t.is(refused.lines.length, 1);
	t.is(readFileSync(`${folder}/out.mp4`, 'utf8'), 'old');
	const done = await runStreamer(t, [pathToFileURL(input).href, 'out.mp4'], {cwd: folder});
	t.is(done.code, 0);
	t.is(await complaints(`${folder}/out.mp4`), '');
	t.deepEqual(readdirSync(folder).sort(), ['bad.mp4', 'out.mp4', 'plain.mp4']);
});

test('what an earlier run left is an input of its own file, and stays', async t => {
	const folder = makeFolder(t);
	const film = await makeFilm(t, makeFolder(t), {name: 'plain.ts', seconds: 1});
	copyFileSync(film, `${folder}/out.ts.part`);
	const {code, lines} = await runStreamer(t, ['out.ts.part', 'out.ts'], {cwd: folder});
	t.is(code, 0, lines.join('\n'));
	t.is(await complaints(`${folder}/out.ts`), '');
	t.deepEqual(readdirSync(folder).sort(), ['out.ts', 'out.ts.part']);
	t.deepEqual(readFileSync(`${folder}/out.ts.part`), readFileSync(film));
});

test('footage of a recorder that was killed stays when it is started again', async t => {
	const folder = makeFolder(t);
	const start = () => startStreamer(t, ['test:', `${folder}/out.ts`, '--http', ':0']);
	const killed = start();
	await killed.until(({position}) => position > 1);
	killed.child.kill('SIGKILL');
	await killed.ended();
	const footage = readFileSync(`${folder}/out.ts.part`);
	t.true(footage.length > 0);
	const again = start();
	await again.until(({position}) => position > 1);
	again.child.kill('SIGTERM');
	t.is(await again.ended(), 0);
	t.deepEqual(readdirSync(folder).sort(), ['out.ts', 'out.ts.part']);
	t.deepEqual(readFileSync(`${folder}/out.ts.part`), footage);
});

for (const [what, input, output, line] of [
	['an input that is not there', 'none.mp4', 'out.mp4', /none\.mp4 cannot be read: No such file/i],
	[
		'an input named like what is made',
		'out.ts.part',
		'out.ts',
		/out\.ts\.part cannot be read: No such/,
	],
	['a folder that is not there', 'test:', 'none/out.mp4', /Cannot write .*none: there is no such/],
	['a camera that is not there', 'rtsp://127.0.0.1:1/x', 'out.mp4', /127\.0\.0\.1.*refused/i],
	['a server that is not there', 'rtmp://127.0.0.1:1/a/b', 'out.mp4', /127\.0\.0\.1.*refused/i],
	['an RTMP server that is not there', 'test:', 'rtmp://127.0.0.1:1/live/secretkey', /refused/i],
	['an RTSP server that is not there', 'test:', 'rtsp://127.0.0.1:1/live', /127\.0\.0\.1/],
] as const)
	test(`${what} is told in one line, with exit code 1 and nothing left behind`, async t => {
		const folder = makeFolder(t);
		const {code, lines} = await runStreamer(t, [input, output], {cwd: folder});
		t.is(code, 1);
		const told = lines.filter(text => !text.endsWith('pass through'));
		t.is(told.length, 1, lines.join('\n'));
		t.regex(told[0]!, line);
		t.regex(told[0]!, /^streamer: /);
		t.notRegex(lines.join('\n'), /secretkey/);
		t.deepEqual(readdirSync(folder), []);
	});

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
	test(`${signal} leaves an mp4 that is finished and playable`, async t => {
		const folder = makeFolder(t);
		const output = `${folder}/out.mp4`;
		const streamer = startStreamer(t, ['test:', output, '--http', ':0']);
		await streamer.until(({position}) => position > 1);
		streamer.child.kill(signal);
		t.is(await streamer.ended(), 0);
		t.is(await complaints(output), '');
		t.deepEqual((await probe(output)).codecs, both);
		t.deepEqual(readdirSync(folder), ['out.mp4']);
	});
