import {mkdtempSync, readdirSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {SegmentFiles} from '../../../../lib/protocols/hls/files.ts';
import {quiet} from '../../../helpers/http.ts';

const openFiles = (t: ExecutionContext) => {
	const folder = mkdtempSync(join(tmpdir(), 'sluice-files-'));
	t.teardown(() => rmSync(folder, {recursive: true, force: true}));
	return {folder, files: new SegmentFiles(folder, 'cam', quiet)};
};

const lend = (text: string) => {
	let released = 0;
	const block = {
		data: Uint8Array.from(Buffer.from(text)).buffer,
		release: () => void released++,
	};
	return {block, released: () => released};
};

test('what is closed while a file is being written leaves none behind', async t => {
	const {folder, files} = openFiles(t);
	const {block, released} = lend('media');
	const added = files.add('0123abcd_segment1.m4s', [block]);
	files.close();
	t.false(await added);
	await files.closed;
	t.is(released(), 1);
	t.deepEqual(readdirSync(folder), []);
});

test('a file can be found until it is removed', async t => {
	const {folder, files} = openFiles(t);
	const name = '0123abcd_segment1.m4s';
	t.true(await files.add(name, [lend('media').block]));
	t.is(files.find(name), join(folder, 'cam', name));
	files.remove(name);
	t.is(files.find(name), undefined);
	files.close();
	await files.closed;
	t.deepEqual(readdirSync(folder), []);
});
