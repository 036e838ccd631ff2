import {mkdtempSync, mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {createPages} from '../../../lib/http/static.ts';
import {exchange, quiet, startHttp} from '../../helpers/http.ts';

const startPages = (t: ExecutionContext) => {
	const directory = mkdtempSync(join(tmpdir(), 'sluice-pages-'));
	t.teardown(() => rmSync(directory, {recursive: true}));
	mkdirSync(join(directory, 'assets'));
	writeFileSync(join(directory, 'index.html'), 'all');
	writeFileSync(join(directory, 'player.html'), 'one');
	writeFileSync(join(directory, 'secret'), 'secret');
	writeFileSync(join(directory, 'assets/index.js'), 'script');
	return startHttp(t, [createPages({directory, logger: quiet})]);
};

for (const [path, body, type] of [
	['/', 'all', 'text/html; charset=utf-8'],
	['/cam/', 'one', 'text/html; charset=utf-8'],
	['/site/a/cam.1/', 'one', 'text/html; charset=utf-8'],
	['/assets/index.js', 'script', 'text/javascript; charset=utf-8'],
] as const)
	test(`${path} is the file ${body}`, async t => {
		const {url} = await startPages(t);
		const response = await fetch(url + path);
		t.is(await response.text(), body);
		t.is(response.headers.get('content-type'), type);
	});

test('a name without the slash leads to the one with it', async t => {
	const {url} = await startPages(t);
	const response = await fetch(`${url}/site/cam?x=1`);
	t.is(response.url, `${url}/site/cam/?x=1`);
	t.is(await response.text(), 'one');
});

for (const path of [
	'/v3/',
	'/v3/x',
	'/cam/whep',
	'/cam/index.m3u8',
	'/<script>/',
	'/assets/none.js',
])
	test(`${path} is no page`, async t => {
		const {url} = await startPages(t);
		t.is((await fetch(url + path)).status, 404);
	});

for (const path of ['/assets/../secret', '/assets/..%2fsecret', '/assets/%2e%2e/secret'])
	test(`${path} does not lead out of the folder`, async t => {
		const {port} = await startPages(t);
		const text = await exchange(
			port,
			`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
		);
		t.false(/\r\nsecret/.test(text));
	});

test('what a browser has already is 304', async t => {
	const {url} = await startPages(t);
	const etag = (await fetch(url)).headers.get('etag');
	const response = await fetch(url, {headers: {'if-none-match': etag!}});
	t.is(response.status, 304);
	t.is(await response.text(), '');
});

test('pages are not written to', async t => {
	const {url} = await startPages(t);
	t.is((await fetch(url, {method: 'POST', body: 'x'})).status, 405);
});
