import {once} from 'node:events';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {startServer} from '../../../helpers/live.ts';
import {StrictHls} from '../../../helpers/strict-hls.ts';
import {until} from '../../../helpers/until.ts';

const picture = (width: number, encoder = 'x264enc tune=zerolatency key-int-max=10') =>
	`videotestsrc is-live=true ! video/x-raw,width=${width},height=120,framerate=20/1 ! ${encoder} ! hubsink path=cam`;
const h265 = 'x265enc tune=zerolatency key-int-max=10 ! h265parse';

/** A path that is published to, and a client of it; `go` plays until `isRight`. */
const play = async (t: ExecutionContext, line: string) => {
	const {server, url} = await startServer(t, {
		hlsVariant: 'lowLatency',
		hlsSegmentDuration: '500ms',
		paths: {cam: {publisherGrace: '60s'}},
	});
	const first = server.startPipeline(line);
	// The target duration is that of the key frames then, and not a guess.
	await until(() => Number(server.path('cam').facts?.keyFrameDistance) > 0);
	const client = new StrictHls(url, 'cam');
	await client.open();
	while (client.compared < 1) await client.step();
	return {server, url, client, first};
};

const stop = async (pipeline: NodeJS.EventEmitter & {stop(): unknown}) => {
	const stopped = once(pipeline, 'stopped');
	pipeline.stop();
	await stopped;
};

/** Plays what comes after the break to its second whole segment. */
const playOn = async (client: StrictHls) => {
	const {segments} = client.playlist!;
	const before = segments.at(-1)!;
	const compared = client.compared;
	while (client.compared < compared + 2 || client.playlist!.segments.at(-1)!.init === before.init)
		await client.step();
	return {before, after: client.playlist!.segments.at(-1)!};
};

test('a source that is gone keeps nobody waiting, and goes on with a discontinuity when it is back', async t => {
	const {server, client, first} = await play(t, picture(160));
	await stop(first);
	const {msn, part} = client.next();
	// Further parts may have been on their way.
	const refused = await fetch(client.url({_HLS_msn: msn + 1, _HLS_part: part}));
	t.like(await refused.json(), {code: 'HLS_NO_NEWS'});
	t.is(refused.status, 503);
	server.startPipeline(picture(320));
	const {before, after} = await playOn(client);
	t.is(after.discontinuities, before.discontinuities + 1);
	t.true(after.sequence > before.sequence);
	t.not(after.init, before.init);
});

test('another codec in mid-stream has an init section and a name of its own', async t => {
	const {server, url, client, first} = await play(t, picture(160));
	t.regex(client.variant['CODECS'] ?? '', /^avc1\./);
	const taken = once(first, 'stopped');
	server.startPipeline(picture(160, h265));
	await taken;
	const {before, after} = await playOn(client);
	t.is(after.discontinuities, before.discontinuities + 1);
	t.regex(await client.text(`${url}/cam/index.m3u8`), /CODECS="hvc1\./);
});

test('who waits when the path is stopped is answered', async t => {
	const {url, client} = await play(t, picture(160));
	const {msn} = client.next();
	const waiting = fetch(client.url({_HLS_msn: msn + 1}));
	await client.step();
	await fetch(`${url}/v3/paths/exit/cam`, {method: 'POST'});
	const {status} = await waiting;
	t.true(status === 200 || status >= 400);
});
