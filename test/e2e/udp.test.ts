import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {run} from '../helpers/live.ts';
import {startScriptedCamera} from '../helpers/scripted-camera.ts';
import {fetchText, mediaPlaylistUrl, startPaths, untilAnswer} from '../helpers/server.ts';

test('HLS of a camera that loses packets over UDP is whole, and the losses are counted', async t => {
	const camera = await startScriptedCamera(t, {
		hasSound: true,
		udp: 'elsewhere',
		packets: (packets, index, track) =>
			track === 'video' && index % 25 === 20 ? packets.slice(1) : packets,
	});
	const source = {source: camera.url(), rtspTransport: 'udp', sourceOnDemand: false};
	const {url, said} = await startPaths(t, {cam: source}, {hlsSegmentDuration: '1s'});
	await said(/\[cam\] source ready: 2 tracks/);
	const playlistUrl = await mediaPlaylistUrl(url, 'cam');
	const playlist = await untilAnswer(
		() => fetchText(playlistUrl),
		text => (text.match(/#EXTINF/g)?.length ?? 0) >= 4,
	);
	const uris = playlist
		.split('\n')
		.flatMap(line => /^#EXT-X-MAP:URI="(.+)"/.exec(line)?.[1] ?? (/^[^#]/.test(line) ? line : []));
	const pieces = await Promise.all(
		uris.map(async uri => (await fetch(new URL(uri, playlistUrl))).arrayBuffer()),
	);
	const folder = mkdtempSync(path.join(tmpdir(), 'sluice-'));
	t.teardown(() => rmSync(folder, {recursive: true}));
	const file = path.join(folder, 'film.mp4');
	writeFileSync(file, Buffer.concat(pieces.map(piece => Buffer.from(piece))));
	const words = ['-v', 'error', '-i', file, '-f', 'null', '-'];
	const {code, stderr} = await run('ffmpeg', ...words);
	t.deepEqual({code, stderr}, {code: 0, stderr: ''});
	const facts = JSON.parse(await fetchText(`${url}/v3/paths/get/cam`)) as Record<string, number>;
	t.true(facts['lostPackets']! >= 2);
	t.true(facts['inboundFramesInError']! >= 2);
	t.is(camera.sessions.length, 1);
});
