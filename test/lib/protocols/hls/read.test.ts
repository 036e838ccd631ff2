import {spawn} from 'node:child_process';
import {mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {fetchUntil, movingPicture, run, startServer} from '../../../helpers/live.ts';
import {until} from '../../../helpers/until.ts';

const live = (t: ExecutionContext, config: Record<string, unknown> = {}) =>
	startServer(t, {
		hlsSegmentDuration: '500ms',
		paths: {'site/cam': {source: movingPicture}},
		...config,
	});

const text = async (url: string) => (await fetch(url)).text();
const tag = (playlist: string, name: string) =>
	Number(new RegExp(`#EXT-X-${name}:(\\d+)`).exec(playlist)?.[1]);
const uris = (playlist: string) =>
	playlist.split('\n').filter(line => line !== '' && !line.startsWith('#'));
const mapUri = (playlist: string) => /#EXT-X-MAP:URI="([^"]+)"/.exec(playlist)?.[1] ?? '';
const open = async (url: string) => {
	const base = `${url}/site/cam/`;
	const multivariant = await text(`${base}index.m3u8`);
	return {base, multivariant, media: base + uris(multivariant)[0]};
};

test('a client that follows the playlist finds it consistent, and the media whole', async t => {
	const {url} = await live(t);
	const {base, multivariant, media} = await open(url);
	t.regex(
		multivariant,
		/CODECS="avc1\.[0-9a-f]{6},mp4a\.40\.2",RESOLUTION=320x240,FRAME-RATE=20\.000/,
	);
	const known = new Map<number, string>();
	let last = -1;
	const first = await text(media);
	await fetchUntil(
		() => text(media),
		playlist => {
			const sequence = tag(playlist, 'MEDIA-SEQUENCE');
			t.is(tag(playlist, 'TARGETDURATION'), tag(first, 'TARGETDURATION'));
			t.true(sequence >= last);
			last = sequence;
			for (const [index, uri] of uris(playlist).entries()) {
				t.is(known.get(sequence + index) ?? uri, uri);
				known.set(sequence + index, uri);
			}
			return sequence >= 3;
		},
	);
	const names = [mapUri(first), ...[...known.values()].slice(0, 6)];
	const pieces = await Promise.all(
		names.map(async name => Buffer.from(await (await fetch(base + name)).arrayBuffer())),
	);
	const folder = mkdtempSync(join(tmpdir(), 'sluice-hls-'));
	t.teardown(() => rmSync(folder, {recursive: true}));
	const file = join(folder, 'all.mp4');
	writeFileSync(file, Buffer.concat(pieces));
	const decoded = await run('ffmpeg', '-v', 'error', '-i', file, '-f', 'null', '-');
	t.like(decoded, {code: 0, stderr: ''});
});

test('what the multivariant playlist says of the bandwidth is true', async t => {
	const {url} = await live(t);
	const {base, media} = await open(url);
	await fetchUntil(
		() => text(media),
		playlist => uris(playlist).length >= 4,
	);
	const multivariant = await text(`${base}index.m3u8`);
	const peak = Number(/[^-]BANDWIDTH=(\d+)/.exec(multivariant)?.[1]);
	const average = Number(/AVERAGE-BANDWIDTH=(\d+)/.exec(multivariant)?.[1]);
	const playlist = await text(media);
	const lengths = [...playlist.matchAll(/#EXTINF:([\d.]+)/g)].map(match => Number(match[1]));
	const [uri = ''] = uris(playlist);
	const bytes = Number((await fetch(base + uri, {method: 'HEAD'})).headers.get('content-length'));
	t.true((bytes * 8) / lengths[0]! <= peak * 1.001);
	t.true(average <= peak);
	t.true(average > peak / 10);
});

test('ffprobe reads it', async t => {
	const {url} = await live(t);
	const source = `${url}/site/cam/index.m3u8`;
	const probed = await run('ffprobe', '-v', 'error', '-show_streams', '-of', 'json', source);
	t.is(probed.code, 0);
	t.regex(probed.stdout, /"codec_name": "h264"[^]*"codec_name": "aac"/);
});

test('hlsdemux of GStreamer plays it', async t => {
	const {url} = await live(t);
	const line = `souphttpsrc location=${url}/site/cam/index.m3u8 ! hlsdemux ! qtdemux ! h264parse ! avdec_h264 ! identity silent=false ! fakesink`;
	const player = spawn('gst-launch-1.0', ['-v', ...line.split(' ')]);
	t.teardown(() => player.kill());
	let pictures = 0;
	for await (const chunk of player.stdout as AsyncIterable<Buffer>) {
		pictures += String(chunk).split('= chain').length - 1;
		if (pictures > 30) break;
	}
	t.true(pictures > 30);
});

test('a segment has HEAD, ranges, leave for other origins and a long life', async t => {
	const {url} = await live(t);
	const {base, media} = await open(url);
	const name = base + uris(await text(media))[0];
	const whole = Buffer.from(await (await fetch(name)).arrayBuffer());
	const head = await fetch(name, {method: 'HEAD'});
	t.is(head.headers.get('content-length'), String(whole.length));
	t.is(head.headers.get('access-control-allow-origin'), '*');
	t.regex(head.headers.get('cache-control') ?? '', /immutable/);
	const part = await fetch(name, {headers: {range: 'bytes=100-1099'}});
	t.is(part.status, 206);
	t.deepEqual(Buffer.from(await part.arrayBuffer()), whole.subarray(100, 1100));
});

test('a playlist is compressed for those who take it', async t => {
	const {url} = await live(t);
	const {media} = await open(url);
	const zipped = await fetch(media, {headers: {'accept-encoding': 'gzip'}});
	t.is(zipped.headers.get('content-encoding'), 'gzip');
	const plain = await fetch(media, {headers: {'accept-encoding': 'identity'}});
	t.is(plain.headers.get('content-encoding'), null);
	t.regex(await plain.text(), /^#EXTM3U/);
});

test('a segment that has left the window, or is of another muxer, is 404', async t => {
	const {url} = await live(t);
	const {base, media} = await open(url);
	const name = uris(await text(media))[0]!;
	for (const gone of [
		name.replace(/^[0-9a-f]{8}/, '00000000'),
		name.replace(/\d+\.m4s/, '999999.m4s'),
	]) {
		const response = await fetch(base + gone);
		t.is(response.status, 404);
		t.like(await response.json(), {code: 'HLS_GONE'});
	}
});

test('one viewer too many is 429, and the muxer is none', async t => {
	const paths = {'site/cam': {source: movingPicture, maxReaders: 1}};
	const {url} = await live(t, {paths});
	const {media} = await open(url);
	t.is((await fetch(media)).status, 200);
	const refused = await fetch(`${url}/site/cam/index.m3u8`);
	t.is(refused.status, 429);
	t.like(await refused.json(), {code: 'PATH_TOO_MANY_READERS'});
	t.is((await fetch(media)).status, 200);
});

test('a path that is not there, or cannot be reached, is 404 with its reason', async t => {
	const {url} = await live(t, {
		paths: {dead: {source: 'rtsp://127.0.0.1:1/x', sourceOnDemand: true}},
	});
	const none = await fetch(`${url}/none/index.m3u8`);
	t.is(none.status, 404);
	t.like(await none.json(), {code: 'PATH_NOT_FOUND'});
	const dead = await fetch(`${url}/dead/index.m3u8`);
	t.is(dead.status, 404);
	t.like(await dead.json(), {code: 'PATH_FAILED'});
});

test('a source on demand runs while there is a muxer, and ends after it', async t => {
	const {server, url} = await live(t, {
		hlsMuxerCloseAfter: '100ms',
		paths: {
			'site/cam': {source: movingPicture, sourceOnDemand: true, sourceOnDemandCloseAfter: '100ms'},
		},
	});
	const state = () => server.paths().find(({name}) => name === 'site/cam')?.state;
	t.is(state(), 'idle');
	await open(url);
	t.is(state(), 'ready');
	await until(() => state() === 'idle');
	t.is(state(), 'idle');
});

test('hlsDirectory holds the segments while they are listed, and nothing afterwards', async t => {
	const hlsDirectory = mkdtempSync(join(tmpdir(), 'sluice-hls-'));
	t.teardown(() => rmSync(hlsDirectory, {recursive: true, force: true}));
	const {server, url} = await live(t, {hlsDirectory, hlsSegmentCount: 3});
	const {base, media} = await open(url);
	const files = () => readdirSync(join(hlsDirectory, 'site/cam'));
	await fetchUntil(
		() => text(media),
		playlist => tag(playlist, 'MEDIA-SEQUENCE') > 5,
	);
	const playlist = await text(media);
	await until(() => files().includes(uris(playlist)[0]!));
	t.true(files().length <= 10);
	t.true(files().includes(mapUri(playlist)));
	t.is((await fetch(base + mapUri(playlist))).status, 200);
	const newest = uris(playlist).at(-1)!;
	const whole = Buffer.from(await (await fetch(base + newest)).arrayBuffer());
	t.deepEqual(whole, readFileSync(join(hlsDirectory, 'site/cam', newest)));
	const part = await fetch(base + newest, {headers: {range: 'bytes=4-7'}});
	t.is(part.status, 206);
	t.is(await part.text(), whole.toString('latin1', 4, 8));
	await server.close();
	t.throws(files, {code: 'ENOENT'});
});

test('a segment that the disk does not take is left out of the playlist', async t => {
	const hlsDirectory = mkdtempSync(join(tmpdir(), 'sluice-hls-'));
	t.teardown(() => rmSync(hlsDirectory, {recursive: true, force: true}));
	const source = movingPicture;
	const {url} = await live(t, {hlsDirectory, paths: {'site/cam': {source}, clock: {source}}});
	const {media} = await open(url);
	const folder = join(hlsDirectory, 'site/cam');
	await until(() => putFileInPlaceOf(folder));
	const clock = `${url}/clock/${uris(await text(`${url}/clock/index.m3u8`))[0]}`;
	await fetchUntil(
		() => text(clock),
		playlist => uris(playlist).length >= 4,
	);
	rmSync(folder);
	const playlist = await fetchUntil(
		() => text(media),
		it => it.includes('#EXT-X-DISCONTINUITY\n'),
	);
	t.is((await fetch(new URL(uris(playlist).at(-1)!, media))).status, 200);
});

// Again where the muxer has just made the folder anew.
const putFileInPlaceOf = (folder: string): boolean => {
	rmSync(folder, {recursive: true, force: true});
	try {
		writeFileSync(folder, 'no folder');
		return true;
	} catch {
		return false;
	}
};

test('hls: no closes it', async t => {
	const {url} = await live(t, {hls: false});
	t.is((await fetch(`${url}/site/cam/index.m3u8`)).status, 404);
});
