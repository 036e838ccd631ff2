import test from 'ava';
import type {PathPushFacts} from '../../lib/media/push-facts.ts';
import {writeFileSync} from 'node:fs';
import {makeFolder, runCommand, startUntilOver} from '../helpers/command.ts';
import {probe} from '../helpers/films.ts';
import {freePort, startRtmpServer} from '../helpers/rtmp-server.ts';
import {startPaths, untilAnswer} from '../helpers/server.ts';
import {startSluice} from '../helpers/sluice.ts';
import {selfSigned} from '../helpers/tls.ts';

const source = 'test:?size=160x120&rate=10&gop=5&bitrate=100k';

const destinationsOf = async (url: string, path: string) =>
	((await (await fetch(`${url}/v3/paths/push/get/${path}`)).json()) as PathPushFacts).destinations;

test('a path is sent to several places, each of which fares by itself', async t => {
	const target = await startPaths(t, {all_others: {}});
	const nginx = await startRtmpServer(t);
	const {url, said, lines} = await startPaths(t, {
		cam: {
			source,
			push: [
				`${target.server.rtmpUrl}/live/first?token=hidden`,
				`${nginx.url}/hidden-key`,
				`${target.server.rtspUrl}/second`,
				'rtmp://127.0.0.1:1/live/hidden-key',
			],
		},
	});
	await target.said(/\[live\/first\] source ready/);
	await target.said(/\[second\] source ready/);
	t.deepEqual(target.server.path('live/first').facts?.tracks.toSorted(), ['H264', 'MPEG-4 Audio']);
	await said(new RegExp(`push to rtmp://127.0.0.1:${nginx.port}/live/\\*\\*\\* runs`));
	await said(
		/\[cam\] push failed, tried again in \d+ s: rtmp:\/\/127\.0\.0\.1:1\/live\/\*\*\* cannot be written/,
	);
	const [first, second, third, last] = await untilAnswer(
		async () => destinationsOf(url, 'cam'),
		([one, , three]) => (one?.framesSent ?? 0) > 10 && three?.state === 'running',
	);
	t.like(first, {protocol: 'rtmp', state: 'running', error: null, reconnects: 0});
	t.like(second, {url: nginx.url + '/***', state: 'running'});
	t.like(third, {protocol: 'rtsp', state: 'running'});
	t.like(last?.error, {code: 'OUTPUT_REFUSED'});
	const config = await (await fetch(`${url}/v3/config/paths/get/cam`)).text();
	t.notRegex(lines.join('\n') + JSON.stringify([first, second, third, last]) + config, /hidden/);
});

test('a path is sent by SRT and by RTMPS', async t => {
	const {keyFile, certFile} = selfSigned();
	const keys = {rtmpEncryption: 'optional', rtmpsAddress: '127.0.0.1:0'};
	const target = await startPaths(
		t,
		{all_others: {}},
		{...keys, rtmpServerKey: keyFile, rtmpServerCert: certFile},
	);
	const {port} = new URL(target.server.rtmpsUrl!);
	const srt = `srt://127.0.0.1:${await freePort()}`;
	const folder = makeFolder(t);
	const seen = `${folder}/seen.ts`;
	const listening = ['-i', `${srt}?mode=listener`, '-t', '2', '-c', 'copy', seen];
	const receiving = runCommand('ffmpeg', ['-nostdin', '-v', 'fatal', ...listening]);
	const file = `${folder}/sluice.json`;
	const push = [srt, `rtmps://localhost:${port}/live/secret?token=hidden`];
	writeFileSync(file, JSON.stringify({paths: {cam: {source, push}}}));
	const sluice = startSluice(t, [file], {NODE_EXTRA_CA_CERTS: certFile});
	await target.said(/\[live\/secret\] source ready/);
	t.is((await receiving).code, 0);
	t.deepEqual((await probe(seen)).codecs, ['aac', 'h264']);
	const url = await sluice.url();
	const [first, second] = await destinationsOf(url, 'cam');
	t.is(first?.protocol, 'srt');
	t.like(second, {protocol: 'rtmps', state: 'running', error: null});
	t.notRegex(JSON.stringify([first, second]), /secret|hidden/);
});

test('a place that was away is sent to again, and the next one is not disturbed', async t => {
	const target = await startPaths(t, {all_others: {}});
	const port = Number(new URL(target.server.rtmpUrl!).port);
	const other = await startPaths(t, {all_others: {}});
	const {url, said} = await startPaths(t, {
		cam: {source, push: [`${target.server.rtmpUrl}/live/a`, `${other.server.rtmpUrl}/live/b`]},
	});
	await target.said(/\[live\/a\] source ready/);
	await other.said(/\[live\/b\] source ready/);
	await target.server.close();
	await said(/push failed, tried again/);
	const again = await startPaths(t, {all_others: {}}, {rtmpAddress: `127.0.0.1:${port}`});
	await again.said(/\[live\/a\] source ready/);
	const [first, second] = await untilAnswer(
		async () => destinationsOf(url, 'cam'),
		([one]) => one?.state === 'running',
	);
	t.is(first?.reconnects, 1);
	t.like(second, {state: 'running', reconnects: 0});
	t.false(
		other.lines.some(line => /lost/.test(line)),
		other.lines.join('\n'),
	);
});

test('a push stays while the source is away for a moment, and ends with the list', async t => {
	const target = await startPaths(t, {all_others: {}});
	const push = [`${target.server.rtmpUrl}/live/cam`];
	const {server, url, said} = await startPaths(t, {'~^drone/(.+)$': {push}});
	const publish = () =>
		startUntilOver(t, 'ffmpeg', [
			...['-nostdin', '-v', 'error', '-re', '-f', 'lavfi', '-i', 'testsrc=size=160x120:rate=10'],
			...['-c:v', 'libx264', '-tune', 'zerolatency', '-g', '5', '-pix_fmt', 'yuv420p'],
			...['-t', '3', '-f', 'flv', `${server.rtmpUrl}/drone/one`],
		]);
	publish();
	await target.said(/\[live\/cam\] source ready/);
	await said(/\[drone\/one\] source lost/);
	publish();
	await said(/\[drone\/one\] source is back/);
	const [destination] = await destinationsOf(url, 'drone/one');
	t.like(destination, {state: 'running', reconnects: 0});
	t.false(target.lines.some(line => /\[live\/cam\] source lost/.test(line)));
	server.path('drone/one').exit();
	await target.said(/\[live\/cam\] source lost/);
});

test('places are added and taken away by the API, which shows no key', async t => {
	const target = await startPaths(t, {all_others: {}});
	const {url} = await startPaths(t, {cam: {source}});
	const patch = async (push: string[]) =>
		fetch(`${url}/v3/config/paths/patch/cam`, {method: 'PATCH', body: JSON.stringify({push})});
	t.is((await fetch(`${url}/v3/paths/push/get/cam`)).status, 404);
	const place = `${target.server.rtmpUrl}/live`;
	t.is((await patch([`${place}/key`])).status, 200);
	await target.said(/\[live\/key\] source ready/);
	// What was read may be written back.
	t.is((await patch([`${place}/***`, `${place}/other`])).status, 200);
	await target.said(/\[live\/other\] source ready/);
	t.is((await destinationsOf(url, 'cam')).length, 2);
	t.is((await patch([])).status, 200);
	await Promise.all([
		target.said(/\[live\/key\] source lost/),
		target.said(/\[live\/other\] source lost/),
	]);
	t.is((await patch(['http://host/'])).status, 400);
});
