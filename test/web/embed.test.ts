// The player in pages: the wall, the custom element in a page of somebody else, and what the query of a page says.
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {gzipSync} from 'node:zlib';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import type {Page} from 'playwright-core';
import type {SluicePlayer} from '../../web/player/sluice-player.ts';
import {openBrowser} from '../helpers/browser.ts';
import {movingPicture, startServer} from '../helpers/live.ts';
import {until} from '../helpers/until.ts';

const paths = {
	cam: {source: movingPicture},
	'site/gate': {source: movingPicture},
	'site/dead': {source: 'rtsp://127.0.0.1:1/x'},
};

/** As the guide has it. */
const [, example = ''] =
	/```html\n([^]*?)```/.exec(readFileSync('docs/guides/3-browser.md', 'utf8')) ?? [];

/** A page of somebody else. */
const servePage = async (t: ExecutionContext, html: string): Promise<string> => {
	const server = createServer((_, response) => {
		response.setHeader('content-type', 'text/html').end(html);
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	t.teardown(() => {
		server.closeAllConnections();
		server.close();
	});
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
};

/** Until this one of the page's players has played so many seconds more. */
const untilPlayed = async (page: Page, index: number): Promise<void> => {
	const time = () =>
		page.evaluate(
			at => document.querySelectorAll<SluicePlayer>('sluice-player')[at]?.video.currentTime ?? 0,
			index,
		);
	const before = await time();
	while ((await time()) < before + 0.5);
};

test.serial('the wall shows cameras at once, those that do not play with the reason', async t => {
	const {url} = await startServer(t, {paths});
	const {page, errors} = await openBrowser(t);
	await page.goto(`${url}/wall?n=9`);
	const figures = page.locator('figure');
	await figures.nth(2).waitFor();
	t.deepEqual(await figures.locator('figcaption').allInnerTexts(), Object.keys(paths).toSorted());
	for (const [index, name] of Object.keys(paths).toSorted().entries())
		if (name !== 'site/dead') await untilPlayed(page, index);
	await figures.filter({hasText: 'site/dead'}).getByText('Camera unreachable').waitFor();
	await page.goto(`${url}/wall?paths=site/gate`);
	t.deepEqual(await figures.locator('figcaption').allInnerTexts(), ['site/gate']);
	await page.locator('#choices a', {hasText: '16'}).click();
	await page.waitForURL(/n=16/);
	await untilPlayed(page, 0);
	t.deepEqual(errors, []);
});

test.serial(
	'a page of somebody else shows a path by <sluice-player>, and another way when told',
	async t => {
		const {url, server} = await startServer(t, {hlsAllowOrigins: ['*'], paths});
		const {page, errors} = await openBrowser(t);
		await page.goto(await servePage(t, example.replaceAll('http://SERVER:8080', url)));
		const readers = () => server.readers().map(({protocol}) => protocol);
		await untilPlayed(page, 0);
		t.deepEqual(readers(), ['mse']);
		const behind = await page.evaluate(
			() => document.querySelector<SluicePlayer>('sluice-player')!.behindSeconds,
		);
		t.true(behind !== undefined && behind < 2, String(behind));
		const change = (name: string, value: string) =>
			page.evaluate(
				([key = '', to = '']) => document.querySelector('sluice-player')!.setAttribute(key, to),
				[name, value],
			);
		await change('src', `${url}/nobody`);
		await page.getByText('No such camera').waitFor();
		await change('src', `${url}/site/gate`);
		await untilPlayed(page, 0);
		await page.evaluate(() => document.querySelector('sluice-player')!.remove());
		await until(() => readers().length === 0);
		t.deepEqual(errors, []);
	},
);

test.serial('the page of a path does as its query says', async t => {
	const {url} = await startServer(t, {paths});
	const {page} = await openBrowser(t);
	await page.goto(`${url}/cam/?controls=0&target=700`);
	const video = page.locator('video');
	await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 1);
	t.is(await page.locator('.bar').isVisible(), false);
	t.is(await video.evaluate((it: HTMLVideoElement) => it.controls), false);
	t.true(await video.evaluate((it: HTMLVideoElement) => it.muted));
	await page.goto(`${url}/cam/?muted=0`);
	t.false(await video.evaluate((it: HTMLVideoElement) => it.muted));
});

test('the player is small: hls.js comes only where it is needed', t => {
	const assets = new URL('../../dist/web/assets/', import.meta.url);
	const seen = new Set<string>();
	const follow = (name: string): void => {
		if (seen.has(name)) return;
		seen.add(name);
		const text = readFileSync(new URL(name, assets), 'utf8');
		for (const [, next = ''] of text.matchAll(/(?:from|import)"\.\/([^"]+)"/g)) follow(next);
	};
	follow('sluice-player.js');
	const text = [...seen].map(name => readFileSync(new URL(name, assets), 'utf8')).join('');
	t.false(seen.has('hls.js'));
	t.true(seen.size > 1);
	t.true(gzipSync(text).length < 30_000);
});
