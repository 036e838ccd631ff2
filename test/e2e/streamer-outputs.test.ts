// Films, whatever their codecs, to peers that take them in real time: what is encoded anew, and what has its parameter sets in it.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {closeSync, existsSync, openSync, statSync} from 'node:fs';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {makeFolder} from '../helpers/command.ts';
import {complaints, makeFilm, packetsOf} from '../helpers/films.ts';
import type {FilmName} from '../helpers/films.ts';
import {startRecorder} from '../helpers/recorder.ts';
import {freePort} from '../helpers/rtmp-server.ts';
import {inTurn, startStreamer} from '../helpers/streamer.ts';

/** Where a film goes, and what of it has arrived when it has ended. */
type Peer = {url: string; options?: string[]; arrived: () => Promise<void>};

const sizeOf = (file: string) => (existsSync(file) ? statSync(file).size : 0);

const srt = async (t: ExecutionContext): Promise<Peer> => {
	const file = `${makeFolder(t)}/seen.ts`;
	const port = await freePort();
	const output = openSync(file, 'w');
	const listener = `srt://:${port}?mode=listener`;
	const peer = spawn('srt-live-transmit', ['-q', '-a', 'no', listener, 'file://con'], {
		stdio: ['ignore', output, 'inherit'],
	});
	closeSync(output);
	const closed = once(peer, 'close');
	t.teardown(() => peer.kill('SIGKILL'));
	return {
		url: `srt://127.0.0.1:${port}`,
		// Nobody tells when it listens: UDP has no connections to try.
		options: ['--reconnect'],
		arrived: async () => {
			await closed;
			const pictures = await packetsOf(file, 'v:0');
			t.true(pictures.filter(({isKey}) => isKey).length > 0, `${pictures.length} pictures`);
			t.true((await packetsOf(file, 'a:0')).length > 50);
		},
	};
};

const hls = async (t: ExecutionContext): Promise<Peer> => {
	const url = `${makeFolder(t)}/index.m3u8`;
	return {
		url,
		arrived: async () => {
			t.true((await packetsOf(url, 'v:0')).length > 40);
			t.true((await packetsOf(url, 'a:0')).length > 50);
			t.is(await complaints(url), '');
		},
	};
};

const rtsp = async (t: ExecutionContext): Promise<Peer> => {
	const {url, tracks} = await startRecorder(t, `${makeFolder(t)}/seen`);
	return {
		url,
		// Decoded: pictures, and sound.
		arrived: async () => {
			t.true(Math.min(...tracks.map(sizeOf)) > 100_000);
		},
	};
};

const peers = {srt, hls, rtsp};

const arrives = test.macro({
	exec: (t, film: FilmName, name: keyof typeof peers) =>
		inTurn(async () => {
			const input = await makeFilm(t, makeFolder(t), {name: film});
			const {url, options = [], arrived} = await peers[name](t);
			const streamer = startStreamer(t, [input, url, ...options]);
			t.is(await streamer.ended(), 0, streamer.lines.join('\n'));
			await arrived();
		}),
	title: (_, film, name) => `${film} arrives by ${name}`,
});

for (const film of ['plain.ts', 'vp9.webm'] as const)
	for (const name of ['srt', 'hls', 'rtsp'] as const) test(arrives, film, name);
