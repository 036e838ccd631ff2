import {readdirSync, renameSync, writeFileSync} from 'node:fs';
import test from 'ava';
import {tsSegment} from '../../../lib/streamer/hls-names.ts';
import {OldHls} from '../../../lib/streamer/old-hls.ts';
import {makeFolder} from '../../helpers/command.ts';

const old = ['index.m3u8', 'index00000.ts', 'index00001.ts', 'index00002.ts', 'other00001.ts'];

test('what was there is removed, but what has been replaced or written since stays', t => {
	const folder = makeFolder(t);
	for (const name of old) writeFileSync(`${folder}/${name}`, 'old');
	const playlist = `${folder}/index.m3u8`;
	const files = new OldHls(playlist, tsSegment(playlist));
	files.look();
	t.deepEqual(readdirSync(folder).sort(), old);
	writeFileSync(`${folder}/index00000.ts`, 'written over');
	writeFileSync(`${folder}/new.ts`, 'new');
	renameSync(`${folder}/new.ts`, `${folder}/index00001.ts`);
	files.remove();
	t.deepEqual(readdirSync(folder).sort(), ['index00000.ts', 'index00001.ts', 'other00001.ts']);
	writeFileSync(playlist, 'new');
	files.remove();
	t.true(readdirSync(folder).includes('index.m3u8'));
});

test('a folder that is not there is told, one without HLS is as good as empty', t => {
	const folder = makeFolder(t);
	const none = `${folder}/none/index.m3u8`;
	t.throws(() => new OldHls(none, tsSegment(none)).look(), {code: 'FILE_UNWRITABLE'});
	writeFileSync(`${folder}/mine.txt`, '');
	const files = new OldHls(`${folder}/index.m3u8`, tsSegment('index.m3u8'));
	files.look();
	files.remove();
	t.deepEqual(readdirSync(folder), ['mine.txt']);
});
