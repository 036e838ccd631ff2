// Every command of docs/guides/8-publish.md, as it stands there.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {readFileSync, renameSync} from 'node:fs';
import test from 'ava';
import {makeFolder} from '../helpers/command.ts';
import {load} from '../helpers/config.ts';
import {makeFilm} from '../helpers/films.ts';
import {startPaths} from '../helpers/server.ts';
import {tlsKeys} from '../helpers/tls.ts';

const guide = readFileSync('docs/guides/8-publish.md', 'utf8');
const blocks = (language: string): string[] =>
	[...guide.matchAll(new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``, 'g'))].map(
		([, text = '']) => text,
	);
const commands = blocks('sh').flatMap(text => text.split('\n').filter(line => line !== ''));

for (const command of commands)
	test(command, async t => {
		const cwd = makeFolder(t);
		renameSync(await makeFilm(t, cwd, {name: 'plain.mp4'}), `${cwd}/film.mp4`);
		const {server, url, said} = await startPaths(t, {all_others: {}}, tlsKeys('optional'));
		const line = command
			.replaceAll('rtsp://SERVER:8554', server.rtspUrl ?? '')
			.replaceAll('rtsps://SERVER:8322', server.rtspsUrl ?? '')
			.replaceAll('//SERVER:8080', url.replace(/^http:/, ''))
			.replace(/^ffmpeg/, 'ffmpeg -nostdin');
		const child = spawn('sh', ['-c', `exec ${line}`], {cwd, stdio: 'ignore'});
		const ended = once(child, 'exit');
		t.teardown(async () => {
			child.kill('SIGKILL');
			await ended;
		});
		await said(/\[studio\] source ready/);
		t.pass();
	});

test('the guide has commands, and configurations that load', t => {
	t.true(commands.length >= 6);
	for (const text of blocks('yaml')) t.deepEqual(load(text).warnings, []);
});
