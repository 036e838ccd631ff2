import {writeFileSync} from 'node:fs';
import test from 'ava';
import {runCommand, startUntilOver} from '../helpers/command.ts';
import {writeConfig} from '../helpers/config.ts';
import {connectRtsp} from '../helpers/rtsp-client.ts';
import {serverConfig, startPaths, startServer} from '../helpers/server.ts';

const authInternalUsers = [
	{user: 'viewer', pass: 'secret', permissions: [{action: 'read', path: 'cam'}]},
	{user: 'any', permissions: [{action: 'read', path: 'open'}]},
];
const authorization = `Basic ${Buffer.from('viewer:secret').toString('base64')}`;

test('a path is published to by its users', async t => {
	const users = [
		{user: 'studio', pass: 'secret', permissions: [{action: 'publish', path: '~^s'}]},
		{user: 'any', permissions: [{action: 'read'}]},
	];
	const {server, said, lines} = await startPaths(t, {all_others: {}}, {authInternalUsers: users});
	const urlOf = (user: string, path: string) =>
		`${(server.rtspUrl ?? '').replace('//', `//${user}`)}/${path}`;
	const film = ['-re', '-f', 'lavfi', '-i', 'testsrc=size=160x120:rate=25'];
	const encoded = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '25', '-pix_fmt', 'yuv420p'];
	const words = ['-nostdin', '-v', 'error', ...film, ...encoded, '-f', 'rtsp'];
	for (const [user, path] of [
		['', 's1'],
		['studio:wrong@', 's1'],
		['studio:secret@', 'other'],
	] as const)
		t.not((await runCommand('ffmpeg', [...words, urlOf(user, path)])).code, 0, `${user}${path}`);
	startUntilOver(t, 'ffmpeg', [...words, urlOf('studio:secret@', 's1')]);
	startUntilOver(t, 'gst-launch-1.0', [
		...'-q videotestsrc is-live=true ! video/x-raw,width=160,height=120,framerate=25/1'.split(' '),
		...'! x264enc tune=zerolatency key-int-max=25 ! h264parse ! rtspclientsink'.split(' '),
		`location=${urlOf('studio:secret@', 's2')}`,
	]);
	await Promise.all(['s1', 's2'].map(path => said(new RegExp(`\\[${path}\\] source ready`))));
	t.true(lines.some(line => /publisher of other .* refused/.test(line)));
});

test('a path that is not open to everybody is for its users, over HTTP and RTSP', async t => {
	const source = 'test:?size=160x120&audio=no';
	const paths = {cam: {source}, open: {source}};
	const {server, url, said} = await startPaths(t, paths, {authInternalUsers});
	await Promise.all(Object.keys(paths).map(name => said(new RegExp(`\\[${name}\\] source ready`))));
	for (const file of ['index.m3u8', 'snapshot.jpg']) {
		const refused = await fetch(`${url}/cam/${file}`);
		t.is(refused.status, 401, file);
		t.regex(refused.headers.get('www-authenticate') ?? '', /^Basic realm="sluice"/);
		t.is((await fetch(`${url}/cam/${file}`, {headers: {authorization}})).status, 200, file);
		t.is((await fetch(`${url}/open/${file}`)).status, 200, file);
	}
	const read = (user: string, path: string) =>
		runCommand('ffmpeg', [
			...['-nostdin', '-v', 'error', '-rtsp_transport', 'tcp'],
			...['-i', (server.rtspUrl ?? '').replace('//', `//${user}`) + path],
			...['-frames:v', '3', '-f', 'null', '-'],
		]);
	t.is((await read('viewer:secret@', '/cam')).code, 0);
	t.is((await read('', '/open')).code, 0);
	t.regex((await read('', '/cam')).stderr, /401 Unauthorized/);
	t.regex((await read('viewer:wrong@', '/cam')).stderr, /401 Unauthorized/);
});

test('a user who is taken out of the configuration loses the session, the others keep theirs', async t => {
	const userOf = (user: string) => ({user, pass: 'secret', permissions: [{action: 'read'}]});
	const textOf = (...users: string[]) =>
		JSON.stringify(
			serverConfig(
				{cam: {source: 'test:?size=160x120&audio=no'}},
				{authInternalUsers: users.map(userOf)},
			),
		);
	const {file} = writeConfig(t, textOf('ann', 'bob'));
	const {server} = await startServer(t, {configFile: file});
	const url = `${server.rtspUrl}/cam`;
	const begin = async (user: string) => {
		const client = await connectRtsp(t, url);
		const basic = `Basic ${Buffer.from(`${user}:secret`).toString('base64')}`;
		const {status} = await client.ask('SETUP', `${url}/trackID=0`, [
			['Transport', 'RTP/AVP/TCP;unicast;interleaved=0-1'],
			['Authorization', basic],
		]);
		t.is(status, 200);
		return client;
	};
	const [ann, bob] = [await begin('ann'), await begin('bob')];
	writeFileSync(file, textOf('bob'));
	server.reload();
	await ann.ended;
	t.is((await bob.ask('OPTIONS', url)).status, 200);
});
