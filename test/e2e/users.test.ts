import test from 'ava';
import {runCommand} from '../helpers/command.ts';
import {startPaths} from '../helpers/server.ts';

const authInternalUsers = [
	{user: 'viewer', pass: 'secret', permissions: [{action: 'read', path: 'cam'}]},
	{user: 'any', permissions: [{action: 'read', path: 'open'}]},
];
const authorization = `Basic ${Buffer.from('viewer:secret').toString('base64')}`;

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
