// VLC plays HLS; Debian's is built without RTSP, whose dialogue is in test/lib/protocols/rtsp/vlc.test.ts.
import {chmodSync} from 'node:fs';
import test from 'ava';
import {makeFolder, runCommand} from '../helpers/command.ts';
import {packetsOf, probe} from '../helpers/films.ts';
import {startPaths} from '../helpers/server.ts';

/** VLC does not run as root. */
const asNobody = process.getuid?.() === 0 ? ['runuser', '-u', 'nobody', '--'] : [];

for (const hlsVariant of ['lowLatency', 'fmp4'])
	test(`VLC plays HLS of the variant ${hlsVariant}`, async t => {
		const source = 'test:?size=320x240&rate=25&gop=25';
		const {url, said} = await startPaths(t, {cam: {source, hlsVariant}});
		await said(/\[cam\] source ready/);
		const folder = makeFolder(t);
		chmodSync(folder, 0o777);
		const seen = `${folder}/seen.ts`;
		const [command = '', ...words] = [
			...[...asNobody, 'env', `HOME=${folder}`, 'cvlc', '-I', 'dummy', '-q', '--run-time', '3'],
			...['--sout', `#std{access=file,mux=ts,dst=${seen}}`, `${url}/cam/index.m3u8`, 'vlc://quit'],
		];
		t.is((await runCommand(command, words)).code, 0);
		t.deepEqual((await probe(seen)).codecs, ['aac', 'h264']);
		// VLC cuts its last sound short.
		const judge = ['-v', 'error', '-i', seen, '-map', '0:v', '-f', 'null', '-'];
		t.like(await runCommand('ffmpeg', judge), {code: 0, stderr: ''});
		t.true((await packetsOf(seen, 'v:0')).length >= 50);
	});
