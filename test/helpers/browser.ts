import type {ExecutionContext} from 'ava';
import {chromium} from 'playwright-core';

const quietFlags = [
	'--no-sandbox',
	'--disable-gpu',
	'--autoplay-policy=no-user-gesture-required',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
	'--no-first-run',
];

/** A page of Chromium, and what its scripts throw. */
export const openBrowser = async (t: ExecutionContext, {width = 1280, height = 720} = {}) => {
	const browser = await chromium.launch({executablePath: '/usr/bin/chromium', args: quietFlags});
	t.teardown(() => browser.close());
	const page = await browser.newPage({viewport: {width, height}});
	const errors: string[] = [];
	page.on('pageerror', error => errors.push(error.message));
	return {page, errors};
};
