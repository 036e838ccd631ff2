import {existsSync} from 'node:fs';
import test from 'ava';
import {openBrowser} from '../helpers/browser.ts';
import {startServer} from '../helpers/live.ts';

// Built by `make build`, which `make test` does first.
const pages = new URL('../../dist/web/player.html', import.meta.url);

test.serial('the page plays part by part, and never stands still', async t => {
	if (!existsSync(pages)) throw new Error('Expected dist/web, `make build` makes it');
	const {url} = await startServer(t, {
		hlsVariant: 'lowLatency',
		paths: {cam: {source: 'test:?size=320x240&rate=25&gop=25'}},
	});
	const {page, errors} = await openBrowser(t);
	const asked: string[] = [];
	page.on('request', request => asked.push(request.url()));
	await page.goto(`${url}/cam/?transport=hls`);
	await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 1);
	await page.evaluate(() => {
		const video = document.querySelector('video')!;
		video.dataset['stalls'] = '0';
		video.addEventListener('waiting', () => (video.dataset['stalls'] += '+'));
	});
	await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 8);
	t.is(await page.evaluate(() => document.querySelector('video')!.dataset['stalls']), '0');
	t.true(asked.filter(it => /_HLS_msn=\d+&_HLS_part=\d+/.test(it)).length > 10);
	t.true(asked.filter(it => /_part\d+\.m4s/.test(it)).length > 10);
	t.deepEqual(errors, []);
});
