import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {open} from 'node:fs/promises';
import type {FileHandle} from 'node:fs/promises';
import test from 'ava';
import {PartFile} from '../../../lib/streamer/part-file.ts';
import {makeFolder} from '../../helpers/command.ts';

test('a whole file takes the place of an older one, and not before', async t => {
	const location = `${makeFolder(t)}/a.mp4`;
	writeFileSync(location, 'old');
	const part = new PartFile({location, format: 'mp4'});
	part.open();
	writeFileSync(part.location, 'new');
	t.is(readFileSync(location, 'utf8'), 'old');
	await part.keep();
	t.is(readFileSync(location, 'utf8'), 'new');
	t.false(existsSync(part.location));
});

test.serial(
	'a whole file is on the disk before it takes its place, and its name after',
	async t => {
		const location = `${makeFolder(t)}/a.ts`;
		const part = new PartFile({location, format: 'ts'});
		part.open();
		const handle = await open(part.location, 'r');
		await handle.close();
		const prototype = Object.getPrototypeOf(handle) as FileHandle;
		const {sync} = prototype;
		t.teardown(() => Object.assign(prototype, {sync}));
		const synced: string[] = [];
		prototype.sync = async function (this: FileHandle) {
			const what = (await this.stat()).isDirectory() ? 'folder' : 'file';
			synced.push(`${what}, ${existsSync(location) ? 'in its place' : 'in the making'}`);
			await sync.call(this);
		};
		await part.keep();
		t.deepEqual(synced, ['file, in the making', 'folder, in its place']);
	},
);

test('an mp4 that was broken off is removed, others stay under their own name', t => {
	const folder = makeFolder(t);
	for (const [format, stays] of [
		['mp4', false],
		['ts', true],
		['flv', true],
	] as const) {
		const part = new PartFile({location: `${folder}/a.${format}`, format});
		part.open();
		writeFileSync(part.location, 'half');
		t.is(part.drop(), stays ? `what was written stays in ${part.location}` : undefined);
		t.is(existsSync(part.location), stays);
		t.false(existsSync(`${folder}/a.${format}`));
	}
});

test('of a file that never got a byte nothing stays', t => {
	const part = new PartFile({location: `${makeFolder(t)}/a.ts`, format: 'ts'});
	part.open();
	t.true(existsSync(part.location));
	t.is(part.drop(), undefined);
	t.false(existsSync(part.location));
});

test('what lies there already stays: a name is taken that is free', async t => {
	const location = `${makeFolder(t)}/a.ts`;
	writeFileSync(`${location}.part`, 'footage');
	const [second, third] = [1, 2].map(() => new PartFile({location, format: 'ts'}));
	second!.open();
	third!.open();
	t.is(second!.location, `${location}.2.part`);
	t.is(third!.location, `${location}.3.part`);
	writeFileSync(second!.location, 'second');
	writeFileSync(third!.location, 'third');
	await second!.keep();
	t.is(third!.drop(), `what was written stays in ${location}.3.part`);
	t.is(readFileSync(location, 'utf8'), 'second');
	t.is(readFileSync(`${location}.part`, 'utf8'), 'footage');
});

test('what was kept or dropped gives its name away, and no more touches it', async t => {
	const location = `${makeFolder(t)}/a.mp4`;
	const first = new PartFile({location, format: 'mp4'});
	first.open();
	first.drop();
	const next = new PartFile({location, format: 'mp4'});
	next.open();
	t.is(next.location, first.location);
	writeFileSync(next.location, 'next');
	t.is(first.drop(), undefined);
	await next.keep();
	t.is(readFileSync(location, 'utf8'), 'next');
});

test('a place where nothing can be made is told before anything is written', t => {
	const folder = makeFolder(t);
	mkdirSync(`${folder}/a.ts`);
	writeFileSync(`${folder}/file`, '');
	for (const [place, reason] of [
		['none/a.ts', 'there is no such folder'],
		['file/a.ts', 'it is no folder'],
		['a.ts', 'it is a folder'],
	] as const) {
		const part = new PartFile({location: `${folder}/${place}`, format: 'ts'});
		t.throws(() => part.open(), {code: 'FILE_UNWRITABLE', message: new RegExp(`: ${reason}$`)});
	}
});
