// What goes wrong is one line that says where, exit code 1, and nothing that claims to be whole.
import {
	mkdirSync,
	readdirSync,
	readFileSync,
	statSync,
	symlinkSync,
	truncateSync,
	writeFileSync,
} from 'node:fs';
import {createServer} from 'node:http';
import type {RequestListener, ServerResponse} from 'node:http';
import {once} from 'node:events';
import type {AddressInfo} from 'node:net';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {makeFolder, runCommand} from '../helpers/command.ts';
import {complaints, makeFilm, probe} from '../helpers/films.ts';
import type {FilmName} from '../helpers/films.ts';
import {startRtmpServer} from '../helpers/rtmp-server.ts';
import {runStreamer, startStreamer} from '../helpers/streamer.ts';
import {startTls} from '../helpers/tls.ts';

const told = (lines: readonly string[]) => lines.filter(line => line.startsWith('streamer: '));

type Fault = {input: string; output?: string; line: RegExp; env?: NodeJS.ProcessEnv};

/** Runs it in the folder: one line, exit code 1, and the folder is as it was. */
const fails = async (
	t: ExecutionContext,
	folder: string,
	{input, output = 'out.mp4', line, env}: Fault,
) => {
	const before = readdirSync(folder).sort();
	const {code, lines} = await runStreamer(t, [input, output], {cwd: folder, ...(env && {env})});
	t.is(code, 1, lines.join('\n'));
	t.is(told(lines).length, 1, lines.join('\n'));
	t.regex(told(lines)[0]!, line);
	t.true(lines.length <= 2, lines.join('\n'));
	t.deepEqual(readdirSync(folder).sort(), before);
};

const files: Record<string, [(t: ExecutionContext, folder: string) => Promise<string>, RegExp]> = {
	'a folder': [async () => '.', /cannot be read: it is not a regular file/],
	'an empty file': [
		async (_, folder) => {
			writeFileSync(`${folder}/empty.mp4`, '');
			return 'empty.mp4';
		},
		/empty\.mp4 cannot be read: /,
	],
	'a text': [
		async (_, folder) => {
			writeFileSync(`${folder}/text.mp4`, 'this is no film\n');
			return 'text.mp4';
		},
		/text\.mp4 cannot be read: /,
	],
	'a mp4 whose end is missing': [
		async (t, folder) => {
			truncateSync(await makeFilm(t, folder, {name: 'plain.mp4', seconds: 1}), 3000);
			return 'plain.mp4';
		},
		/plain\.mp4 cannot be read: /,
	],
	'a file of subtitles': [
		async (_, folder) => {
			writeFileSync(`${folder}/film.srt`, '1\n00:00:00,000 --> 00:00:01,000\nHello\n\n');
			return 'film.srt';
		},
		/film\.srt cannot be read: /,
	],
};

for (const [what, [make, line]] of Object.entries(files))
	test(`${what} is no input, and that is one line`, async t => {
		const folder = makeFolder(t);
		await fails(t, folder, {input: await make(t, folder), line});
	});

test('a file that this user may not read is told to be that', async t => {
	const folder = makeFolder(t);
	await makeFilm(t, folder, {name: 'plain.mp4', seconds: 1});
	// Root may read everything: so it is a user without that right.
	const line =
		'chmod 000 plain.mp4; chmod 777 .; exec setpriv --bounding-set=-all --inh-caps=-all ' +
		`${process.cwd()}/bin/streamer plain.mp4 out.mp4`;
	const {code, stderr} = await runCommand('sh', ['-c', line], {cwd: folder});
	t.is(code, 1);
	t.regex(stderr, /^streamer: .*plain\.mp4 cannot be read: Permission denied\n$/);
});

const serve = async (t: ExecutionContext, answer: RequestListener): Promise<number> => {
	const server = createServer(answer).listen(0, '127.0.0.1');
	await once(server, 'listening');
	t.teardown(() => {
		server.close();
		server.closeAllConnections();
	});
	return (server.address() as AddressInfo).port;
};

test('HTTP: a server that is not there is the input that cannot be read', async t => {
	const input = 'http://user:secret@127.0.0.1:1/live/index.m3u8?token=hush';
	const {code, lines} = await runStreamer(t, [input, 'out.mp4'], {cwd: makeFolder(t)});
	t.is(code, 1);
	t.is(lines.length, 1, lines.join('\n'));
	t.regex(lines[0]!, /^streamer: http:\/\/.*127\.0\.0\.1:1\/live\/.* cannot be read: \S/);
	t.notRegex(lines[0]!, /hush|secret/);
});

for (const status of [403, 404, 500])
	test(`HTTP: an answer of ${status} is the input that cannot be read`, async t => {
		const port = await serve(t, (_, response) => void response.writeHead(status).end('no'));
		const line = /^streamer: http:\/\/127\.0\.0\.1:\d+\/a\.m3u8 cannot be read: \S/;
		await fails(t, makeFolder(t), {input: `http://127.0.0.1:${port}/a.m3u8`, line});
	});

test('HTTP: a page is no stream', async t => {
	const page = '<!doctype html><title>Hello</title><p>no stream';
	const port = await serve(t, (_, response) => {
		response.writeHead(200, {'content-type': 'text/html'}).end(page);
	});
	const line = /^streamer: http:\/\/127\.0\.0\.1:\d+\/a cannot be read: \S/;
	await fails(t, makeFolder(t), {input: `http://127.0.0.1:${port}/a`, line});
});

/** Gives half of a film, until it goes away. */
const serveHalf = async (t: ExecutionContext) => {
	const film = readFileSync(await makeFilm(t, makeFolder(t), {name: 'plain.ts', seconds: 8}));
	const answers = new Set<ServerResponse>();
	let isGone = false;
	const port = await serve(t, (_, response) => {
		if (isGone) return void response.destroy();
		response.writeHead(200, {'content-type': 'video/mp2t', 'content-length': film.length});
		response.write(film.subarray(0, film.length / 2));
		answers.add(response);
	});
	const goAway = () => {
		isGone = true;
		for (const response of answers) response.destroy();
	};
	return {url: `http://127.0.0.1:${port}/film.ts`, goAway};
};

test('HTTP: a server that goes away is the input that cannot be read; what is written is whole', async t => {
	const output = `${makeFolder(t)}/out.mp4`;
	const {url, goAway} = await serveHalf(t);
	const streamer = startStreamer(t, [url, output, '--http', ':0']);
	await streamer.until(({position}) => position > 0.5);
	goAway();
	t.is(await streamer.ended(), 1, streamer.lines.join('\n'));
	t.is(told(streamer.lines).length, 1, streamer.lines.join('\n'));
	t.regex(
		told(streamer.lines)[0]!,
		/^streamer: http:\/\/127\.0\.0\.1:\d+\/film\.ts cannot be read: \S/,
	);
	t.deepEqual((await probe(output)).codecs, ['aac', 'h264']);
	t.is(await complaints(output), '');
});

// hlsdemux2 of GStreamer 1.22 does not find a live playlist again that had one segment.
test('HLS: a live playlist that is lost is the input that cannot be read; what is written is whole', async t => {
	const film = readFileSync(await makeFilm(t, makeFolder(t), {name: 'plain.ts', seconds: 2}));
	let asked = 0;
	const playlist = (count: number) =>
		[
			...['#EXTM3U', '#EXT-X-VERSION:3', '#EXT-X-TARGETDURATION:2', '#EXT-X-MEDIA-SEQUENCE:0'],
			...Array.from({length: count}, (_, index) => `#EXTINF:2.0,\n${index}.ts`),
			'',
		].join('\n');
	const port = await serve(t, ({url}, response) => {
		response.end(url?.endsWith('.ts') ? film : playlist(asked++ === 0 ? 1 : 2));
	});
	const output = `${makeFolder(t)}/out.mp4`;
	const {code, lines} = await runStreamer(t, [`http://127.0.0.1:${port}/a.m3u8`, output]);
	t.is(code, 1, lines.join('\n'));
	t.is(told(lines).length, 1, lines.join('\n'));
	t.regex(told(lines)[0]!, /a\.m3u8 cannot be read: it lost its place in the live stream$/);
	t.deepEqual((await probe(output)).codecs, ['aac', 'h264']);
	t.is(await complaints(output), '');
});

test('HTTP: a server that goes away before anything was written leaves nothing', async t => {
	const folder = makeFolder(t);
	const {url, goAway} = await serveHalf(t);
	const streamer = startStreamer(t, [url, 'out.mp4', '--paused', '--http', ':0'], {cwd: folder});
	await streamer.until(({state}) => state === 'paused');
	goAway();
	t.is(await streamer.ended(), 1, streamer.lines.join('\n'));
	t.deepEqual(readdirSync(folder), []);
});

test('HTTPS: a certificate of nobody known is the input that cannot be read', async t => {
	const plain = await serve(t, (_, response) => void response.end('#EXTM3U\n'));
	const port = await startTls(t, plain);
	const line = /^streamer: https:\/\/localhost:\d+\/a\.m3u8 cannot be read: \S/;
	await fails(t, makeFolder(t), {input: `https://localhost:${port}/a.m3u8`, line});
});

test('an output that is lost while HTTP comes in is the output', async t => {
	const film = readFileSync(await makeFilm(t, makeFolder(t), {name: 'plain.ts', seconds: 8}));
	const port = await serve(t, (_, response) => {
		response.writeHead(200, {'content-type': 'video/mp2t', 'content-length': film.length});
		response.end(film);
	});
	const server = await startRtmpServer(t);
	const input = `http://127.0.0.1:${port}/film.ts`;
	const streamer = startStreamer(t, [input, `${server.url}/key`, '--http', ':0']);
	await streamer.until(({state, position}) => state === 'playing' && position > 0.3);
	await server.stop();
	t.is(await streamer.ended(), 1);
	t.is(told(streamer.lines).length, 1, streamer.lines.join('\n'));
	t.regex(
		told(streamer.lines)[0]!,
		/^streamer: rtmp:\/\/127\.0\.0\.1:\d+\/live\/\*\*\* cannot be written: \S/,
	);
});

test('RTMPS: a certificate of nobody known is the output that cannot be written', async t => {
	const server = await startRtmpServer(t);
	const port = await startTls(t, server.port);
	const line = /^streamer: rtmps:\/\/localhost:\d+\/live\/\*\*\* cannot be written: \S/;
	const output = `rtmps://localhost:${port}/live/abcd`;
	await fails(t, makeFolder(t), {input: 'test:?size=160x120', output, line});
});

const plugins = '/usr/lib/x86_64-linux-gnu/gstreamer-1.0';

/** GStreamer without one of its plugins. */
const without = (t: ExecutionContext, plugin: string): NodeJS.ProcessEnv => {
	const folder = makeFolder(t);
	mkdirSync(`${folder}/plugins`);
	for (const name of needed)
		if (name !== plugin)
			symlinkSync(`${plugins}/libgst${name}.so`, `${folder}/plugins/libgst${name}.so`);
	const [path, registry] = [`${folder}/plugins`, `${folder}/registry.bin`];
	return {...process.env, GST_PLUGIN_SYSTEM_PATH_1_0: path, GST_REGISTRY_1_0: registry};
};

/** For all of the below. */
const needed = [
	...['coreelements', 'playback', 'typefindfunctions', 'isomp4', 'mpegtsmux', 'mpegtsdemux', 'flv'],
	...['rtmp2', 'srt', 'rtspclientsink', 'hls', 'soup', 'x264', 'libav', 'vpx', 'opus', 'matroska'],
	...['audioparsers', 'videoparsersbad', 'audioconvert', 'audioresample', 'videoconvertscale'],
	...['codectimestamper', 'opusparse', 'rtp', 'rtpmanager', 'udp', 'app', 'rtsp', 'tcp'],
];

const lacks = test.macro({
	async exec(
		t,
		plugin: string,
		[film, output]: [FilmName | 'http' | 'rtmp', string],
		element: string,
	) {
		const folder = makeFolder(t);
		const peers = {
			http: 'http://127.0.0.1:1/a.m3u8',
			rtmp: 'rtmp://user:password@127.0.0.1:1/live/key',
		};
		const input =
			film === 'http' || film === 'rtmp'
				? peers[film]
				: await makeFilm(t, folder, {name: film, seconds: 1});
		const line = new RegExp(`^streamer: .*GStreamer's element ${element} is not installed$`);
		await fails(t, folder, {input, output, line, env: without(t, plugin)});
	},
	title: (_, plugin: string, [, output]: [string, string]) =>
		`where GStreamer lacks ${plugin}, ${output} is one line that says so`,
});

test(lacks, 'rtmp2', ['plain.mp4', 'rtmp://127.0.0.1:1/live/key'], 'rtmp2sink');
test(lacks, 'rtmp2', ['rtmp', 'out.ts'], 'rtmp2src');
test(lacks, 'flv', ['plain.mp4', 'out.flv'], 'flvmux');
test(lacks, 'srt', ['plain.mp4', 'srt://127.0.0.1:1'], 'srtsink');
test(lacks, 'rtspclientsink', ['plain.mp4', 'rtsp://127.0.0.1:1/live'], 'rtspclientsink');
test(lacks, 'hls', ['plain.mp4', 'index.m3u8'], 'hlssink2');
test(lacks, 'mpegtsmux', ['plain.mp4', 'index.m3u8'], 'mpegtsmux');
test(lacks, 'isomp4', ['plain.ts', 'out.mp4'], 'mp4mux');
test(lacks, 'playback', ['plain.mp4', 'out.ts'], 'parsebin');
test(lacks, 'x264', ['vp9.webm', 'out.flv'], 'x264enc');
test(lacks, 'libav', ['opus.mkv', 'out.flv'], 'avenc_aac');
test(lacks, 'codectimestamper', ['plain.mkv', 'out.mp4'], 'h264timestamper');

for (const film of ['plain.mkv', 'plain.flv'] as const)
	test(`a ${film} that is cut short gives what it has, and it is told`, async t => {
		const folder = makeFolder(t);
		const file = await makeFilm(t, folder, {name: film, seconds: 8});
		truncateSync(file, Math.round(statSync(file).size * 0.6));
		const {code, lines} = await runStreamer(t, [file, `${folder}/out.mp4`]);
		t.is(code, 0);
		t.regex(
			told(lines).join('\n'),
			/^streamer: the input ended after [45]\.\d s and says that it has 8\.\d s: it may be cut short$/,
		);
		t.is(await complaints(`${folder}/out.mp4`), '');
	});
