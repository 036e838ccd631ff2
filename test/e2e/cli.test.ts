import {once} from 'node:events';
import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import type {AddressInfo} from 'node:net';
import test from 'ava';
import {makeFolder, runCommand} from '../helpers/command.ts';
import {fetchText, serverConfig} from '../helpers/server.ts';
import {childrenOf, exists, startSluice} from '../helpers/sluice.ts';
import {until} from '../helpers/until.ts';

const source = 'test:?size=64x64&rate=5&audio=no';

test('a URL is enough: the page and the stream are there', async t => {
	const sluice = startSluice(t, [`cam=${source}`]);
	const url = await sluice.url();
	t.regex(await fetchText(`${url}/cam/index.m3u8`), /#EXT-X-STREAM-INF/);
});

for (const words of [
	'sluice --help',
	'streamer --version',
	'sluice check test/fixtures/config/mediamtx.yml',
])
	test(`${words} is exit code 1 with a line where the disk is full`, async t => {
		const {code, stderr} = await runCommand('sh', ['-c', `exec bin/${words} >/dev/full`]);
		t.is(code, 1);
		t.regex(stderr, /Standard output cannot be written: .*ENOSPC/);
		t.is(stderr.split('\n').length, 2);
	});

test('--version and --help answer and start nothing', async t => {
	const version = (JSON.parse(readFileSync('package.json', 'utf8')) as {version: string}).version;
	t.like(await runCommand('bin/sluice', ['--version']), {code: 0, stdout: `sluice ${version}\n`});
	const help = await runCommand('bin/sluice', ['--help']);
	t.is(help.code, 0);
	t.regex(help.stdout, /sluice check FILE/);
});

test('wrong words are one line with a hint', async t => {
	for (const [words, expected] of [
		[['--nonsense'], "sluice: Unknown option '--nonsense'; sluice --help says more\n"],
		[['check'], 'sluice: expected one file after check; sluice --help says more\n'],
	] as const)
		t.like(await runCommand('bin/sluice', [...words]), {code: 2, stdout: '', stderr: expected});
});

test('check says whether a file is good, and what is wrong with one that is not', async t => {
	const file = `${makeFolder(t)}/sluice.yml`;
	writeFileSync(file, 'paths:\n  cam:\n    source: "test:"\n');
	t.like(await runCommand('bin/sluice', ['check', file]), {code: 0, stderr: ''});
	writeFileSync(file, 'paths:\n  cam:\n    sorce: "test:"\n');
	const {code, stderr} = await runCommand('bin/sluice', ['check', file]);
	t.is(code, 2);
	t.regex(stderr, /sluice\.yml:3: .*source/);
});

test('check says what is wrong with the changes by the API that are kept beside a file', async t => {
	const file = `${makeFolder(t)}/sluice.yml`;
	writeFileSync(file, 'paths: {cam: {source: "test:"}}');
	writeFileSync(`${file}.state.json`, '{"version":1,');
	const {code, stderr} = await runCommand('bin/sluice', ['check', file]);
	t.is(code, 2);
	t.regex(stderr, /sluice\.yml\.state\.json: /);
});

test('a wrong file ends the command with exit code 2, and nothing was started', async t => {
	const file = `${makeFolder(t)}/sluice.yml`;
	writeFileSync(file, 'paths:\n  cam:\n    sorce: "test:"\n');
	const {code, stdout, stderr} = await runCommand('bin/sluice', [file]);
	t.is(code, 2);
	t.is(stdout, '');
	t.regex(stderr, /sluice\.yml:3: .*source/);
});

test('check reads the certificates that would be used', async t => {
	const file = `${makeFolder(t)}/sluice.yml`;
	writeFileSync(file, 'rtspEncryption: optional\nrtspServerKey: /nowhere/key\n');
	const {code, stderr} = await runCommand('bin/sluice', ['check', file]);
	t.is(code, 2);
	t.regex(stderr, /^Expected rtspServerKey to be a PEM file: .*\/nowhere\/key/);
	writeFileSync(file, 'rtspServerKey: /nowhere/key\n');
	t.is((await runCommand('bin/sluice', ['check', file])).code, 0);
});

test('a wrong file ends the command with 2 though nobody reads why', async t => {
	const file = `${makeFolder(t)}/sluice.yml`;
	writeFileSync(file, 'paths: {cam: {sorce: x}}');
	const command = `bin/sluice ${file} 2> >(exec true); echo $?`;
	const {stdout} = await runCommand('bash', ['-c', command]);
	t.is(stdout, '2\n');
});

test('an address that is taken ends the command with one sentence that names the key', async t => {
	const taken = createServer().listen(0, '127.0.0.1');
	await once(taken, 'listening');
	t.teardown(() => taken.close());
	const {port} = taken.address() as AddressInfo;
	const {code, stderr} = await runCommand('bin/sluice', ['test:'], {
		env: {...process.env, SLUICE_HTTPADDRESS: `127.0.0.1:${port}`},
	});
	t.is(code, 2);
	t.is(
		stderr,
		`sluice: Cannot listen on 127.0.0.1:${port}: another program listens there; set httpAddress to another address\n`,
	);
});

test('SIGTERM leaves no process, no zombie and no temporary file', async t => {
	const folder = makeFolder(t);
	const sluice = startSluice(t, [`cam=${source}`], {TMPDIR: folder});
	const url = await sluice.url();
	await fetchText(`${url}/cam/index.m3u8`);
	const [child = 0] = childrenOf(sluice.pid);
	t.true(exists(child));
	sluice.child.kill('SIGTERM');
	t.is(await sluice.ended(), 0);
	t.false(exists(child));
	t.deepEqual(readdirSync(folder), []);
});

test('a server that crashes is there again, and its supervisor says what killed it', async t => {
	const sluice = startSluice(t, [`cam=${source}`]);
	await sluice.url();
	const [first = 0] = childrenOf(sluice.pid);
	process.kill(first, 'SIGSEGV');
	await sluice.said(/server was killed by SIGSEGV/);
	const url = await sluice.url();
	t.regex(await fetchText(`${url}/cam/index.m3u8`), /#EXT-X-STREAM-INF/);
	t.notDeepEqual(childrenOf(sluice.pid), [first]);
});

test('a server whose supervisor is gone ends by itself', async t => {
	const sluice = startSluice(t, [`cam=${source}`]);
	await sluice.url();
	const [child = 0] = childrenOf(sluice.pid);
	sluice.child.kill('SIGKILL');
	await until(() => !exists(child));
	t.pass();
});

test('SIGHUP reads the file again', async t => {
	const file = `${makeFolder(t)}/sluice.yml`;
	writeFileSync(file, JSON.stringify(serverConfig({cam: {source}})));
	const sluice = startSluice(t, [file]);
	await sluice.said(/source ready/);
	sluice.child.kill('SIGHUP');
	t.regex(await sluice.said(/configuration loaded/), /0 paths added, 0 removed, 0 changed/);
});
