import {readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {once} from 'node:events';
import test from 'ava';
import {Fmp4FolderOutput} from '../../../lib/streamer/hls-folder.ts';
import {makeFolder, runCommand} from '../../helpers/command.ts';
import {startNative, startTestPicture, stopAndWait, testPicture} from '../../helpers/native.ts';
import {until} from '../../helpers/until.ts';

const read = (file: string) => readFileSync(file, 'utf8');
const segmentsOf = (playlist: string) => playlist.match(/^[0-9a-f]+_segment\d+\.m4s$/gm) ?? [];

test('a stream becomes a playlist and its files, complete when it ends', async t => {
	const folder = makeFolder(t);
	const location = `${folder}/index.m3u8`;
	for (const name of ['index.m3u8', '0123abcd_segment1.m4s'])
		writeFileSync(`${folder}/${name}`, '');
	writeFileSync(`${folder}/mine.txt`, 'stays');
	const native = startNative(t);
	const output = new Fmp4FolderOutput(native, location);
	output.open();
	t.is(readdirSync(folder).length, 3);
	output.begin();
	t.deepEqual(readdirSync(folder), ['mine.txt']);
	const picture = native.start({...testPicture, path: 'output'});
	await until(() => readdirSync(folder).includes('index.m3u8'));
	t.notRegex(read(location), /ENDLIST/);
	await stopAndWait(picture);
	const listed = segmentsOf(read(location)).length;
	t.is(await output.close(true), undefined);
	const playlist = read(location);
	t.true(segmentsOf(playlist).length > listed);
	t.true(playlist.endsWith('#EXT-X-ENDLIST\n'));
	const names = readdirSync(folder);
	for (const name of segmentsOf(playlist)) t.true(names.includes(name));
	t.deepEqual(
		names.filter(name => name.endsWith('.part')),
		[],
	);
	const {stdout, stderr} = await runCommand('ffprobe', [
		...['-v', 'error', '-show_entries', 'stream=codec_name', '-of', 'csv=p=0', location],
	]);
	t.deepEqual([...new Set(stdout.trim().split(/\s+/))].sort(), ['aac', 'h264']);
	t.is(stderr, '');
});

test('a stream that was broken off does not claim to be whole', async t => {
	const folder = makeFolder(t);
	const native = startNative(t);
	const output = new Fmp4FolderOutput(native, `${folder}/index.m3u8`);
	output.open();
	startTestPicture(t, native, 'output');
	await until(() => readdirSync(folder).includes('index.m3u8'));
	await output.close(false);
	t.notRegex(read(`${folder}/index.m3u8`), /ENDLIST/);
});

test('a folder that takes nothing any more is told once', async t => {
	const folder = makeFolder(t);
	const native = startNative(t);
	const output = new Fmp4FolderOutput(native, `${folder}/deep/index.m3u8`);
	t.throws(() => output.open(), {code: 'FILE_UNWRITABLE'});
	const gone = new Fmp4FolderOutput(native, `${folder}/index.m3u8`);
	gone.open();
	const failures: string[] = [];
	gone.on('failed', ({code}) => failures.push(code));
	startTestPicture(t, native, 'output');
	await until(() => readdirSync(folder).includes('index.m3u8'));
	// Even root cannot make a file where no folder is.
	rmSync(folder, {recursive: true});
	writeFileSync(folder, '');
	await once(gone, 'failed');
	await gone.close(false);
	t.deepEqual(failures, ['FILE_UNWRITABLE']);
});

test('a folder that takes not even the last segment is what a whole stream ends with', async t => {
	const folder = makeFolder(t);
	const native = startNative(t);
	const output = new Fmp4FolderOutput(native, `${folder}/index.m3u8`);
	output.open();
	const picture = native.start({...testPicture, path: 'output'});
	await until(() => readdirSync(folder).includes('index.m3u8'));
	await stopAndWait(picture);
	rmSync(folder, {recursive: true});
	writeFileSync(folder, '');
	await t.throwsAsync(output.close(true), {code: 'FILE_UNWRITABLE'});
});

test('a stream of which nothing came is not whole', async t => {
	const output = new Fmp4FolderOutput(startNative(t), `${makeFolder(t)}/index.m3u8`);
	output.open();
	await t.throwsAsync(output.close(true), {code: 'FILE_UNWRITABLE', message: /nothing came/});
});
