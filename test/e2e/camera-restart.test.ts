import test from 'ava';
import {chromium} from 'playwright-core';
import {startCamera} from '../helpers/camera.ts';
import {fetchUntil, startServer} from '../helpers/live.ts';

test.serial(
	'a camera that is killed and started again: the playlist goes on with a discontinuity',
	async t => {
		const camera = await startCamera(t, {gop: 10});
		const {url} = await startServer(t, {
			hlsSegmentDuration: '400ms',
			paths: {cam: {source: camera.url}},
		});
		const multivariant = await (await fetch(`${url}/cam/index.m3u8`)).text();
		const media = `${url}/cam/${multivariant.trim().split('\n').at(-1)}`;
		const statuses = new Set<number>();
		const get = async () => {
			const response = await fetch(media);
			statuses.add(response.status);
			return response.text();
		};
		await fetchUntil(get, text => /MEDIA-SEQUENCE:[1-9]/.test(text));
		await camera.stop();
		// The camera's sender reports may have made a discontinuity of their own by now.
		const before = await get();
		await startCamera(t, {gop: 10, port: camera.port});
		const after = await fetchUntil(get, text => discontinuities(text) > discontinuities(before));
		t.true(sequence(after) > sequence(before));
		t.deepEqual([...statuses], [200]);
	},
);

test.serial('Chromium plays on after its camera was killed and started again', async t => {
	const camera = await startCamera(t, {gop: 10});
	const {url} = await startServer(t, {
		hlsSegmentDuration: '500ms',
		paths: {cam: {source: camera.url}},
	});
	const browser = await chromium.launch({
		executablePath: '/usr/bin/chromium',
		args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
	});
	t.teardown(() => browser.close());
	const page = await browser.newPage();
	await page.goto(`${url}/cam/`);
	const beyond = (seconds: number) =>
		page.waitForFunction(limit => document.querySelector('video')!.currentTime > limit, seconds);
	await beyond(1);
	await camera.stop();
	await page.getByText('Reconnecting').waitFor();
	await startCamera(t, {gop: 10, port: camera.port});
	await page.getByText('Live').waitFor();
	const time = await page.evaluate(() => document.querySelector('video')!.currentTime);
	await beyond(time + 3);
	await page.locator('#cover').waitFor({state: 'hidden'});
	t.pass();
});

const sequence = (playlist: string) => Number(/MEDIA-SEQUENCE:(\d+)/.exec(playlist)?.[1]);

const discontinuities = (playlist: string) =>
	Number(/DISCONTINUITY-SEQUENCE:(\d+)/.exec(playlist)?.[1] ?? 0) +
	playlist.split('#EXT-X-DISCONTINUITY\n').length;
