// Pauses that are longer than peers wait for one who is gone: all stay connected, and times go on without a gap.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {closeSync, existsSync, openSync, statSync} from 'node:fs';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {makeFolder} from '../helpers/command.ts';
import {complaints, makeFilm, packetsOf, probe} from '../helpers/films.ts';
import {startRecorder} from '../helpers/recorder.ts';
import {freePort, startRtmpServer} from '../helpers/rtmp-server.ts';
import {untilAnswer} from '../helpers/server.ts';
import {startStreamer} from '../helpers/streamer.ts';

const picture = 'test:?size=160x120&rate=25&gop=5&bitrate=100k';

/** Seconds. Every peer here gives up after a third of it. */
const pause = 6;

const inputs = {
	'a film': async (t: ExecutionContext) => [
		await makeFilm(t, makeFolder(t), {name: 'plain.mp4', seconds: 2}),
		'--loop',
	],
	'a live picture': async () => [picture],
};

/** Another stream tells how long it was. */
const rest = async (t: ExecutionContext) => {
	const other = startStreamer(t, [
		'test:?size=16x16&rate=10',
		`${makeFolder(t)}/x.ts`,
		'--http',
		':0',
	]);
	await other.until(({position}) => position > pause);
	other.say('exit');
	await other.ended();
};

/** Streams, rests and goes on; `untilGrown` waits until more has arrived at the other end. */
const pauseOnce = async (
	t: ExecutionContext,
	args: readonly string[],
	untilGrown: () => Promise<void>,
) => {
	const streamer = startStreamer(t, [...args, '--http', ':0']);
	await streamer.until(({state, position}) => state === 'playing' && position > 1);
	await untilGrown();
	streamer.say('pause');
	const {position, reconnects} = await streamer.until(({state}) => state === 'paused');
	await rest(t);
	const still = await streamer.status();
	t.is(still.state, 'paused');
	t.is(still.reconnects, reconnects);
	t.true(still.position - position < 0.5, `${still.position - position}`);
	streamer.say('play');
	await streamer.until(status => status.state === 'playing' && status.position > position + 1);
	await untilGrown();
	t.is((await streamer.status()).reconnects, reconnects);
	streamer.say('exit');
	t.is(await streamer.ended(), 0);
};

const growth = (file: string, least: number) => async () => {
	const size = () => (existsSync(file) ? statSync(file).size : 0);
	const before = size();
	await untilAnswer(
		async () => size(),
		now => now >= before + least,
	);
};

const isSeamless = async (t: ExecutionContext, file: string) => {
	t.deepEqual((await probe(file)).codecs, ['aac', 'h264']);
	for (const [track, frameUs] of [
		['v:0', 40_000],
		['a:0', 21_333],
	] as const) {
		const times = (await packetsOf(file, track)).map(({dtsUs}) => dtsUs);
		const steps = times.slice(1).map((time, index) => time - times[index]!);
		const odd = steps.flatMap((step, at) =>
			step > 0 && step < 3 * frameUs ? [] : [`${track} ${times[at]} + ${step}`],
		);
		t.deepEqual(odd, []);
	}
};

for (const [name, input] of Object.entries(inputs)) {
	test(`RTMP: ${name} pauses for longer than the server waits for an answer`, async t => {
		const {url} = await startRtmpServer(t, {patience: 'timeout 2s; ping 1s; ping_timeout 1s;'});
		const file = `${makeFolder(t)}/seen.flv`;
		const player = spawn('ffmpeg', [
			...['-v', 'error', '-rw_timeout', '60000000', '-analyzeduration', '2000000'],
			...['-i', `${url}/key`, '-c', 'copy', '-flush_packets', '1', file],
		]);
		const closed = once(player, 'close');
		t.teardown(() => player.kill('SIGKILL'));
		await pauseOnce(t, [...(await input(t)), `${url}/key`], growth(file, 5000));
		player.kill('SIGKILL');
		await closed;
		await isSeamless(t, file);
	});

	test(`RTSP: ${name} pauses for longer than the server waits for a word`, async t => {
		const {url, tracks, events} = await startRecorder(t, `${makeFolder(t)}/seen`, {patience: 2});
		const pictures = async () =>
			Promise.any(tracks.map(async track => growth(track, 10 * 28_800)()));
		await pauseOnce(t, [...(await input(t)), url], pictures);
		t.is(events.filter(event => event === 'came').length, 1);
	});

	test(`SRT: ${name} pauses for longer than the peer waits for a sign of life`, async t => {
		const port = await freePort();
		const file = `${makeFolder(t)}/seen.ts`;
		const listener = `srt://:${port}?mode=listener&peeridletimeo=1500`;
		const output = openSync(file, 'w');
		const peer = spawn('srt-live-transmit', ['-q', '-a', 'no', listener, 'file://con'], {
			stdio: ['ignore', output, 'inherit'],
		});
		closeSync(output);
		const closed = once(peer, 'close');
		t.teardown(() => peer.kill('SIGKILL'));
		// Nobody tells when it listens: UDP has no connections to try.
		const url = `srt://127.0.0.1:${port}`;
		await pauseOnce(t, [...(await input(t)), url, '--reconnect'], growth(file, 5000));
		await closed;
		await isSeamless(t, file);
	});

	test(`${name} pauses for seconds on its way into a file`, async t => {
		const file = `${makeFolder(t)}/seen.mp4`;
		await pauseOnce(t, [...(await input(t)), file], async () => {});
		await isSeamless(t, file);
		t.is(await complaints(file), '');
	});
}

test('a live picture pauses again and again on its way into an mp4', async t => {
	const file = `${makeFolder(t)}/seen.mp4`;
	const {say, until, ended} = startStreamer(t, [picture, file, '--http', ':0']);
	await until(({position}) => position > 1);
	for (let round = 0; round < 6; round++) {
		say('pause');
		const {position, drops} = await until(({state}) => state === 'paused');
		await until(status => status.drops > drops);
		say('play');
		await until(status => status.position > position + 0.7);
	}
	say('exit');
	t.is(await ended(), 0);
	await isSeamless(t, file);
	t.is(await complaints(file), '');
});
