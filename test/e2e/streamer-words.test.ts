// Standard input, signals, the status over HTTP, and what a full disk leaves behind.
import {spawnSync} from 'node:child_process';
import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {once} from 'node:events';
import {createServer} from 'node:net';
import type {AddressInfo} from 'node:net';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {makeFolder, runCommand} from '../helpers/command.ts';
import {complaints, makeFilm, probe} from '../helpers/films.ts';
import {runStreamer, startStreamer} from '../helpers/streamer.ts';

const picture = 'test:?size=160x120&rate=10&gop=5&bitrate=100k';

/** A test picture on its way into a file. */
const start = async (t: ExecutionContext, ...options: string[]) => {
	const folder = makeFolder(t);
	const output = `${folder}/out.ts`;
	const streamer = startStreamer(t, [picture, output, '--http', ':0', ...options]);
	await streamer.url();
	return {...streamer, folder, output};
};

test('play, pause and exit are typed in any case', async t => {
	const {say, until, ended, output} = await start(t);
	await until(({state, position}) => state === 'playing' && position > 0.5);
	say('  PAUSE ');
	const {position} = await until(({state}) => state === 'paused');
	const later = await until(({drops}) => drops > 0);
	t.true(later.position - position < 0.5);
	say('Play');
	await until(status => status.state === 'playing' && status.position > position + 0.5);
	say('exit');
	t.is(await ended(), 0);
	t.is(await complaints(output), '');
	// No gap where the pause was.
	const {durations} = await probe(output);
	t.true(Object.values(durations).length === 2);
});

test('--paused waits for play', async t => {
	const {say, until, ended, output} = await start(t, '--paused');
	const {position} = await until(({state}) => state === 'paused');
	t.is(position, 0);
	say('play');
	await until(status => status.position > 0.5);
	say('exit');
	t.is(await ended(), 0);
	t.is(await complaints(output), '');
});

test('exit while it waits for play leaves nothing, and is no failure', async t => {
	const {say, until, ended, folder, lines} = await start(t, '--paused');
	await until(({state}) => state === 'paused');
	say('exit');
	t.is(await ended(), 0);
	t.is(lines.at(-1), 'streamer: nothing was written');
	t.deepEqual(readdirSync(folder), []);
});

test('nonsense gets a line of help and harms nothing', async t => {
	const {child, said, say, until, ended, lines} = await start(t);
	await until(({state}) => state === 'playing');
	child.stdin!.write(Buffer.from('\u0000\u0001\u00ff\n\u001b[2J\n', 'latin1'));
	await said(/^the words are play, pause and exit$/);
	t.is((await until(() => true)).state, 'playing');
	say('exit');
	t.is(await ended(), 0);
	t.notRegex(lines.join(''), /\u0000|\u001b/);
});

test('a megabyte without an end of line is one line of help, and the next word is heard', async t => {
	const {child, until, ended, lines} = await start(t);
	await until(({state}) => state === 'playing');
	child.stdin!.write(Buffer.alloc(1_048_576, 'x'));
	child.stdin!.write('\nexit\n');
	t.is(await ended(), 0);
	t.is(lines.filter(line => line.startsWith('the words are')).length, 1);
});

test('a megabyte that never ends its line is one line of help, and harms nothing', async t => {
	const {child, until, ended, lines, output} = await start(t);
	await until(({state}) => state === 'playing');
	child.stdin!.end(Buffer.alloc(1_048_576, 'x'));
	const {position} = await until(() => lines.some(line => line.startsWith('the words are')));
	await until(status => status.position > position + 0.5);
	child.kill('SIGTERM');
	t.is(await ended(), 0);
	t.is(lines.filter(line => line.startsWith('the words are')).length, 1);
	t.is(await complaints(output), '');
});

test('the end of input is no exit where there is no terminal', async t => {
	const {child, until, ended} = await start(t);
	await until(({state}) => state === 'playing');
	child.stdin!.end();
	const {position} = await until(() => true);
	await until(status => status.position > position + 0.5);
	child.kill('SIGTERM');
	t.is(await ended(), 0);
});

for (const closed of ['<&-', '</dev/null'])
	test(`it runs as a service, with standard input ${closed}`, async t => {
		const output = `${makeFolder(t)}/out.ts`;
		const line = `exec bin/streamer '${picture}' ${output} --duration 1s ${closed}`;
		const {code, stderr} = await runCommand('sh', ['-c', line]);
		t.is(code, 0, stderr);
		t.is(await complaints(output), '');
	});

test('a second signal ends it at once, and no half of an mp4 is left', async t => {
	const folder = makeFolder(t);
	const streamer = startStreamer(t, [picture, `${folder}/out.mp4`, '--http', ':0']);
	await streamer.until(({position}) => position > 0.5);
	process.kill(streamer.child.pid!, 'SIGINT');
	process.kill(streamer.child.pid!, 'SIGTERM');
	const code = await streamer.ended();
	// It may have been faster than the second signal.
	t.true(code === 1 || code === 0);
	t.deepEqual(readdirSync(folder), code === 0 ? ['out.mp4'] : []);
});

test('commands and status over HTTP', async t => {
	const {url, status, until, ended, output} = await start(t);
	const at = await url();
	t.regex(at, /^http:\/\/127\.0\.0\.1:\d+$/);
	const post = async (word: string) => (await fetch(`${at}/${word}`, {method: 'POST'})).status;
	await until(({bitrate}) => bitrate !== null && bitrate > 0);
	t.like(await status(), {state: 'playing', input: picture, output, error: null});
	t.is(await post('pause'), 200);
	await until(({state}) => state === 'paused');
	t.is(await post('play'), 200);
	await until(({state}) => state === 'playing');
	t.is(await post('exit'), 200);
	t.is(await ended(), 0);
});

test('the newest key frame is a picture', async t => {
	const {url, until} = await start(t);
	t.is((await fetch(`${await url()}/snapshot.jpg?width=1`)).status, 400);
	await until(({frames}) => frames > 5);
	const answer = await fetch(`${await url()}/snapshot.jpg?width=80`);
	t.is(answer.status, 200);
	t.is(answer.headers.get('content-type'), 'image/jpeg');
	t.deepEqual([...(await answer.bytes()).subarray(0, 2)], [0xff, 0xd8]);
});

test('an address that is taken is one line, and nothing was started', async t => {
	const taken = createServer().listen(0, '127.0.0.1');
	await once(taken, 'listening');
	t.teardown(() => taken.close());
	const {port} = taken.address() as AddressInfo;
	const folder = makeFolder(t);
	const ran = await runStreamer(t, [picture, `${folder}/out.ts`, '--http', `:${port}`]);
	t.is(ran.code, 1);
	t.is(ran.lines.length, 1);
	t.regex(
		ran.lines[0]!,
		/^streamer: Cannot listen on 127\.0\.0\.1:\d+: another program listens there/,
	);
	t.deepEqual(readdirSync(folder), []);
});

test('a signal while it starts ends it in order', async t => {
	const folder = makeFolder(t);
	// From itself, when it begins to listen: there is no streamer yet.
	const hook =
		"import net from 'node:net';const listen=net.Server.prototype.listen;" +
		"net.Server.prototype.listen=function(...a){process.kill(process.pid,'SIGTERM');return listen.apply(this,a)}";
	const env = {
		...process.env,
		NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hook)}`,
	};
	const ran = await runStreamer(t, [picture, `${folder}/out.ts`, '--http', ':0'], {env});
	t.is(ran.code, 0, ran.lines.join('\n'));
	t.deepEqual(readdirSync(folder), []);
});

for (const variant of ['mpegts', 'fmp4'])
	test(`HLS of an earlier run, in ${variant}, stays until there is media to take its place`, async t => {
		const taken = createServer().listen(0, '127.0.0.1');
		await once(taken, 'listening');
		t.teardown(() => taken.close());
		const {port} = taken.address() as AddressInfo;
		const folder = makeFolder(t);
		const old = ['0123abcd_segment9.m4s', 'index.m3u8', 'index00009.ts'];
		for (const name of old) writeFileSync(`${folder}/${name}`, 'old');
		const run = async (...args: string[]) =>
			runStreamer(t, [...args, `${folder}/index.m3u8`, '--hls', variant]);
		t.is((await run('test:', '--http', `:${port}`)).code, 1);
		t.is((await run('none.mp4')).code, 1);
		t.deepEqual(readdirSync(folder).sort(), old);
		t.is((await run('test:', '--duration', '1s')).code, 0);
		const gone = old.filter(name => !readdirSync(folder).includes(name));
		t.deepEqual(gone, [variant === 'fmp4' ? '0123abcd_segment9.m4s' : 'index00009.ts']);
		t.not(readFileSync(`${folder}/index.m3u8`, 'utf8'), 'old');
	});

test('arguments that make no sense are one line and exit code 2', async t => {
	const ran = await runStreamer(t, [picture, 'out.avi']);
	t.is(ran.code, 2);
	t.is(ran.lines.length, 1);
	t.regex(ran.lines[0]!, /; streamer --help says more$/);
});

/** Writes a film to where there is not enough room for it; tells what is in the folder then. */
const fillDisk = async (t: ExecutionContext, output: string, disk: string) => {
	const folder = makeFolder(t);
	const input = await makeFilm(t, makeFolder(t), {name: 'noise.mp4', seconds: 4});
	const line = `${disk}; bin/streamer ${input} ${folder}/${output}; code=$?; ls ${folder}; find ${folder} -type f -empty -printf 'empty: %f\\n'; exit $code`;
	const shell = ['sh', '-c', line.replaceAll('FOLDER', folder)];
	const namespace = disk.includes('mount')
		? ['unshare', '--user', '--map-root-user', '--mount']
		: [];
	const [command = '', ...args] = [...namespace, ...shell];
	const {code, stdout, stderr} = await runCommand(command, args);
	const [, ...told] = stderr.trim().split('\n');
	return {code, names: stdout.split('\n').filter(Boolean), told};
};

const disks = {
	'a disk that is full': 'mount -t tmpfs -o size=512k small FOLDER',
	'a file that may grow no more': 'ulimit -f 1000',
};
const canMount =
	spawnSync('unshare', ['--user', '--map-root-user', '--mount', 'true']).status === 0;

for (const [what, disk] of Object.entries(disks)) {
	const run = disk.startsWith('mount') && !canMount ? test.skip : test;
	run(`${what} in the middle of an mp4 is one line, and no half of it is left`, async t => {
		const {code, names, told} = await fillDisk(t, 'out.mp4', disk);
		t.is(code, 1);
		t.is(told.length, 1, told.join('\n'));
		t.regex(
			told[0]!,
			/^streamer: .*out\.mp4 cannot be written: (No space left|File too large|Could not write)/,
		);
		t.deepEqual(names, []);
	});

	run(`${what} in the middle of HLS is one line, and no empty file is left`, async t => {
		const {code, names, told} = await fillDisk(t, 'index.m3u8', disk);
		t.is(code, 1);
		t.is(told.length, 1, told.join('\n'));
		t.regex(told[0]!, /^streamer: .*index\.m3u8 cannot be written: \S/);
		t.deepEqual(
			names.filter(name => name.startsWith('empty: ')),
			[],
		);
	});

	run(`${what} in the middle of a ts leaves what was written, under its own name`, async t => {
		const {code, names, told} = await fillDisk(t, 'out.ts', disk);
		t.is(code, 1);
		t.is(told.length, 1, told.join('\n'));
		t.regex(told[0]!, /cannot be written: .*; what was written stays in .*out\.ts\.part$/);
		t.deepEqual(names, ['out.ts.part']);
	});
}
