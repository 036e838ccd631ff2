import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {text} from 'node:stream/consumers';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {reportSchema} from '../../lib/inspect/report.ts';
import type {Report} from '../../lib/inspect/report.ts';
import {startCamera} from '../helpers/camera.ts';
import {makeFolder, runCommand} from '../helpers/command.ts';
import {startScriptedCamera} from '../helpers/scripted-camera.ts';

const inspect = async (args: string[]) => runCommand('bin/sluice', ['inspect', ...args]);

const reportOf = async (args: string[]): Promise<Report> => {
	const {stdout, code} = await inspect([...args, '--json']);
	return reportSchema.parse(code === 0 ? JSON.parse(stdout) : undefined);
};

/** Two seconds of H.264 with B-frames, and the types of its pictures in the order of the file. */
const makeFilm = async (t: ExecutionContext): Promise<{file: string; pictures: string[]}> => {
	const file = `${makeFolder(t)}/film.mp4`;
	const source = ['-f', 'lavfi', '-i', 'testsrc2=size=320x240:rate=25', '-t', '2'];
	const coding = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-bf', '3', '-g', '20'];
	await runCommand('ffmpeg', ['-nostdin', '-v', 'error', ...source, ...coding, file]);
	const entries = ['-show_entries', 'frame=pict_type,pkt_pos', '-of', 'json', file];
	const probed = await runCommand('ffprobe', ['-v', 'error', '-show_frames', ...entries]);
	const {frames} = JSON.parse(probed.stdout) as {frames: {pict_type: string; pkt_pos: string}[]};
	const inFileOrder = frames.toSorted((a, b) => Number(a.pkt_pos) - Number(b.pkt_pos));
	return {file, pictures: inFileOrder.map(({pict_type: type}) => type)};
};

test('a file with B-frames has the picture types that ffprobe reads in it', async t => {
	const {file, pictures} = await makeFilm(t);
	t.true(pictures.includes('B'));
	const launch = `( filesrc location=${file} ! qtdemux ! h264parse ! rtph264pay name=pay0 pt=96 )`;
	const camera = await startCamera(t, {launch});
	const report = await reportOf([camera.url, '--seconds', '4', '--packets', '1000']);
	// Only the next picture ends one whose packets have no marker; the last may be missing.
	const types = report.frames.map(({picture}) => picture);
	t.true(types.length >= pictures.length - 1);
	t.deepEqual(types, pictures.slice(0, types.length));
	t.like(report.tracks[0]?.frames, {damaged: 0, types: {I: 3}});
	t.like(report.tracks[0]?.frames.gop, {frames: {min: 20, max: 20}});
});

test('a camera with sound and a password is printed for people, without the password', async t => {
	const camera = await startCamera(t, {user: 'admin', password: 'geheim'});
	const url = camera.url.replace('//', '//admin:geheim@');
	const {code, stdout, stderr} = await inspect([url, '--seconds', '2', '--packets', '5']);
	t.is(code, 0);
	t.is(stderr, '');
	t.regex(stdout, /password +Digest MD5/);
	t.regex(stdout, /Packets: the first 5/);
	t.regex(stdout, /frame rate +announced 25, by RTP time 25/);
	t.regex(stdout, /AAC +LC, 48000 Hz, 2 channels/);
	t.false(/geheim|\u001B/.test(stdout));
});

test('what cannot be printed, because the disk is full, is exit code 1 with a line', async t => {
	const camera = await startCamera(t);
	const words = `exec bin/sluice inspect ${camera.url} --seconds 1 --json >/dev/full`;
	const {code, stderr} = await runCommand('sh', ['-c', words]);
	t.is(code, 1);
	t.regex(stderr, /^sluice: Standard output cannot be written: .*ENOSPC.* \(FILE_UNWRITABLE\)\n$/);
});

test('of a camera that cannot be read it tells how far it came, the cause with its code, and exit code 1', async t => {
	const camera = await startCamera(t, {user: 'admin', password: 'right'});
	const wrong = await inspect([camera.url.replace('//', '//admin:geheim@')]);
	t.is(wrong.code, 1);
	t.regex(wrong.stdout, /OPTIONS +200 OK\n +DESCRIBE +401 Unauthorized/);
	t.regex(
		wrong.stderr,
		/^sluice: Expected the camera to take user and password, got 401.* \(RTSP_UNAUTHORIZED\)\n$/,
	);
	const nobody = await inspect(['rtsp://127.0.0.1:1/']);
	t.like(nobody, {code: 1, stdout: ''});
	t.regex(
		nobody.stderr,
		/^sluice: Expected a connection to 127\.0\.0\.1 port 1, got.* \(RTSP_CONNECT\)\n$/,
	);
	const asJson = await inspect(['rtsp://127.0.0.1:1/', '--json']);
	t.is(asJson.code, 1);
	t.is(reportSchema.parse(JSON.parse(asJson.stdout)).ended?.code, 'RTSP_CONNECT');
	const unknown = await inspect([camera.url.replace('/live', '/nothing')]);
	t.is(unknown.code, 1);
	t.regex(unknown.stderr, /^sluice: Expected 200 to DESCRIBE, got 404|401/);
});

test('what is no RTSP URL is said to be none, without its password', async t => {
	const {code, stderr} = await inspect(['http://admin:geheim@camera/']);
	t.is(code, 2);
	t.regex(stderr, /rtsp\+ws:\/\/, got http:\/\/admin:\*\*\*@camera/);
});

test('Ctrl-C ends the look and prints what was seen so far', async t => {
	const camera = await startScriptedCamera(t, {hasSound: true});
	const child = spawn('bin/sluice', ['inspect', camera.url(), '--seconds', '600', '--json'], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const ended = once(child, 'exit');
	const output = text(child.stdout);
	let sent = 0;
	camera.on('picture', count => (sent = count));
	await camera.untilPicture(() => sent >= 30);
	child.kill('SIGINT');
	t.deepEqual(await ended, [0, null]);
	const report = reportSchema.parse(JSON.parse(await output));
	t.true((report.tracks[0]?.frames.count ?? 0) > 0);
	t.is(camera.methods().at(-1), 'TEARDOWN');
});

test('a reader that has seen enough ends it without a complaint', async t => {
	const camera = await startCamera(t);
	const command = `bin/sluice inspect ${camera.url} --seconds 1 --packets 100000 | head -1`;
	const {code, stdout, stderr} = await runCommand('sh', ['-c', command]);
	t.like({code, stderr}, {code: 0, stderr: ''});
	t.is(stdout, `${camera.url}\n`);
});
