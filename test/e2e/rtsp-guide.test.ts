// Every command of docs/guides/7-rtsp.md, as it stands there.
import {readFileSync} from 'node:fs';
import test from 'ava';
import {makeFolder, runCommand} from '../helpers/command.ts';
import {load} from '../helpers/config.ts';
import {startPaths} from '../helpers/server.ts';
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
		const {code, stdout, stderr} = await runCommand('sh', ['-c', line], {cwd: makeFolder(t)});
		t.deepEqual({code, stderr}, {code: 0, stderr: ''}, stdout);
	});

test('the guide has commands, and a configuration that loads', t => {
	t.true(commands.length >= 6);
	for (const text of blocks('yaml')) t.deepEqual(load(text).warnings, []);
});
