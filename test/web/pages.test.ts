import {existsSync} from 'node:fs';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import type {Page} from 'playwright-core';
import {openBrowser} from '../helpers/browser.ts';
import {movingPicture, startServer} from '../helpers/live.ts';

// Built by `make build`, which `make test` does first.
const pages = new URL('../../dist/web/player.html', import.meta.url);

const paths = {
	cam: {source: movingPicture},
	'site/dead': {source: 'rtsp://127.0.0.1:1/x'},
	demand: {source: movingPicture, sourceOnDemand: true},
};

const live = (t: ExecutionContext) => {
	if (!existsSync(pages)) throw new Error('Expected dist/web, `make build` makes it');
	return startServer(t, {hlsSegmentDuration: '500ms', paths});
};

const playedBeyond = (page: Page, seconds: number) =>
	page.waitForFunction(
		limit => (document.querySelector('video')?.currentTime ?? 0) > limit,
		seconds,
	);

test.serial('the page shows every path with its picture and state', async t => {
	const {url} = await live(t);
	const {page, errors} = await openBrowser(t);
	await page.goto(url);
	const card = page.locator('.card[href="/cam/"]');
	await card.locator('img:not([hidden])').waitFor();
	t.is(await card.locator('.badge').innerText(), 'Live');
	t.regex(await card.locator('.card-facts').innerText(), /H\.264 \+ AAC.*320×240.*20 fps/);
	const dead = page.locator('.card[href="/site/dead/"]');
	await dead.getByText('Camera unreachable').waitFor();
	await page.locator('.card[href="/demand/"]').getByText('Idle').first().waitFor();
	t.deepEqual(errors, []);
});

test.serial('a click plays: the time goes on and the picture moves', async t => {
	const {url} = await live(t);
	const {page, errors} = await openBrowser(t);
	await page.goto(url);
	await page.locator('.card[href="/cam/"]').click();
	await page.waitForURL(`${url}/cam/`);
	await playedBeyond(page, 1);
	const before = await page.locator('video').screenshot();
	const time = await page.evaluate(() => document.querySelector('video')!.currentTime);
	await playedBeyond(page, time + 1);
	t.false(before.equals(await page.locator('video').screenshot()));
	t.is(await page.locator('#cover').isVisible(), false);
	t.deepEqual(errors, []);
});

test.serial('a camera that cannot be reached is told of in plain words', async t => {
	const {url} = await live(t);
	const {page} = await openBrowser(t);
	await page.goto(`${url}/site/dead/`);
	await page.getByText('Camera unreachable').waitFor();
	await page.goto(`${url}/nobody/`);
	await page.getByText('No such camera').waitFor();
	t.pass();
});

test.serial('a player goes on by itself when its path is stopped and played again', async t => {
	const {url} = await live(t);
	const {page} = await openBrowser(t);
	await page.goto(`${url}/cam/`);
	await playedBeyond(page, 0.5);
	await fetch(`${url}/v3/paths/exit/cam`, {method: 'POST'});
	await page.getByText('Somebody stopped this path.').waitFor();
	await fetch(`${url}/v3/paths/play/cam`, {method: 'POST'});
	await page.locator('#cover').waitFor({state: 'hidden'});
	const time = await page.evaluate(() => document.querySelector('video')!.currentTime);
	await page.waitForFunction(
		before => document.querySelector('video')!.currentTime !== before,
		time,
	);
	t.pass();
});

test.serial('at the width of a phone nothing hangs over the side', async t => {
	const {url} = await live(t);
	const {page} = await openBrowser(t, {width: 360, height: 740});
	for (const path of ['/', '/cam/']) {
		await page.goto(url + path);
		await page.getByText('Live').first().waitFor();
		t.true(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth));
	}
});

test.serial('the page of statistics shows what comes in, who watches and how late', async t => {
	const {url} = await live(t);
	const viewer = await openBrowser(t);
	await viewer.page.goto(`${url}/cam/`);
	await playedBeyond(viewer.page, 1);
	const {page, errors} = await openBrowser(t, {width: 390, height: 800});
	await page.goto(url);
	await page.getByText('Statistics').click();
	await page.waitForURL(`${url}/stats`);
	const source = page.locator('#paths tbody tr').filter({hasText: 'cam'}).first();
	await source.getByText('Live').waitFor();
	const row = page.locator('#readers tbody tr').filter({hasText: 'MSE'});
	await row.getByText(/ms \(\d+ to \d+, mean \d+\)/).waitFor();
	await row.getByText(/kbit\/s|Mbit\/s/).waitFor();
	t.regex(await page.locator('#summary').innerText(), /live, 1 viewer, \d+ % of a core, \d+ MB/);
	await viewer.page.goto('about:blank');
	await row.waitFor({state: 'detached'});
	t.deepEqual(errors, []);
});
