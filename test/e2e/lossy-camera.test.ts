// Cameras that lose packets: what is recorded of them can be played, and `lossPolicy` says what RTSP readers get.
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {makeFolder, runCommand} from '../helpers/command.ts';
import {complaints, packetsOf} from '../helpers/films.ts';
import {startScriptedCamera} from '../helpers/scripted-camera.ts';
import type {Script} from '../helpers/scripted-camera.ts';
import {startPaths} from '../helpers/server.ts';

/** Of 100 pictures, with a key frame every 25: packets of other pictures, of a key frame, and a picture as a whole. */
const lossy: Script = {
	udp: 'announced',
	hasSound: true,
	packets: (packets, index, track) => {
		if (track === 'audio') return packets;
		const place = index % 100;
		if (place === 10) return packets.slice(1);
		if (place === 40) return packets.slice(0, -1);
		if (place === 75) return packets.filter((_, position) => position !== 2);
		return place === 90 ? [] : packets;
	},
};

/** Of each second only the key frame is whole: its first successor never comes. */
const losesSecond: Script = {
	packets: (packets, index) => (index % 25 === 1 ? [] : packets),
};

/** Every 25th interleaved frame loses its end, and some of them all but their first bytes. */
const cutsFrames = (): Script => {
	let count = 0;
	return {
		hasSound: true,
		wire: frames =>
			frames.map(frame =>
				++count % 25 === 0 ? frame.subarray(0, 1 + ((count * 97) % (frame.length - 1))) : frame,
			),
	};
};

const record = async (t: ExecutionContext, url: string, ...options: string[]): Promise<string> => {
	const file = `${makeFolder(t)}/film.mp4`;
	const {code, stderr} = await runCommand('ffmpeg', [
		...['-v', 'error', '-y', ...options, '-i', url, '-t', '6', '-c', 'copy', file],
	]);
	t.is(code, 0, stderr);
	return file;
};

for (const rtspTransport of ['tcp', 'udp'])
	test(`what is recorded of a camera that loses packets over ${rtspTransport} plays without an error`, async t => {
		const camera = await startScriptedCamera(t, lossy);
		const {url, said} = await startPaths(t, {cam: {source: camera.url(), rtspTransport}});
		await said(/\[cam\] a frame misses a piece/);
		const file = await record(t, `${url}/cam/index.m3u8`);
		t.is(await complaints(file), '');
		const pictures = await packetsOf(file, 'v:0');
		t.true(pictures.some(({isKey}) => isKey));
		t.true(pictures.length > 25);
	});

test('what is recorded of a camera that cuts interleaved frames plays without an error', async t => {
	const camera = await startScriptedCamera(t, cutsFrames());
	const {url, said} = await startPaths(t, {cam: {source: camera.url(), rtspTransport: 'tcp'}});
	await said(/\[cam\] the camera cut a packet short/);
	t.is(await complaints(await record(t, `${url}/cam/index.m3u8`)), '');
	t.is(camera.sessions.length, 1);
});

const passes = test.macro({
	async exec(t, lossPolicy: 'drop' | 'pass', wanted: (pictures: number, keys: number) => boolean) {
		const camera = await startScriptedCamera(t, losesSecond);
		const {server, said} = await startPaths(t, {
			cam: {source: camera.url(), rtspTransport: 'tcp', lossPolicy},
		});
		await said(/\[cam\] source ready/);
		const url = `${server.rtspUrl}/cam`;
		const pictures = await packetsOf(await record(t, url, '-rtsp_transport', 'tcp'), 'v:0');
		const keys = pictures.filter(({isKey}) => isKey).length;
		t.true(wanted(pictures.length, keys), `${pictures.length} pictures, ${keys} key frames`);
	},
	title: (_, policy) => `lossPolicy: ${policy} decides what RTSP readers get behind a loss`,
});
test(passes, 'drop', (pictures, keys) => pictures === keys);
test(passes, 'pass', (pictures, keys) => pictures > 10 * keys);

test('lossPolicy: pass gives HLS whole pictures all the same', async t => {
	const camera = await startScriptedCamera(t, lossy);
	const {url, said} = await startPaths(t, {
		cam: {source: camera.url(), rtspTransport: 'tcp', lossPolicy: 'pass'},
	});
	await said(/\[cam\] a frame misses a piece/);
	t.is(await complaints(await record(t, `${url}/cam/index.m3u8`)), '');
});
