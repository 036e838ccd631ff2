import {symlinkSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {makeFolder, runCommand} from '../helpers/command.ts';

test('setup does nothing and says nothing when all is there', async t => {
	const ended = await runCommand('build/setup.sh', ['run']);
	t.like(ended, {code: 0, stdout: '', stderr: ''});
});

test('setup names what is missing on a system that is not Debian', async t => {
	const path = makeFolder(t);
	const tools = ['sh', 'sed', 'id', 'dirname', 'tr', 'cat', 'sha256sum'];
	for (const name of tools) symlinkSync(`/usr/bin/${name}`, join(path, name));

	const ended = await runCommand('build/setup.sh', ['run'], {env: {PATH: path}});
	t.is(ended.code, 1);
	t.regex(
		ended.stderr,
		/not Debian or Ubuntu.*install yourself:.* g\+\+ cmake ninja .*GStreamer>=1\.22/,
	);
	t.regex(ended.stderr, /Debian calls it: .*gstreamer1\.0-plugins-ugly .*libgstreamer1\.0-dev/);
});

test('setup refuses a word it does not know', async t => {
	const ended = await runCommand('build/setup.sh', ['everything']);
	t.is(ended.code, 1);
	t.regex(ended.stderr, /expected one of the words runtime, run, test/);
});
