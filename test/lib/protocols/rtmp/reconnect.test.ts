import {once} from 'node:events';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import type {Amf} from '../../../../lib/protocols/rtmp/amf0.ts';
import {RtmpPush} from '../../../../lib/protocols/rtmp/push.ts';
import {openStream, startNative, startTestPicture} from '../../../helpers/native.ts';
import {connectRtmp} from '../../../helpers/rtmp-client.ts';
import {startScriptedServer} from '../../../helpers/scripted-rtmp-server.ts';
import {startPaths} from '../../../helpers/server.ts';
import {fingerprintOf, selfSigned} from '../../../helpers/tls.ts';
import {until} from '../../../helpers/until.ts';

const source = 'test:?size=160x120&rate=10&gop=5&bitrate=100k';
const request = 'NetConnection.Connect.ReconnectRequest';

/** Asks the only client of a server to connect anew. */
const ask = async (url: string, body: object): Promise<Response> => {
	const list = await (await fetch(`${url}/v3/rtmpconns/list`)).json();
	const {items} = list as {items: {id: string}[]};
	const path = `${url}/v3/rtmpconns/reconnect/${items[0]?.id ?? 'none'}`;
	return fetch(path, {method: 'POST', body: JSON.stringify(body)});
};

type Destination = {state: string; reconnects: number; error: null};

/** Where `cam` is sent to, once it has begun anew there. */
const pushedAgain = async (url: string): Promise<Destination> => {
	for (;;) {
		const found = await (await fetch(`${url}/v3/paths/push/get/cam`)).json();
		const [destination] = (found as {destinations: Destination[]}).destinations;
		if (destination?.reconnects === 1) return destination;
	}
};

test('a source that is asked to connect anew goes where it is told, and is never lost', async t => {
	const first = await startPaths(t, {'live/cam': {source}});
	const second = await startPaths(t, {'other/cam': {source}});
	const {said, lines} = await startPaths(t, {cam: {source: `${first.server.rtmpUrl}/live/cam`}});
	await said(/\[cam\] source ready/);
	t.is((await ask(first.url, {url: `${second.server.rtmpUrl}/other`})).status, 200);
	await said(/\[cam\] server asks to connect anew, to rtmp:\/\/127\.0\.0\.1:\d+\/other/);
	await until(() => second.server.path('other/cam').facts?.readers.length === 1);
	await until(() => first.server.path('live/cam').facts?.readers.length === 0);
	t.notRegex(lines.join('\n'), /lost/);
});

test('a push that is asked to connect anew goes where it is told, with its key', async t => {
	const first = await startPaths(t, {all_others: {}});
	const second = await startPaths(t, {all_others: {}});
	const {url, lines} = await startPaths(t, {
		cam: {source, push: [`${first.server.rtmpUrl}/live/key`]},
	});
	await first.said(/\[live\/key\] .*ready/);
	t.is((await ask(first.url, {url: `${second.server.rtmpUrl}/other`})).status, 200);
	await second.said(/\[other\/key\] .*ready/);
	t.like(await pushedAgain(url), {state: 'running', error: null});
	t.notRegex(lines.join('\n'), /push failed/);
});

test('a server that ends asks who knows that to connect anew, and hangs up on the others', async t => {
	const {server} = await startPaths(t, {all_others: {}});
	const knowing = await connectRtmp(t, server.rtmpUrl!, {asked: {capsEx: 1}});
	const other = await connectRtmp(t, server.rtmpUrl!, {asked: {capsEx: 14}});
	const over = Promise.all([knowing, other].map(async ({socket}) => once(socket, 'close')));
	const status = knowing.status();
	await server.close();
	t.is(await status, request);
	await over;
	t.deepEqual(other.heard, []);
});

test('a client that does not know reconnect requests is not asked', async t => {
	const {server, url} = await startPaths(t, {all_others: {}});
	t.is((await ask(url, {})).status, 404);
	await connectRtmp(t, server.rtmpUrl!);
	const answer = await ask(url, {});
	t.like(await answer.json(), {code: 'RTMP_NO_RECONNECT'});
	const wrong = await ask(url, {url: 'http://server/live'});
	t.like(await wrong.json(), {code: 'API_BODY_INVALID'});
	t.is(wrong.status, 400);
});

type PushOptions = {
	/** What the server says to whoever publishes. */
	said?: [level: string, code: string][];
	also?: (asked: string) => Amf[][];
	/** There is media. */
	hasPicture?: boolean;
};

const startPush = async (
	t: ExecutionContext,
	{said = [], also = () => [], hasPicture = false}: PushOptions,
) => {
	const state = {tries: 0, ask: () => {}};
	const url = await startScriptedServer(
		t,
		({status}) => {
			state.tries++;
			state.ask = () => status(['status', request]);
			status(['status', 'NetStream.Publish.Start'], ...said);
		},
		also,
	);
	const native = startNative(t);
	const stream = openStream(t, native);
	if (hasPicture) {
		startTestPicture(t, native);
		await once(stream, 'epoch');
	}
	const choose = () => ({video: 0});
	const more = {tracks: [], choose, paused: false, durationUs: 0};
	const push = new RtmpPush({native, url, stream: stream.id, ...more});
	const stopped = once(push, 'stopped');
	t.teardown(async () => {
		push.stop();
		await stopped;
	});
	return {push, state, stream};
};

test('servers that send a client in a circle are left', async t => {
	const {push, state} = await startPush(t, {said: [['status', request]]});
	const [{code, message}] = (await once(push, 'failed')) as [{code: string; message: string}];
	t.is(code, 'RTMP_LOST');
	t.regex(message, /asks to connect anew again and again/);
	t.is(state.tries, 4);
});

test('a push that is stopped while it goes from one server to the next is over', async t => {
	const {push, state} = await startPush(t, {said: [['status', request]]});
	await until(() => state.tries === 1);
	const stopped = once(push, 'stopped');
	push.stop();
	await stopped;
	t.true(state.tries <= 2);
});

test('a server over TLS that ends asks its clients, too', async t => {
	const {keyFile, certFile} = selfSigned();
	const first = await startPaths(
		t,
		{'live/cam': {source}},
		{
			...{rtmpEncryption: 'optional', rtmpsAddress: '127.0.0.1:0'},
			...{rtmpServerKey: keyFile, rtmpServerCert: certFile},
		},
	);
	const sourceFingerprint = fingerprintOf(selfSigned());
	const url = `${first.server.rtmpsUrl}/live/cam`;
	const {said} = await startPaths(t, {cam: {source: url, sourceFingerprint}});
	await said(/\[cam\] source ready/);
	await first.server.close();
	await said(/\[cam\] server asks to connect anew, to rtmps:/);
	t.regex(await said(/\[cam\] source lost/), /lost/);
});

for (const command of ['connect', 'createStream', 'publish'])
	test(`a server that asks at ${command} to go where nobody may go is left with an error`, async t => {
		const info = {level: 'status', code: request, tcUrl: 'http://elsewhere/live'};
		const also = (asked: string) => (asked === command ? [['onStatus', 0, null, info]] : []);
		const {push} = await startPush(t, {also});
		const [{message}] = (await once(push, 'failed')) as [{message: string}];
		t.regex(message, /asks to connect anew: expected a URL/);
	});

test('a push that ends while it leaves a server has counted its pictures once', async t => {
	let leaves = () => {};
	const isLeaving = new Promise<void>(resolve => (leaves = resolve));
	const {push, state} = await startPush(t, {
		hasPicture: true,
		also: asked => {
			if (asked === 'FCUnpublish') leaves();
			return [];
		},
	});
	await until(() => (push.stats()?.frames ?? 0) > 5);
	state.ask();
	await isLeaving;
	const {frames} = push.stats()!;
	push.finish();
	await once(push, 'eos');
	t.is(push.stats()!.frames, frames);
});

test('a push whose stream ends while it goes from server to server has ended', async t => {
	const {push, state, stream} = await startPush(t, {hasPicture: true});
	await until(() => (push.stats()?.frames ?? 0) > 5);
	state.ask();
	stream.close();
	await once(push, 'eos');
	t.pass();
});
