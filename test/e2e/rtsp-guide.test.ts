// Every command of docs/guides/7-rtsp.md, as it stands there.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import {text} from 'node:stream/consumers';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {makeFolder, runCommand} from '../helpers/command.ts';
import {load} from '../helpers/config.ts';
import {startPaths, untilAnswer} from '../helpers/server.ts';
import {tlsKeys} from '../helpers/tls.ts';

const guide = readFileSync('docs/guides/7-rtsp.md', 'utf8');

const blocks = (language: string): string[] =>
	[...guide.matchAll(new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``, 'g'))].map(
		([, text = '']) => text,
	);

const commands = blocks('sh').flatMap(text => text.split('\n').filter(line => line !== ''));

for (const command of commands)
	test(command, async t => {
		const paths = {cam: {source: 'test:?size=320x240'}};
		const {server, url, said} = await startPaths(t, paths, tlsKeys('optional'));
		await said(/source ready/);
		const line = command
			.replaceAll('rtsp://SERVER:8554', server.rtspUrl ?? '')
			.replaceAll('rtsps://SERVER:8322', server.rtspsUrl ?? '')
			.replaceAll('//SERVER:8080', url.replace(/^http:/, ''))
			.replace(/^ffmpeg/, 'ffmpeg -nostdin');
		if (line.startsWith('gst-launch')) return t.is(await playFor(t, line, url), '');
		const {code, stdout, stderr} = await runCommand('sh', ['-c', line], {cwd: makeFolder(t)});
		return t.deepEqual({code, stderr}, {code: 0, stderr: ''}, stdout);
	});

/** What a player that goes on and on has to complain of until it has got some seconds. */
const playFor = async (t: ExecutionContext, line: string, url: string): Promise<string> => {
	const child = spawn('sh', ['-c', `exec ${line}`], {stdio: ['ignore', 'ignore', 'pipe']});
	const ended = once(child, 'exit');
	t.teardown(() => child.kill('SIGKILL'));
	const said = text(child.stderr);
	await untilAnswer(
		async () => [...(await sessionsAt(url, 'rtsp')), ...(await sessionsAt(url, 'rtsps'))],
		sessions => child.exitCode !== null || sessions.some(({packetsSent}) => packetsSent > 100),
	);
	child.kill('SIGKILL');
	await ended;
	return said;
};

const sessionsAt = async (url: string, scheme: string): Promise<{packetsSent: number}[]> => {
	const response = await fetch(`${url}/v3/${scheme}sessions/list`);
	return ((await response.json()) as {items: {packetsSent: number}[]}).items;
};

test('the guide has commands, and a configuration that loads', t => {
	t.true(commands.length >= 6);
	for (const text of blocks('yaml')) t.deepEqual(load(text).warnings, []);
});
