import test from 'ava';
import type {ExecutionContext} from 'ava';
import {parsePlaylist} from '../../../helpers/hls-playlist.ts';
import {movingPicture, run, startServer} from '../../../helpers/live.ts';
import {StrictHls} from '../../../helpers/strict-hls.ts';

const play = async (t: ExecutionContext, config: Record<string, unknown> = {}) => {
	const {server, url} = await startServer(t, {
		hlsVariant: 'lowLatency',
		hlsSegmentDuration: '500ms',
		paths: {'site/cam': {source: movingPicture}},
		...config,
	});
	const client = new StrictHls(url, 'site/cam');
	await client.open();
	return {server, url, client};
};

/** Plays until so many segments were complete. */
const playSegments = async (client: StrictHls, count: number) => {
	while (client.compared < count) await client.step();
};

test('a strict client finds nothing wrong in any playlist, part and segment', async t => {
	const {client} = await play(t);
	await playSegments(client, 9);
	t.true(client.segments.length >= 9);
});

const pictures: [rate: number, part: string, target: number][] = [
	[25, '100ms', 0.08],
	[24, '200ms', 5 / 24],
	[30, '200ms', 0.2],
	[5, '100ms', 0.2],
];
for (const [rate, part, target] of pictures)
	test(`at ${rate} pictures a second parts of ${part} are of whole pictures`, async t => {
		const source = `test:?size=160x120&rate=${rate}&gop=${rate}`;
		const {client} = await play(t, {hlsPartDuration: part, paths: {'site/cam': {source}}});
		await playSegments(client, 2);
		t.true(Math.abs((client.playlist?.partTarget ?? 0) - target) < 0.0001);
	});

test('a delta update is the playlist without what is known', async t => {
	const {client} = await play(t, {hlsSegmentCount: 20});
	await playSegments(client, 13);
	const {msn, part} = client.next();
	const wait = {_HLS_msn: msn, _HLS_part: part};
	const full = parsePlaylist(await client.text(client.url(wait)));
	for (const skip of ['YES', 'v2']) {
		const delta = parsePlaylist(await client.text(client.url({...wait, _HLS_skip: skip})));
		t.true(delta.skipped > 0);
		t.is(delta.mediaSequence, full.mediaSequence);
		const known = full.segments.filter(({sequence}) => sequence < delta.segments[0]!.sequence);
		t.is(known.length, delta.skipped);
	}
});

test('what nobody can wait for is refused, and what is old answered at once', async t => {
	const {client} = await play(t);
	await playSegments(client, 2);
	const {msn} = client.next();
	const status = async (query: Record<string, string | number>) => {
		const answer = await fetch(client.url(query));
		return [answer.status, answer.headers.get('cache-control')];
	};
	const refused = [400, 'public, max-age=1'];
	t.deepEqual(await status({_HLS_part: 1}), refused);
	t.deepEqual(await status({_HLS_msn: 'x'}), refused);
	t.deepEqual(await status({_HLS_msn: msn, _HLS_part: -1}), refused);
	t.deepEqual(await status({_HLS_msn: msn + 9}), refused);
	t.deepEqual(await status({_HLS_msn: msn + 2, _HLS_part: 99}), refused);
	t.deepEqual(await status({_HLS_msn: 0, _HLS_part: 0}), [200, 'public, max-age=6']);
	t.deepEqual(await status({}), [200, 'public, max-age=0']);
});

test('a part past the end of its segment is the first of the next one', async t => {
	const {client} = await play(t);
	await playSegments(client, 1);
	const {msn} = client.next();
	const answer = parsePlaylist(await client.text(client.url({_HLS_msn: msn, _HLS_part: 5})));
	const next = answer.segments.find(({sequence}) => sequence === msn + 1);
	t.true((next?.parts.length ?? 0) >= 1);
});

test('all who wait for a part get the same text, compressed or not', async t => {
	const {client} = await play(t);
	await client.step();
	const {msn, part} = client.next();
	const url = client.url({_HLS_msn: msn, _HLS_part: part});
	const ask = async (encoding: string): Promise<string> =>
		(await fetch(url, {headers: {'accept-encoding': encoding}})).text();
	const texts = await Promise.all(['gzip', 'identity', 'gzip'].map(ask));
	// Whoever is answered a part later has what the others have, and that part.
	const known = texts.map(text => text.slice(0, text.lastIndexOf('#EXT-X-PRELOAD-HINT')));
	const longest = known.reduce((one, other) => (one.length > other.length ? one : other));
	for (const text of known) t.true(longest.startsWith(text));
});

test('a part can be asked for by HEAD and in pieces, and one that is far ahead is not there', async t => {
	const {client, url} = await play(t);
	await client.step();
	const {uri} = client.playlist!.segments.at(-1)!.parts[0]!;
	const whole = await client.bytes(uri);
	const base = `${url}/site/cam/`;
	const head = await fetch(base + uri, {method: 'HEAD'});
	t.is(head.headers.get('content-length'), String(whole.length));
	const range = await fetch(base + uri, {headers: {range: 'bytes=8-15'}});
	t.deepEqual(Buffer.from(await range.arrayBuffer()), whole.subarray(8, 16));
	const ahead = await fetch(base + uri.replace(/\d+\.m4s/, '9999.m4s'));
	t.is(ahead.status, 404);
	t.is(ahead.headers.get('cache-control'), 'public, max-age=1');
	const asked = await fetch(base + uri, {method: 'OPTIONS'});
	t.is(asked.status, 204);
});

test('a path says for itself which kind of HLS it has', async t => {
	const paths = {
		'site/cam': {source: movingPicture},
		plain: {source: movingPicture, hlsVariant: 'fmp4'},
	};
	const {url, client} = await play(t, {paths});
	t.truthy(client.playlist?.partTarget);
	const master = await client.text(`${url}/plain/index.m3u8`);
	const media = await client.text(`${url}/plain/${master.trim().split('\n').at(-1)}`);
	t.false(media.includes('PART'));
});

test('ffprobe reads it', async t => {
	const {url} = await play(t);
	const source = `${url}/site/cam/index.m3u8`;
	const probed = await run('ffprobe', '-v', 'error', '-show_streams', '-of', 'json', source);
	t.is(probed.code, 0);
	t.regex(probed.stdout, /"codec_name": "h264"[^]*"codec_name": "aac"/);
});
