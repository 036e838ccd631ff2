import {mkdirSync, readFileSync, readdirSync} from 'node:fs';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {reportSchema} from '../../lib/inspect/report.ts';
import type {FrameRow} from '../../lib/inspect/report.ts';
import {nalName} from '../../lib/inspect/words.ts';
import {startCamera} from '../helpers/camera.ts';
import type {Camera} from '../helpers/camera.ts';
import {makeFolder, runCommand} from '../helpers/command.ts';
import {nalType, splitNals} from '../helpers/media.ts';

/** Two seconds with B-frames, served from its beginning to each visitor. */
const startFilm = async (
	t: ExecutionContext,
	options: {password?: string} = {},
): Promise<Camera> => {
	const film = `${makeFolder(t)}/film.mp4`;
	const source = ['-f', 'lavfi', '-i', 'testsrc2=size=320x240:rate=25', '-t', '2'];
	const coding = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-bf', '3', '-g', '20'];
	await runCommand('ffmpeg', ['-nostdin', '-v', 'error', ...source, ...coding, film]);
	return startCamera(t, {
		launch: `( filesrc location=${film} ! qtdemux ! h264parse ! rtph264pay name=pay0 pt=96 )`,
		...(options.password !== undefined && {user: 'admin', password: options.password}),
	});
};

const runChain = async (url: string, file: string, seconds: number) =>
	runCommand(process.execPath, ['examples/chain-in-typescript.ts', url, file, String(seconds)]);

type PrintedFrame = {picture: string; timestamp: number; bytes: number; nals: string};

const printedFrames = (stdout: string): PrintedFrame[] =>
	[...stdout.matchAll(/^frame \d+ (\w)\s.*time (\d+), (\d+) bytes in \d+ packets: (.*)$/gm)].map(
		([, picture = '', time, bytes, nals = '']) => ({
			picture,
			timestamp: Number(time),
			bytes: Number(bytes),
			nals,
		}),
	);

/** What the core counts: NAL units with four bytes of length each, without sets and delimiters. */
const coreBytes = (nals: Buffer[]): number =>
	nals.filter(nal => nalType(nal) < 7).reduce((sum, nal) => sum + 4 + nal.length, 0);

const nativeFrames = async (url: string): Promise<FrameRow[]> => {
	const args = ['inspect', url, '--json', '--seconds', '4', '--packets', '10000'];
	const {stdout} = await runCommand('bin/sluice', args);
	return reportSchema.parse(JSON.parse(stdout)).frames;
};

test('the chain in TypeScript alone has the frames of the native core, and ffmpeg has no complaint', async t => {
	const camera = await startFilm(t);
	const folder = makeFolder(t);
	const file = `${folder}/film.h264`;
	const {code, stdout, stderr} = await runChain(camera.url, file, 4);
	t.like({code, stderr}, {code: 0, stderr: ''});
	t.regex(stdout, /^SPS: profile 100, level 1\.3, 320x240$/m);
	t.regex(stdout, /^PPS: 0 of SPS 0, CABAC$/m);
	const printed = printedFrames(stdout);
	t.is(printed.length, 50);

	const native = await nativeFrames(camera.url);
	const [first, nativeFirst] = [printed[0]?.timestamp ?? 0, native[0]?.timestamp ?? 0];
	const since = (timestamp: number, from: number) => (timestamp - from) | 0;
	const nals = splitNals(readFileSync(file));
	t.is(nals.length, printed.flatMap(frame => frame.nals.split(' ')).length);
	t.deepEqual(
		printed.map(({picture, timestamp, nals: names}) => ({
			picture,
			time: since(timestamp, first),
			bytes: coreBytes(nals.splice(0, names.split(' ').length)),
		})),
		native.map(({picture, timestamp, bytes}) => ({
			picture,
			time: since(timestamp, nativeFirst),
			bytes,
		})),
	);
	t.deepEqual(
		printed.map(frame => frame.nals.replace(/SPS PPS /, '')),
		native.map(frame =>
			frame.nals
				.filter(type => type !== 7 && type !== 8)
				.map(type => nalName('H264', type))
				.join(' '),
		),
	);

	const decoded = await runCommand('ffmpeg', ['-v', 'error', '-i', file, '-f', 'null', '-']);
	t.deepEqual([decoded.code, decoded.stdout, decoded.stderr], [0, '', '']);
	const dash = `${folder}/dash`;
	mkdirSync(dash);
	const copy = ['-v', 'error', '-i', file, '-c', 'copy', '-f', 'dash', `${dash}/film.mpd`];
	const copied = await runCommand('ffmpeg', copy);
	t.deepEqual([copied.code, copied.stderr], [0, '']);
	t.deepEqual(
		readdirSync(dash)
			.map(name => name.replace(/.*\./, ''))
			.toSorted(),
		['m4s', 'm4s', 'mpd'],
	);
});

test('the chain answers a password, and says what is wrong in one line', async t => {
	const camera = await startFilm(t, {password: 'gehe/im'});
	const file = `${makeFolder(t)}/film.h264`;
	const url = (password: string) => camera.url.replace('//', `//admin:${password}@`);
	const right = await runChain(url('gehe%2Fim'), file, 1);
	t.is(right.code, 0);
	t.true(printedFrames(right.stdout).length > 0);
	const wrong = await runChain(url('wrong'), file, 1);
	t.deepEqual([wrong.code, wrong.stderr], [1, 'expected 200 to DESCRIBE, got 401\n']);
	const nothing = await runChain('http://camera/', file, 1);
	t.is(nothing.code, 1);
	t.regex(nothing.stderr, /^usage: .*\n$/);
});
