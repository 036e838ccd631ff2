// On a terminal: one made by script(1).
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {makeFolder} from '../helpers/command.ts';
import {complaints} from '../helpers/films.ts';

const picture = 'test:?size=160x120&rate=10&gop=5&bitrate=100k';

/** The command on a terminal of 100 columns. */
const startOnTerminal = (t: ExecutionContext, words: string) => {
	const command = `stty cols 100; exec ${process.cwd()}/bin/streamer ${words}`;
	const child = spawn('script', ['-q', '-e', '-c', command, '/dev/null'], {
		stdio: ['pipe', 'pipe', 'inherit'],
	});
	const ended = once(child, 'close') as Promise<[number | null]>;
	t.teardown(() => child.kill('SIGKILL'));
	const seen = {text: ''};
	const looks = new Set<() => void>();
	child.stdout.setEncoding('utf8').on('data', (text: string) => {
		seen.text += text;
		for (const look of looks) look();
	});
	child.stdin.on('error', () => {});
	return {
		type: (text: string) => void child.stdin.write(text),
		/** How often it was shown so far, once that is often enough. */
		shown: (pattern: RegExp, times = 1) =>
			new Promise<string[]>((resolve, reject) => {
				const look = () => {
					const found = seen.text.match(new RegExp(pattern, 'g')) ?? [];
					if (new Set(found).size < times) return;
					looks.delete(look);
					resolve(found);
				};
				looks.add(look);
				look();
				void ended.then(() => reject(new Error(`expected ${pattern}, got:\n${seen.text}`)));
			}),
		ended: async () => (await ended)[0],
		seen,
	};
};

const status = /playing {6,}0:00:0\d {2,}\d\.\d\d Mbit\/s {2,}1\d fps/;

test('the status is one line that is written anew: state, time, bitrate and pictures a second', async t => {
	const output = `${makeFolder(t)}/out.mp4`;
	const {type, shown, ended, seen} = startOnTerminal(t, `'${picture}' ${output}`);
	await shown(/H\.264 120p and AAC pass through\r\n/);
	// Each of them in the place of the one before: a line up, erased.
	await shown(new RegExp(`\\u001b\\[1A\\r\\u001b\\[2K${status.source}`), 3);
	type('PAUSE\r');
	await shown(/paused {6,}0:00:\d\d {2,}- Mbit\/s {2,}- fps/);
	type('nonsense\r');
	await shown(/the words are play, pause and exit\r\n/);
	type('exit\r');
	t.is(await ended(), 0);
	t.is(await complaints(output), '');
	// Gone at the end, and nothing was scrolled by it.
	t.true(seen.text.endsWith('\u001b[2K'), JSON.stringify(seen.text.slice(-80)));
	t.true(seen.text.split('\n').length < 15, seen.text);
});

test('the end of input on a terminal is exit, and so is Ctrl-C', async t => {
	for (const key of ['\u0004', '\u0003']) {
		const output = `${makeFolder(t)}/out.mp4`;
		const {type, shown, ended} = startOnTerminal(t, `'${picture}' ${output}`);
		await shown(status);
		type(key);
		t.is(await ended(), 0);
		t.is(await complaints(output), '');
	}
});
