import {once} from 'node:events';
import {writeFileSync} from 'node:fs';
import test from 'ava';
import WebSocket from 'ws';
import {makeFolder, runCommand} from '../../../helpers/command.ts';
import {startPaths} from '../../../helpers/server.ts';

const source = 'test:?size=160x120&rate=10&gop=5&bitrate=100k';

const probe = async (place: string): Promise<string[]> => {
	const {stdout} = await runCommand('ffprobe', [
		...['-v', 'error', '-of', 'csv=p=0', '-show_entries', 'stream=codec_name,width', place],
	]);
	return stdout.trim().split(/\s+/).sort();
};

const codecs = ['aac', 'h264,160'];

test('a path is read as a file of FLV that does not end', async t => {
	const {server, url, said} = await startPaths(t, {'live/cam': {source}});
	await said(/source ready/);
	const response = await fetch(`${url}/live/cam/live.flv`);
	t.is(response.headers.get('content-type'), 'video/x-flv');
	t.is(response.headers.get('transfer-encoding'), null);
	t.deepEqual(server.path('live/cam').facts?.readers, [{type: 'flvConn', id: 'flv-1'}]);
	await response.body?.cancel();
	t.deepEqual(await probe(`${url}/live/cam/live.flv`), codecs);
	const head = await fetch(`${url}/live/cam/live.flv`, {method: 'HEAD'});
	t.is(head.headers.get('content-type'), 'video/x-flv');
	t.is((await fetch(`${url}/none/live.flv`)).status, 404);
});

test('the same comes within a WebSocket, a picture a message', async t => {
	const {server, url, said} = await startPaths(t, {'live/cam': {source}});
	await said(/source ready/);
	const socket = new WebSocket(`${url.replace('http', 'ws')}/live/cam/live.flv`);
	const got: Buffer[] = [];
	await new Promise<void>(resolve => {
		socket.on('message', (bytes: Buffer) => {
			got.push(bytes);
			if (got.length === 30) resolve();
		});
	});
	t.is(got[0]?.toString('latin1', 0, 3), 'FLV');
	// Tag by tag; each has its size behind it.
	for (const message of got.slice(1))
		t.true(message.length >= message.readUInt32BE(message.length - 4) + 4);
	const file = `${makeFolder(t)}/live.flv`;
	writeFileSync(file, Buffer.concat(got));
	t.deepEqual(await probe(file), codecs);
	const closed = once(socket, 'close');
	server.path('live/cam').exit();
	t.is((await closed)[0], 1000);
	t.deepEqual(server.path('live/cam').facts?.readers, []);
});

test('who may not read, or asks for what is not there, is told so', async t => {
	const users = [{user: 'ann', pass: 'secret', permissions: [{action: 'read'}]}];
	const {url, said} = await startPaths(t, {'live/cam': {source}}, {authInternalUsers: users});
	await said(/source ready/);
	t.is((await fetch(`${url}/live/cam/live.flv`)).status, 401);
	const withUser = await fetch(`${url}/live/cam/live.flv?user=ann&pass=secret`);
	t.is(withUser.status, 200);
	await withUser.body?.cancel();
	const ws = url.replace('http', 'ws');
	const refused = new WebSocket(`${ws}/live/cam/live.flv`);
	const [code, reason] = (await once(refused, 'close')) as [number, Buffer];
	t.is(code, 1008);
	t.regex(reason.toString(), /Expected a user/);
	const nothing = new WebSocket(`${ws}/live/cam/other.flv`);
	t.regex(((await once(nothing, 'error')) as [Error])[0].message, /404/);
});

test('a page of another origin gets a WebSocket only where it may', async t => {
	const {url, said} = await startPaths(
		t,
		{'live/cam': {source}},
		{hlsAllowOrigins: ['https://ours.example']},
	);
	await said(/source ready/);
	const open = (origin: string) =>
		new WebSocket(`${url.replace('http', 'ws')}/live/cam/live.flv`, {origin});
	t.regex(((await once(open('https://other.example'), 'error')) as [Error])[0].message, /403/);
	const ours = open('https://ours.example');
	await once(ours, 'message');
	ours.terminate();
	const own = open(url);
	await once(own, 'message');
	own.terminate();
});
