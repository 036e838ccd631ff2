// Every command of docs/guides/9-rtmp.md, as it stands there.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {readFileSync, renameSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {makeFolder} from '../helpers/command.ts';
import {load} from '../helpers/config.ts';
import {makeFilm} from '../helpers/films.ts';
import {startPaths} from '../helpers/server.ts';
import {selfSigned} from '../helpers/tls.ts';

const guide = readFileSync('docs/guides/9-rtmp.md', 'utf8');
const blocks = (language: string): string[] =>
	[...guide.matchAll(new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``, 'g'))].map(
		([, text = '']) => text,
	);
const commands = blocks('sh').flatMap(text => text.split('\n').filter(line => line !== ''));
const isPlayer = (command: string) => /^(?:ffplay|rtmpdump)|rtmp2src/.test(command);

const streamer = `${process.execPath} ${fileURLToPath(new URL('../../lib/cli/streamer.ts', import.meta.url))}`;
// Nobody looks, and nobody listens.
const env = {
	...process.env,
	...{SDL_VIDEODRIVER: 'dummy', SDL_AUDIODRIVER: 'dummy'},
	GST_PLUGIN_FEATURE_RANK: 'fakevideosink:MAX',
};

const startGuided = async (
	t: ExecutionContext,
	paths: Record<string, Record<string, unknown>>,
	keys = {},
) => {
	const {keyFile, certFile} = selfSigned();
	const {server, url, said} = await startPaths(t, paths, {
		...{rtmpEncryption: 'optional', rtmpsAddress: '127.0.0.1:0'},
		...{rtmpServerKey: keyFile, rtmpServerCert: certFile, ...keys},
	});
	const run = (command: string, cwd: string) => {
		const line = command
			.replaceAll('rtmp://SERVER', server.rtmpUrl ?? '')
			.replaceAll('rtmps://SERVER:1936', server.rtmpsUrl ?? '')
			.replaceAll('http://SERVER:8080', url)
			.replace(/^streamer/, streamer)
			.replace(/^ffmpeg/, 'ffmpeg -nostdin');
		const child = spawn('sh', ['-c', `exec ${line}`], {cwd, env, stdio: 'ignore'});
		const ended = once(child, 'exit');
		t.teardown(async () => {
			child.kill('SIGKILL');
			await ended;
		});
	};
	return {run, said};
};

for (const command of commands.filter(it => !isPlayer(it)))
	test(command, async t => {
		const cwd = makeFolder(t);
		renameSync(await makeFilm(t, cwd, {name: 'plain.mp4'}), `${cwd}/film.mp4`);
		const publish = [{action: 'publish', path: 'live/stage'}];
		const users = command.includes('user=ann')
			? {authInternalUsers: [{user: 'ann', pass: 'secret', permissions: publish}]}
			: {};
		const {run, said} = await startGuided(t, {all_others: {}}, users);
		run(command, cwd);
		await said(/\[live\/stage\] source ready/);
		t.pass();
	});

for (const command of commands.filter(isPlayer))
	test(command, async t => {
		const source = 'test:?size=160x120&rate=10&gop=5&bitrate=100k';
		const {run, said} = await startGuided(t, {'live/stage': {source}});
		await said(/source ready/);
		run(command, makeFolder(t));
		await said(
			/\[live\/stage\] reads (?:2 of 2 tracks over RTMP|FLV over HTTP: H264, MPEG4-GENERIC)/,
		);
		t.pass();
	});

test('the guide has commands, and configurations that load', t => {
	t.true(commands.filter(it => !isPlayer(it)).length >= 5);
	t.true(commands.filter(isPlayer).length >= 4);
	for (const text of blocks('yaml')) t.deepEqual(load(text).warnings, []);
});
