// The live protocol, as a viewer that was written from its description meets it.
import {writeFileSync} from 'node:fs';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {makeFolder, runCommand} from '../helpers/command.ts';
import {openViewer, readInit} from '../helpers/live-viewer.ts';
import type {Media} from '../helpers/live-viewer.ts';
import {startPaths} from '../helpers/server.ts';

const source = 'test:?size=160x120&rate=25&gop=25';

const startCam = async (t: ExecutionContext, keys: Record<string, unknown> = {}) => {
	const running = await startPaths(t, {cam: {source}}, keys);
	await running.said(/source ready/);
	return running;
};

/** What ffmpeg makes of a track: its codec, and how many frames it decodes without a complaint. */
const decode = async (t: ExecutionContext, media: readonly Media[], track: number) => {
	const own = media.filter(it => it.track === track);
	const init = own.find(({type}) => type === 1);
	const fragments = own.filter(({type}) => type === 2).map(({payload}) => payload);
	const file = `${makeFolder(t)}/track.mp4`;
	writeFileSync(file, Buffer.concat([readInit(init!).section, ...fragments]));
	const shown = ['-show_entries', 'stream=codec_name,nb_read_frames', '-of', 'csv=p=0'];
	const {stdout, stderr} = await runCommand('ffprobe', [
		...['-v', 'error', '-count_frames', ...shown, file],
	]);
	t.is(stderr, '');
	return stdout.trim();
};

test('media begins with init sections and a key frame, and every picture is one fragment', async t => {
	const {url} = await startCam(t);
	const viewer = await openViewer(t, url, 'cam');
	viewer.hello();
	const media = (await viewer.untilMedia(60)).slice(0, 60);
	t.like(viewer.said[0], {
		...{type: 'tracks', version: 1, path: 'cam', lacks: []},
		tracks: [
			{track: 0, kind: 'video', width: 160, height: 120},
			{track: 1, kind: 'audio', codec: 'mp4a.40.2'},
		],
	});
	t.deepEqual(
		media.slice(0, 3).map(({type, track, flags}) => [type, track, flags & 1]),
		[
			[1, 0, 1],
			[1, 1, 1],
			[2, 0, 1],
		],
	);
	t.regex(readInit(media[0]!).mime, /^video\/mp4; codecs="avc1\.[0-9a-f]{6}"$/);
	const first = media[0]!.sequence;
	t.deepEqual(
		media.map(({sequence}) => sequence - first),
		media.map((_, index) => index),
	);
	const pictures = media.filter(({type, track}) => type === 2 && track === 0);
	t.is(await decode(t, media, 0), `h264,${pictures.length}`);
	t.regex(await decode(t, media, 1), /^aac,\d+$/);
	const steps = pictures.slice(1).map((it, i) => it.presentationUs - pictures[i]!.presentationUs);
	t.true(steps.every(step => Math.abs(step - 40_000) < 2));
	const captures = pictures.map(({captureUs}) => captureUs);
	t.deepEqual(
		captures,
		captures.toSorted((a, b) => a - b),
	);
});

test('a muted viewer gets no sound until it wants it, and none any more when it is muted again', async t => {
	const {url} = await startCam(t);
	const viewer = await openViewer(t, url, 'cam');
	viewer.hello({audio: false});
	t.deepEqual(new Set((await viewer.untilMedia(30)).map(({track}) => track)), new Set([0]));
	viewer.say({type: 'audio', audio: true});
	t.like(await viewer.untilSaid('tracks', 1), {tracks: [{kind: 'video'}, {kind: 'audio'}]});
	viewer.media.length = 0;
	await viewer.until(() => viewer.media.find(({type, track}) => type === 2 && track === 1));
	viewer.say({type: 'audio', audio: false});
	t.is(((await viewer.untilSaid('tracks', 2))['tracks'] as unknown[]).length, 1);
});

test('a pause stops the media, and what follows begins with a key frame', async t => {
	const {url} = await startCam(t);
	const viewer = await openViewer(t, url, 'cam');
	viewer.hello({audio: false});
	await viewer.untilMedia(5);
	viewer.say({type: 'pause'});
	viewer.say({type: 'time', t1: 1});
	await viewer.untilSaid('time');
	viewer.media.length = 0;
	viewer.say({type: 'time', t1: 2});
	await viewer.untilSaid('time', 1);
	t.is(viewer.media.length, 0);
	viewer.say({type: 'resume'});
	await viewer.untilSaid('tracks', 1);
	const [init, key] = await viewer.untilMedia(2);
	t.is(init!.type, 1);
	t.is(key!.flags & 1, 1);
});

test('the server tells its time, which is that of the pictures', async t => {
	const {url} = await startCam(t);
	const viewer = await openViewer(t, url, 'cam');
	viewer.hello();
	const media = await viewer.untilMedia(10);
	const newest = media.at(-1)!.captureUs;
	viewer.say({type: 'time', t1: 17});
	const time = await viewer.untilSaid('time');
	t.is(time['t1'], 17);
	t.true((time['t2'] as number) >= newest - 1000);
	t.true((time['t3'] as number) >= (time['t2'] as number));
});

const refusals: [
	title: string,
	path: string,
	messages: (string | Buffer)[],
	code: number,
	name: string,
][] = [
	['a path that is not there', 'nowhere', ['hello'], 4404, 'PATH_NOT_FOUND'],
	['what is no JSON', 'cam', ['{'], 4400, 'LIVE_INVALID'],
	['a message of an unknown type', 'cam', ['{"type":"dance"}'], 4400, 'LIVE_INVALID'],
	['a message before hello', 'cam', ['{"type":"pause"}'], 4400, 'LIVE_INVALID'],
	['a second hello', 'cam', ['hello', 'hello'], 4400, 'LIVE_INVALID'],
	['bytes', 'cam', [Buffer.from([1, 2, 3])], 4400, 'LIVE_INVALID'],
	[
		'200 messages at once',
		'cam',
		Array<string>(200).fill('{"type":"time","t1":0}'),
		4429,
		'LIVE_TOO_OFTEN',
	],
	['a viewer that decodes nothing of it', 'cam', ['blind'], 4415, 'LIVE_NO_TRACKS'],
];
for (const [title, path, messages, code, name] of refusals)
	test(`${title} ends the viewer with ${code}, and nobody else notices`, async t => {
		const {url} = await startCam(t);
		const other = await openViewer(t, url, 'cam');
		other.hello();
		const viewer = await openViewer(t, url, path);
		for (const message of messages) {
			if (message === 'hello') viewer.hello();
			else if (message === 'blind') viewer.hello({decodes: ['vp09']});
			else viewer.webSocket.send(message);
		}
		const [closeCode] = await viewer.closed;
		t.is(closeCode, code);
		t.like(viewer.said.at(-1), {type: 'error', code: name, status: code - 4000});
		const seen = other.media.length;
		await other.untilMedia(seen + 10);
	});

test('a message that is larger than anything a viewer says closes its WebSocket', async t => {
	const {url} = await startCam(t);
	const viewer = await openViewer(t, url, 'cam');
	viewer.webSocket.send('x'.repeat(20_000));
	t.is((await viewer.closed)[0], 1009);
});

test('a path that is not open to everybody is for its users, and for pages of this server alone', async t => {
	const authInternalUsers = [
		{user: 'viewer', pass: 'secret', permissions: [{action: 'read', path: 'cam'}]},
	];
	const {url} = await startCam(t, {authInternalUsers, hlsAllowOrigins: []});
	const stranger = await openViewer(t, url, 'cam');
	stranger.hello();
	t.is((await stranger.closed)[0], 4401);
	const authorization = `Basic ${Buffer.from('viewer:secret').toString('base64')}`;
	const viewer = await openViewer(t, url, 'cam', {authorization, origin: url});
	viewer.hello();
	await viewer.untilMedia(5);
	const elsewhere = openViewer(t, url, 'cam', {authorization, origin: 'http://elsewhere.example'});
	await t.throwsAsync(elsewhere, {message: /403/});
});

test('viewers are readers of their path, and what they got is counted', async t => {
	const {server, url} = await startCam(t);
	const viewer = await openViewer(t, url, 'cam');
	viewer.hello();
	await viewer.untilMedia(20);
	t.is(server.paths()[0]!.readers[0]?.type, 'mseSession');
	viewer.webSocket.close();
	await viewer.closed;
	t.true(server.paths()[0]!.bytesSent > 1000);
});
