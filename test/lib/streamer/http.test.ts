import {writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import type {AddressInfo} from 'node:net';
import {once} from 'node:events';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {openHttp} from '../../../lib/streamer/http.ts';
import {makeFolder} from '../../helpers/command.ts';
import {quiet} from '../../helpers/http.ts';
import {startNative} from '../../helpers/native.ts';
import {startScripted} from '../../helpers/scripted-relay.ts';

const serve = async (t: ExecutionContext, playlist?: string) => {
	const scripted = await startScripted(t);
	const http = await openHttp(scripted.streamer, {
		address: {host: '127.0.0.1', port: 0},
		native: startNative(t),
		playlist,
		logger: quiet,
	});
	t.teardown(() => http.close());
	const send = (method: string, path: string, headers: Record<string, string> = {}) =>
		fetch(http.url + path, {method, headers});
	return {...scripted, send, url: http.url};
};

test('play, pause and exit are taken by POST', async t => {
	const {begin, relay, send, streamer} = await serve(t);
	await begin();
	for (const word of ['pause', 'play', 'exit']) {
		const answer = await send('POST', `/${word}`);
		t.is(answer.status, 200);
		t.deepEqual(await answer.json(), {status: 'ok'});
	}
	t.deepEqual(relay().calls, ['pause', 'play', 'finish']);
	t.is(streamer.state, 'finishing');
});

test('the status is told as JSON, without secrets', async t => {
	const {begin, send} = await serve(t);
	await begin();
	const answer = await send('GET', '/status');
	const text = await answer.text();
	t.notRegex(text, /secret/);
	t.like(JSON.parse(text), {
		...{state: 'playing', input: 'film.mp4', output: 'rtmp://server/live/***', position: 1},
		...{bitrate: null, frameRate: null, frames: 25, drops: 0, reconnects: 0, error: null},
		tracks: [{kind: 'video', from: 'H264', to: 'H264', transcoded: false}],
	});
});

test('other pages may steer nothing, nor may who comes through a proxy', async t => {
	const {send, relay, begin} = await serve(t);
	await begin();
	for (const headers of [
		{origin: 'http://stranger.example'},
		{'x-forwarded-for': '10.0.0.1'},
		{forwarded: 'for=10.0.0.1'},
	]) {
		const answer = await send('POST', '/pause', headers);
		t.is(answer.status, 403);
		const body = (await answer.json()) as {code: string};
		t.is(body.code, 'API_FORBIDDEN');
		t.notRegex(JSON.stringify(body), /authInternalUsers/);
	}
	t.deepEqual(relay().calls, []);
});

test('what is not there, and a wrong method, are told so', async t => {
	const {send} = await serve(t);
	t.is((await send('GET', '/nothing')).status, 404);
	const answer = await send('GET', '/play');
	t.is(answer.status, 405);
	t.is(answer.headers.get('allow'), 'POST');
	t.is((await send('GET', '/index.m3u8')).status, 404);
});

test('the playlist and its segments are served, and no other file beside them', async t => {
	const folder = makeFolder(t);
	const names = ['index.m3u8', 'index00001.ts', '0123abcd_init1.mp4', '0123abcd_segment7.m4s'];
	const others = ['film.ts', 'film.mp4', 'index.m3u8.part', 'index1.ts', 'other00001.ts'];
	for (const name of [...names, ...others]) writeFileSync(`${folder}/${name}`, name);
	const {send} = await serve(t, `${folder}/index.m3u8`);
	for (const name of names) {
		const answer = await send('GET', `/${name}`);
		t.is(answer.status, 200);
		t.is(await answer.text(), name);
	}
	for (const name of [...others, 'index00002.ts', `..%2f${folder.split('/').at(-1)}%2findex.m3u8`])
		t.is((await send('GET', `/${name}`)).status, 404, name);
	t.is(
		(await send('GET', '/index.m3u8')).headers.get('content-type'),
		'application/vnd.apple.mpegurl',
	);
	t.is((await send('POST', '/index.m3u8')).status, 405);
});

test('an address that is taken is told in one sentence', async t => {
	const taken = createServer().listen(0, '127.0.0.1');
	await once(taken, 'listening');
	t.teardown(() => taken.close());
	const {port} = taken.address() as AddressInfo;
	const {streamer} = await startScripted(t);
	const options = {native: startNative(t), playlist: undefined, logger: quiet};
	await t.throwsAsync(openHttp(streamer, {address: {host: '127.0.0.1', port}, ...options}), {
		code: 'LISTEN_REFUSED',
		message: `Cannot listen on 127.0.0.1:${port}: another program listens there; set --http to another address`,
	});
});
