import {pathToFileURL} from 'node:url';
import test from 'ava';
import {makeFolder, runCommand} from '../helpers/command.ts';
import {
	fetchError,
	fetchText,
	mediaPlaylistUrl,
	mediaSequence,
	serverConfig,
	startPaths,
	startServer,
	untilAnswer,
} from '../helpers/server.ts';

const probe = async (url: string) => {
	const {stdout, stderr} = await runCommand('ffprobe', [
		...['-v', 'warning', '-show_entries', 'stream=codec_name,width,height', '-of', 'csv=p=0'],
		url,
	]);
	return {streams: [...new Set(stdout.trim().split('\n').filter(Boolean))].sort(), stderr};
};

test('a test picture is played over HLS by ffprobe without a warning', async t => {
	const {url, said} = await startPaths(t, {cam: {source: 'test:?size=320x240'}});
	await said(/\[cam\] source ready: 2 tracks \(H264 320x240 25 fps, AAC 48 kHz stereo\)/);
	const {streams, stderr} = await probe(`${url}/cam/index.m3u8`);
	t.deepEqual(streams, ['aac', 'h264,320,240']);
	t.is(stderr, '');
});

test('a running path has playlist, segments, a snapshot and a line in the API', async t => {
	const {url, said} = await startPaths(t, {cam: {source: 'test:?size=320x240'}});
	await said(/source ready/);
	const playlistUrl = await mediaPlaylistUrl(url, 'cam');
	const playlist = await fetchText(playlistUrl);
	const init = /#EXT-X-MAP:URI="([^"]+)"/.exec(playlist)?.[1] ?? '';
	const segment = playlist.split('\n').find(line => line !== '' && !line.startsWith('#')) ?? '';
	for (const uri of [init, segment]) {
		const response = await fetch(new URL(uri, playlistUrl));
		t.is(response.status, 200);
		t.true((await response.bytes()).length > 100);
	}
	const snapshot = await fetch(`${url}/cam/snapshot.jpg`);
	t.is(snapshot.status, 200);
	t.deepEqual([...(await snapshot.bytes()).subarray(0, 2)], [0xff, 0xd8]);
	const facts: unknown = await (await fetch(`${url}/v3/paths/get/cam`)).json();
	t.like(facts, {
		name: 'cam',
		ready: true,
		state: 'ready',
		width: 320,
		tracks: ['H264', 'MPEG-4 Audio'],
	});
});

test('a source on demand starts for its first viewer and stops after the last', async t => {
	const {server, url, said} = await startPaths(
		t,
		{cam: {source: 'test:?size=160x120', sourceOnDemand: true, sourceOnDemandCloseAfter: '1s'}},
		{hlsMuxerCloseAfter: '1s'},
	);
	t.is(server.paths()[0]?.state, 'idle');
	t.is((await fetch(`${url}/cam/snapshot.jpg?start=no`)).status, 404);
	t.is(server.paths()[0]?.state, 'idle');
	await fetchText(`${url}/cam/index.m3u8`);
	t.is(server.paths()[0]?.state, 'ready');
	await said(/\[cam\] source stopped/);
	t.is(server.paths()[0]?.state, 'idle');
});

test('a file is played again and again', async t => {
	const file = `${makeFolder(t)}/film.mp4`;
	await runCommand('ffmpeg', [
		...['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=s=160x120:r=25', '-t', '1'],
		...['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-g', '25', file],
	]);
	const {url, said, lines} = await startPaths(t, {film: {source: pathToFileURL(file).href}});
	await said(/\[film\] source ready: 1 track \(H264 160x120 25 fps\)/);
	const playlistUrl = await mediaPlaylistUrl(url, 'film');
	// Further than the file is long.
	const playlist = await untilAnswer(
		() => fetchText(playlistUrl),
		text => mediaSequence(text) + text.split('#EXTINF').length > 4,
	);
	t.regex(playlist, /#EXTINF/);
	t.false(lines.some(line => line.includes('lost')));
});

test('a launch line publishes to its path, and another one reads that', async t => {
	const encode = 'x264enc tune=zerolatency key-int-max=25 ! h264parse ! hubsink';
	const {said} = await startPaths(t, {
		one: {gstreamer: `videotestsrc is-live=true ! video/x-raw,width=160,height=120 ! ${encode}`},
		two: {
			gstreamer: `hubsrc path=one ! decodebin ! videoscale ! video/x-raw,width=80,height=60 ! ${encode}`,
			sourceOnDemandStartTimeout: '30s',
		},
	});
	await said(/\[one\] source ready: 1 track \(H264 160x120/);
	await said(/\[two\] source ready: 1 track \(H264 80x60/);
	t.pass();
});

test('a launch line with a mistake fails its path with the reason', async t => {
	const {url, said} = await startPaths(t, {
		bad: {gstreamer: 'videotestsrc ! nosuchelement ! hubsink'},
	});
	await said(/\[bad\] source failed/);
	const {status, code, context} = await fetchError(`${url}/bad/index.m3u8`);
	t.like(
		{status, code, context},
		{status: 404, code: 'PATH_FAILED', context: {reason: 'PIPELINE_SYNTAX'}},
	);
});

test('a dead address is told apart from a path that is not there', async t => {
	const {url, said} = await startPaths(t, {cam: {source: 'rtsp://127.0.0.1:1/live'}});
	await said(/\[cam\] source failed/);
	t.like(await fetchError(`${url}/cam/index.m3u8`), {
		status: 404,
		code: 'PATH_FAILED',
		context: {reason: 'RTSP_CONNECT'},
	});
	t.like(await fetchError(`${url}/other/index.m3u8`), {status: 404, code: 'PATH_NOT_FOUND'});
});

test('20 paths at once all deliver', async t => {
	const names = Array.from({length: 20}, (_, index) => `cam${index}`);
	const source = 'test:?size=64x64&rate=5&audio=no&bitrate=50k';
	const paths = Object.fromEntries(
		names.map(name => [name, {source, sourceOnDemandStartTimeout: '30s'}]),
	);
	const {server, said} = await startPaths(t, paths);
	await Promise.all(names.map(name => said(new RegExp(`\\[${name}\\] source ready`))));
	t.true(server.paths().every(({ready}) => ready));
});

test('a reload while somebody watches does not touch what stays as it was', async t => {
	const file = `${makeFolder(t)}/sluice.yml`;
	const {writeFileSync} = await import('node:fs');
	const write = (paths: Record<string, Record<string, unknown>>) =>
		writeFileSync(file, JSON.stringify(serverConfig(paths)));
	const cam = {source: 'test:?size=160x120'};
	write({cam});
	const {server, url, said} = await startServer(t, {configFile: file});
	await said(/\[cam\] source ready/);
	const playlistUrl = await mediaPlaylistUrl(url, 'cam');
	write({cam, other: {source: 'test:?size=64x64'}});
	await said(/configuration loaded/);
	await said(/\[other\] source ready/);
	const playlist = await untilAnswer(
		() => fetchText(playlistUrl),
		text => mediaSequence(text) > 0,
	);
	t.notRegex(playlist, /DISCONTINUITY\b(?!-SEQUENCE)/);
	writeFileSync(file, 'paths: {cam: {sauce: x}}');
	await said(/configuration refused, all stays as it was: .*sauce/);
	t.deepEqual(
		server.paths().map(({name, ready}) => [name, ready]),
		[
			['cam', true],
			['other', true],
		],
	);
});

test('pause, play and exit by the API', async t => {
	const {server, url, said} = await startPaths(t, {cam: {source: 'test:?size=160x120'}});
	const command = async (name: string) =>
		(await fetch(`${url}/v3/paths/${name}/cam`, {method: 'POST'})).status;
	await said(/\[cam\] source ready/);
	t.is(await command('pause'), 200);
	t.is(server.paths()[0]?.state, 'paused');
	t.is(await command('play'), 200);
	t.is(server.paths()[0]?.state, 'ready');
	t.is(await command('exit'), 200);
	t.is(server.paths()[0]?.state, 'stopped');
	t.like(await fetchError(`${url}/cam/index.m3u8`), {code: 'PATH_PAUSED'});
	t.is(await command('play'), 200);
	await fetchText(`${url}/cam/index.m3u8`);
	t.is(server.paths()[0]?.state, 'ready');
});

test('close may be called twice, and ends viewers and sources', async t => {
	const {server, url, said} = await startPaths(t, {cam: {source: 'test:?size=160x120'}});
	await said(/source ready/);
	await fetchText(`${url}/cam/index.m3u8`);
	await Promise.all([server.close(), server.close()]);
	await t.throwsAsync(fetch(`${url}/healthz`));
	t.deepEqual(server.paths(), []);
});
