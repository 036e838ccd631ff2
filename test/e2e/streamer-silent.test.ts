// Cameras that announce sound and send none, or not at once: the pictures go on.
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {makeFolder, startUntilOver} from '../helpers/command.ts';
import {complaints, packetsOf} from '../helpers/films.ts';
import {startRtmpServer} from '../helpers/rtmp-server.ts';
import {startScriptedCamera} from '../helpers/scripted-camera.ts';
import {runStreamer, startStreamer} from '../helpers/streamer.ts';

for (const output of ['out.mp4', 'out.ts', 'out.flv', 'out.m3u8'])
	test(`a camera whose sound never comes is written to ${output}`, async t => {
		const camera = await startScriptedCamera(t, {
			hasSound: true,
			packets: (packets, _, track) => (track === 'audio' ? [] : packets),
		});
		const file = `${makeFolder(t)}/${output}`;
		const {code, lines} = await runStreamer(t, [camera.url(), file, '--duration', '1s']);
		t.is(code, 0, lines.join('\n'));
		t.is((await packetsOf(file, 'v:0')).length, 25);
		if (!output.endsWith('.flv')) t.is(await complaints(file), '');
	});

test('a camera whose sound begins when the output is made goes on', async t => {
	const camera = await startScriptedCamera(t, {
		hasSound: true,
		packets: (packets, index, track) => (track === 'audio' && index < 47 * 4 ? [] : packets),
	});
	const file = `${makeFolder(t)}/out.ts`;
	// Seconds after it: what nobody takes must not fill up and hold the pictures.
	const {until, say, ended} = startStreamer(t, [camera.url(), file, '--http', ':0']);
	await until(({position}) => position > 8.5);
	say('exit');
	t.is(await ended(), 0);
	t.is(await complaints(file), '');
});

/** A publisher whose sound begins after 6 s. */
const publishLateSound = (t: ExecutionContext, url: string): void =>
	startUntilOver(t, 'ffmpeg', [
		...['-v', 'error', '-re', '-f', 'lavfi', '-i', 'testsrc=size=160x120:rate=25'],
		...['-itsoffset', '6', '-re', '-f', 'lavfi', '-i', 'sine=sample_rate=48000'],
		...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '25'],
		...['-c:a', 'aac', '-f', 'flv', url],
	]);

// GStreamer reads URLs with a user.
for (const [user, told] of [
	['user:password@', /^H\.264 passes through; AAC stays out$/],
	['', /^H\.264 120p and AAC pass through$/],
] as const)
	test(`sound of rtmp://${user}server that comes seconds after the picture is said to ${user ? 'stay out' : 'come'}`, async t => {
		const {url} = await startRtmpServer(t);
		publishLateSound(t, `${url}/key`);
		const file = `${makeFolder(t)}/out.mp4`;
		const streamer = startStreamer(t, [
			`${url.replace('//', `//${user}`)}/key`,
			file,
			'--http',
			':0',
		]);
		await streamer.said(told);
		await streamer.until(({frames}) => frames > 0);
		streamer.say('exit');
		t.is(await streamer.ended(), 0, streamer.lines.join('\n'));
		t.is(await complaints(file), '');
	});
