import test from 'ava';
import type {Page} from 'playwright-core';
import {openBrowser} from '../helpers/browser.ts';
import {startPaths} from '../helpers/server.ts';

type Seen = HTMLVideoElement & {webkitAudioDecodedByteCount: number};

const untilTime = (page: Page, seconds: number) =>
	page.waitForFunction(
		least => (document.querySelector('video')?.currentTime ?? 0) >= least,
		seconds,
	);

const timeOf = (page: Page) => page.evaluate(() => document.querySelector('video')!.currentTime);

test.serial('the page shows a picture before the next key frame, and plays on', async t => {
	const source = 'test:?size=320x240&rate=25&gop=500';
	const {url, said} = await startPaths(t, {cam: {source}});
	await said(/source ready/);
	const {page, errors} = await openBrowser(t);
	const asked: string[] = [];
	page.on('request', request => asked.push(request.url()));
	await page.goto(`${url}/cam/`);
	await page.waitForFunction(() => document.getElementById('cover')?.hidden);
	const begun = await timeOf(page);
	t.true(begun > 0 && begun < 20, `${begun}`);
	await untilTime(page, begun + 3);
	t.deepEqual(
		asked.filter(it => it.includes('.m3u8')),
		[],
	);
	t.deepEqual(errors, []);
});

test.serial('sound comes when the page is no longer muted', async t => {
	const {url} = await startPaths(t, {cam: {source: 'test:?size=320x240&rate=25'}});
	const {page, errors} = await openBrowser(t);
	await page.goto(`${url}/cam/`);
	await untilTime(page, 1);
	t.is(
		await page.evaluate(() => document.querySelector<Seen>('video')!.webkitAudioDecodedByteCount),
		0,
	);
	await page.evaluate(() => {
		document.querySelector('video')!.muted = false;
	});
	await page.waitForFunction(
		() => document.querySelector<Seen>('video')!.webkitAudioDecodedByteCount > 10_000,
	);
	await untilTime(page, (await timeOf(page)) + 1);
	t.deepEqual(errors, []);
});

test.serial('a path that was paused is shown again by itself', async t => {
	const {server, url} = await startPaths(t, {cam: {source: 'test:?size=320x240&rate=25'}});
	const {page, errors} = await openBrowser(t);
	await page.goto(`${url}/cam/`);
	await untilTime(page, 1);
	server.path('cam').pause();
	await page.waitForFunction(() => !document.getElementById('cover')?.hidden);
	server.path('cam').play();
	await page.waitForFunction(() => document.getElementById('cover')?.hidden);
	await untilTime(page, (await timeOf(page)) + 1);
	t.deepEqual(errors, []);
});
