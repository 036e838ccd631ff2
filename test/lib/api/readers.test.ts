import {spawn} from 'node:child_process';
import {once} from 'node:events';
import test from 'ava';
import {readerSchema, statsSchema} from '../../../lib/api/reader-schemas.ts';
import type {ReaderFacts} from '../../../lib/media/reader-facts.ts';
import {openViewer} from '../../helpers/live-viewer.ts';
import {startPaths} from '../../helpers/server.ts';

const source = 'test:?size=160x120&rate=10&gop=5&bitrate=100k';
const report = {
	...{bl: 60, ltc: 95, pr: 1, dfa: 2, bsa: 1, frames: 250, width: 160, height: 120, rtt: 2.1},
};

const readersAt = async (url: string): Promise<ReaderFacts[]> => {
	const list = (await (await fetch(`${url}/v3/readers/list`)).json()) as {items: ReaderFacts[]};
	return list.items;
};

/** Until they are as wanted. */
const untilReaders = async (
	url: string,
	isWanted: (readers: ReaderFacts[]) => boolean,
): Promise<ReaderFacts[]> => {
	for (;;) {
		const readers = await readersAt(url);
		if (isWanted(readers)) return readers;
	}
};

test('everybody who reads is listed, by whatever protocol', async t => {
	const {server, url, said} = await startPaths(t, {'live/cam': {source}});
	await said(/source ready/);
	const players = [
		['-rtsp_transport', 'tcp', '-i', `${server.rtspUrl}/live/cam`],
		['-i', `${server.rtmpUrl}/live/cam`],
		['-i', `${url}/live/cam/live.flv`],
	].map(words =>
		spawn('ffmpeg', ['-nostdin', '-v', 'quiet', ...words, '-f', 'null', '-'], {stdio: 'ignore'}),
	);
	t.teardown(async () => {
		for (const player of players) {
			const closed = once(player, 'close');
			player.kill('SIGKILL');
			await closed;
		}
	});
	await fetch(`${url}/live/cam/index.m3u8`);
	const viewer = await openViewer(t, url, 'live/cam');
	viewer.hello();
	await viewer.untilMedia(2);
	const readers = await untilReaders(url, all => all.length === 5);
	t.deepEqual(readers.map(({protocol}) => protocol).toSorted(), [
		...['flv', 'hls', 'mse', 'rtmp', 'rtsp'],
	]);
	for (const reader of readers) {
		t.notThrows(() => readerSchema.strict().parse(reader));
		t.like(reader, {path: 'live/cam', report: null, delay: null});
		t.regex(reader.remoteAddr, /^127\.0\.0\.1/);
	}
	const listed = server.path('live/cam').facts?.readers.map(({id}) => id);
	for (const {id} of readers) t.true(listed?.includes(id), id);
});

test('what a viewer says of itself is listed; what is none closes it', async t => {
	const {url, said} = await startPaths(t, {cam: {source}});
	await said(/source ready/);
	const viewer = await openViewer(t, url, 'cam');
	viewer.hello();
	await viewer.untilMedia(2);
	viewer.say({type: 'stats', ...report, ltc: 75});
	viewer.say({type: 'stats', ...report});
	const [reader] = await untilReaders(url, ([first]) => first?.report?.ltc === 95);
	t.deepEqual(reader?.report, report);
	t.deepEqual(reader?.delay, {min: 75, avg: 85, max: 95});
	viewer.say({type: 'stats', ...report, dfa: -1});
	const [code] = await viewer.closed;
	t.is(code, 4400);
	await untilReaders(url, all => all.length === 0);
});

test('all that is going on is told once a second, as Server-Sent Events', async t => {
	const {server, url, said, lines} = await startPaths(t, {cam: {source}});
	await said(/source ready/);
	const response = await fetch(`${url}/v3/stats/events`);
	t.regex(response.headers.get('content-type') ?? '', /^text\/event-stream/);
	const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
	for (let count = 0; count < 2; count++) {
		const {value = ''} = await reader.read();
		const facts: unknown = JSON.parse(value.replace(/^data: /, ''));
		t.notThrows(() => statsSchema.parse(facts));
		t.like(facts, {paths: [{name: 'cam', state: 'ready'}]});
	}
	await reader.cancel();
	await server.close();
	t.notRegex(lines.join('\n'), /request failed/);
});
