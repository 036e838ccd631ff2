// Real peers at the other end: nginx with its RTMP module, gst-rtsp-server, srt-live-transmit, players of HLS.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {createServer} from 'node:net';
import type {AddressInfo} from 'node:net';
import {createWriteStream, existsSync, readFileSync, readdirSync, statSync} from 'node:fs';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {startCamera} from '../helpers/camera.ts';
import {makeFolder, runCommand} from '../helpers/command.ts';
import {complaints, makeFilm, packetsOf, pictureSums, probe} from '../helpers/films.ts';
import {startRecorder} from '../helpers/recorder.ts';
import {freePort, startRtmpServer} from '../helpers/rtmp-server.ts';
import {runStreamer, startStreamer} from '../helpers/streamer.ts';
import {startPaths, untilAnswer} from '../helpers/server.ts';

const picture = 'test:?size=160x120&rate=10&gop=5&bitrate=100k';
const both = ['aac', 'h264'];

/** What a player of RTMP gets, in a file that grows until it is stopped. */
const record = (t: ExecutionContext, url: string) => {
	const file = `${makeFolder(t)}/seen.flv`;
	const player = spawn('ffmpeg', [
		...['-v', 'error', '-analyzeduration', '2000000', '-i', url, '-c', 'copy'],
		...['-flush_packets', '1', file],
	]);
	const closed = once(player, 'close');
	t.teardown(() => player.kill('SIGKILL'));
	const size = () => (existsSync(file) ? statSync(file).size : 0);
	return {
		file,
		untilGrown: async () => {
			const before = size();
			await untilAnswer(
				async () => size(),
				now => now > before + 5000,
			);
		},
		size,
		stop: async () => {
			player.kill('SIGKILL');
			await closed;
		},
	};
};

test('RTMP: play, pause and exit while somebody watches; the stream goes on without a gap', async t => {
	const server = await startRtmpServer(t);
	const url = `${server.url}/abcd-1234`;
	const streamer = startStreamer(t, [picture, url, '--http', ':0']);
	await streamer.until(({state, position}) => state === 'playing' && position > 0.3);
	const player = record(t, url);
	await player.untilGrown();
	streamer.say('pause');
	const {drops} = await streamer.until(({state}) => state === 'paused');
	await streamer.until(status => status.drops > drops + 20);
	streamer.say('play');
	await streamer.until(({state}) => state === 'playing');
	await player.untilGrown();
	streamer.say('exit');
	t.is(await streamer.ended(), 0);
	await player.stop();
	t.deepEqual((await probe(player.file)).codecs, both);
	const times = (await packetsOf(player.file, 'v:0')).map(({dtsUs}) => dtsUs);
	const steps = times.slice(1).map((time, index) => time - times[index]!);
	t.true(Math.min(...steps) > 0, `${Math.min(...steps)}`);
	t.true(Math.max(...steps) < 300_000, `${Math.max(...steps)}`);
	t.notRegex(streamer.lines.join('\n'), /abcd-1234/);
});

test('RTMP: a server that is killed and comes back gets the stream again', async t => {
	const first = await startRtmpServer(t);
	const url = `${first.url}/key`;
	const streamer = startStreamer(t, [picture, url, '--reconnect', '--http', ':0']);
	await streamer.until(({state, position}) => state === 'playing' && position > 0.3);
	await first.stop();
	await streamer.until(({state}) => state === 'reconnecting');
	await startRtmpServer(t, {port: first.port});
	await streamer.until(({state, reconnects}) => state === 'playing' && reconnects > 0);
	const player = record(t, url);
	await player.untilGrown();
	await player.stop();
	t.deepEqual((await probe(player.file)).codecs, both);
	streamer.child.kill('SIGTERM');
	t.is(await streamer.ended(), 0);
	t.regex(streamer.lines.join('\n'), /; trying again\nconnected again/);
});

test('RTMP: a film goes on where it was, with the key frame before it, each time the server is lost', async t => {
	const film = await makeFilm(t, makeFolder(t), {name: 'sparse.mp4', seconds: 6});
	const folders = [makeFolder(t), makeFolder(t), makeFolder(t)] as const;
	let server = await startRtmpServer(t, {records: folders[0]});
	const {port} = server;
	const streamer = startStreamer(t, [film, `${server.url}/key`, '--reconnect', '--http', ':0']);
	// What is written grows by what is sent twice: it is past the key frame at 4 s when the film is not.
	for (const [written, records] of [
		[2.8, folders[1]],
		[4.1, folders[2]],
	] as const) {
		await streamer.until(({position}) => position > written);
		const {reconnects} = await streamer.status();
		await server.stop();
		server = await startRtmpServer(t, {port, records});
		await streamer.until(status => status.reconnects > reconnects);
	}
	t.is(await streamer.ended(), 0);
	t.false(streamer.lines.some(line => line.startsWith('streamer: ')));
	const sums = await pictureSums(film);
	// What a stream begins with has other words of its encoder around it than in the film.
	const placesOf = async (folder: string) => {
		const [, ...places] = (await pictureSums(`${folder}/key.flv`)).map(sum => sums.indexOf(sum));
		return [places[0]! - 1, ...places];
	};
	const seen = await Promise.all(folders.map(placesOf));
	for (const pictures of seen)
		t.deepEqual(pictures, [...sums.keys()].slice(pictures[0], pictures.at(-1)! + 1));
	const keyBefore = (picture: number) => picture - (picture % 50);
	t.deepEqual(
		seen.map(pictures => pictures[0]),
		[0, keyBefore(seen[0]!.at(-1)! + 1), keyBefore(seen[1]!.at(-1)! + 1)],
	);
	t.is(seen[2]!.at(-1), sums.length - 1);
});

test('RTMP: without --reconnect a server that is killed is one line and exit code 1', async t => {
	const server = await startRtmpServer(t);
	const streamer = startStreamer(t, [picture, `${server.url}/abcd-1234`, '--http', ':0']);
	await streamer.until(({position}) => position > 0.3);
	await server.stop();
	t.is(await streamer.ended(), 1);
	const told = streamer.lines.filter(line => line.startsWith('streamer: '));
	t.is(told.length, 1, streamer.lines.join('\n'));
	t.notRegex(told[0]!, /abcd-1234/);
});

test('RTMP: a server that refuses is one line and exit code 1', async t => {
	const server = await startRtmpServer(t);
	const closed = `rtmp://127.0.0.1:${server.port}/closed/abcd-1234`;
	const {code, lines} = await runStreamer(t, [picture, closed]);
	t.is(code, 1);
	const told = lines.filter(line => line.startsWith('streamer: '));
	t.is(told.length, 1, lines.join('\n'));
	t.regex(told[0]!, /\/closed\/\*\*\* cannot be written: the server hung up when it was asked/);
	t.notRegex(lines.join('\n'), /abcd-1234/);
});

test('RTMP: the reason that a server gives is told', async t => {
	const server = await startRtmpServer(t);
	const url = `${server.url}/abcd-1234`;
	const first = startStreamer(t, [picture, url, '--http', ':0']);
	await first.until(({position}) => position > 0.3);
	const {code, lines} = await runStreamer(t, [picture, url]);
	t.is(code, 1);
	t.regex(lines.at(-1)!, /\/live\/\*\*\* cannot be written: Already publishing \(NetStream\..*\)$/);
	t.notRegex(lines.join('\n'), /abcd-1234/);
});

test('RTMP: what answers in another language is told to be that', async t => {
	const server = createServer(socket => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	t.teardown(() => server.close());
	const {port} = server.address() as AddressInfo;
	const {code, lines} = await runStreamer(t, [picture, `rtmp://127.0.0.1:${port}/live/key`]);
	t.is(code, 1);
	t.regex(lines.at(-1)!, /cannot be written: a web server answers there$/);
});

test('RTMP: ffmpeg as the server gets as much as was asked for, in both tracks', async t => {
	const url = `rtmp://127.0.0.1:${await freePort()}/live/key`;
	const file = `${makeFolder(t)}/seen.mp4`;
	const peer = spawn('ffmpeg', ['-v', 'error', '-listen', '1', '-i', url, '-c', 'copy', file]);
	const closed = once(peer, 'close');
	t.teardown(() => peer.kill('SIGKILL'));
	const options = ['--duration', '2s', '--reconnect'];
	const {code, lines} = await runStreamer(t, [picture, url, ...options]);
	t.is(code, 0, lines.join('\n'));
	await closed;
	t.is(await complaints(file), '');
	for (const [track, frameUs] of [
		['v:0', 100_000],
		['a:0', 23_220],
	] as const) {
		const packets = await packetsOf(file, track);
		const lengthUs = packets.at(-1)!.dtsUs - packets[0]!.dtsUs + frameUs;
		t.true(lengthUs >= 1_998_000 && lengthUs <= 2_000_000 + frameUs, `${track} ${lengthUs}`);
	}
});

test('RTMP: a server that stands still does not hold up the end', async t => {
	const server = await startRtmpServer(t);
	const streamer = startStreamer(t, [picture, `${server.url}/key`, '--http', ':0']);
	await streamer.until(({position}) => position > 0.3);
	server.freeze();
	streamer.say('exit');
	t.is(await streamer.ended(), 0);
});

test('FLV has its metadata once', async t => {
	const {url} = await startCamera(t);
	const output = `${makeFolder(t)}/out.flv`;
	t.is((await runStreamer(t, [url, output, '--duration', '3s'])).code, 0);
	t.is(readFileSync(output, 'latin1').split('onMetaData').length - 1, 1);
});

test('RTMP comes in as well, and is written to a file', async t => {
	const server = await startRtmpServer(t);
	const source = startStreamer(t, [picture, `${server.url}/key`, '--http', ':0']);
	await source.until(({position}) => position > 0.3);
	const output = `${makeFolder(t)}/out.mp4`;
	const {code, lines} = await runStreamer(t, [`${server.url}/key`, output, '--duration', '1s']);
	t.is(code, 0, lines.join('\n'));
	t.deepEqual((await probe(output)).codecs, both);
	t.is(await complaints(output), '');
});

test('RTMP: an INPUT that its publisher ends is written to its end, with exit code 0', async t => {
	const {server, said} = await startPaths(t, {all_others: {publisherGrace: '0s'}});
	const url = `${server.rtmpUrl}/live/key`;
	const feed = startStreamer(t, [picture, url, '--http', ':0']);
	await said(/source ready/);
	const output = `${makeFolder(t)}/out.mp4`;
	const streamer = startStreamer(t, [url, output, '--http', ':0']);
	await streamer.until(({position}) => position > 0.5);
	feed.say('exit');
	t.is(await streamer.ended(), 0, streamer.lines.join('\n'));
	t.deepEqual((await probe(output)).codecs, both);
	t.is(await complaints(output), '');
});

test('RTMP: an INPUT that nobody publishes is one line and exit code 1', async t => {
	const {server} = await startPaths(t, {all_others: {}});
	const output = `${makeFolder(t)}/out.mp4`;
	const {code, lines} = await runStreamer(t, [`${server.rtmpUrl}/live/key`, output]);
	t.is(code, 1);
	t.is(lines.length, 1);
	t.regex(lines[0]!, /^streamer: .*Path live\/key has no stream.*StreamNotFound/);
	t.false(existsSync(output));
});

test('RTMP: an INPUT whose server is killed is one line and exit code 1, and with --reconnect goes on', async t => {
	const first = await startRtmpServer(t);
	const url = `${first.url}/key`;
	const feed = startStreamer(t, [picture, url, '--reconnect', '--http', ':0']);
	await feed.until(({position}) => position > 0.3);
	const folder = makeFolder(t);
	const single = startStreamer(t, [url, `${folder}/once.ts`, '--http', ':0']);
	const again = startStreamer(t, [url, `${folder}/again.ts`, '--reconnect', '--http', ':0']);
	for (const it of [single, again]) await it.until(({position}) => position > 0.3);
	await first.stop();
	t.is(await single.ended(), 1);
	const told = single.lines.filter(line => line.startsWith('streamer: '));
	t.is(told.length, 1, single.lines.join('\n'));
	await again.until(({state}) => state === 'reconnecting');
	await startRtmpServer(t, {port: first.port});
	await again.until(({state, reconnects}) => state === 'playing' && reconnects === 1);
	again.say('exit');
	t.is(await again.ended(), 0);
});

test('RTSP: ANNOUNCE and RECORD to gst-rtsp-server', async t => {
	const {url, tracks} = await startRecorder(t, `${makeFolder(t)}/seen`);
	const {lines, say, ended} = startStreamer(t, [picture, url]);
	// Decoded: pictures of 160x120, and sound.
	const sizes = await untilAnswer(
		async () => tracks.map(track => (existsSync(track) ? statSync(track).size : 0)),
		found => Math.min(...found) > 0 && Math.max(...found) > 10 * 28_800,
	);
	say('exit');
	t.is(await ended(), 0, lines.join('\n'));
	t.deepEqual(lines, ['H.264 120p and AAC pass through']);
	t.true(
		sizes.some(size => size % 28_800 === 0),
		sizes.join(' '),
	);
});

test('SRT: srt-live-transmit gets MPEG-TS', async t => {
	const port = await freePort();
	const file = `${makeFolder(t)}/seen.ts`;
	const peer = spawn('srt-live-transmit', [`srt://:${port}?mode=listener`, 'file://con', '-q']);
	peer.stdout.pipe(createWriteStream(file));
	const closed = once(peer, 'close');
	t.teardown(() => peer.kill('SIGKILL'));
	const url = `srt://127.0.0.1:${port}`;
	// Nobody tells when it listens: UDP has no connections to try.
	const options = ['--reconnect', '--duration', '2s'];
	const {code, lines} = await runStreamer(t, [picture, url, ...options]);
	t.is(code, 0, lines.join('\n'));
	peer.kill('SIGTERM');
	await closed;
	t.deepEqual((await probe(file)).codecs, both);
});

for (const variant of ['mpegts', 'fmp4'])
	test(`HLS as ${variant}: a folder that a player reads, over HTTP too`, async t => {
		const folder = makeFolder(t);
		const playlist = `${folder}/index.m3u8`;
		const options = ['--hls', variant, '--http', ':0'];
		const streamer = startStreamer(t, [picture, playlist, ...options]);
		await streamer.until(({position}) => position > 5);
		const url = `${await streamer.url()}/index.m3u8`;
		const seen = await probe(url);
		t.deepEqual([...new Set(seen.codecs)], both);
		const answer = await fetch(url);
		t.is(answer.headers.get('content-type'), 'application/vnd.apple.mpegurl');
		t.notRegex(await answer.text(), /ENDLIST/);
		streamer.say('exit');
		t.is(await streamer.ended(), 0);
		t.regex(readFileSync(playlist, 'utf8'), /#EXT-X-ENDLIST\s*$/);
		t.is(await complaints(playlist), '');
		const listed = readFileSync(playlist, 'utf8').match(/^[^#\s].*$/gm) ?? [];
		const names = readdirSync(folder);
		for (const name of listed) t.true(names.includes(name), name);
	});

test('a camera that was killed and is back goes on, while its output stays', async t => {
	const server = await startRtmpServer(t);
	const first = await startCamera(t, {gop: 10});
	const url = `${server.url}/cam`;
	const streamer = startStreamer(t, [first.url, url, '--reconnect', '--http', ':0']);
	await streamer.until(({position}) => position > 0.3);
	const player = record(t, url);
	await player.untilGrown();
	await first.stop();
	await streamer.until(({state}) => state === 'reconnecting');
	await startCamera(t, {gop: 10, port: first.port});
	await streamer.until(({state, reconnects}) => state === 'playing' && reconnects === 1);
	// The same player, on the same connection.
	await player.untilGrown();
	await player.stop();
	t.deepEqual((await probe(player.file)).codecs, both);
	streamer.child.kill('SIGINT');
	t.is(await streamer.ended(), 0);
});

test('the G.711 of a camera becomes AAC in an mp4', async t => {
	const camera = await startCamera(t, {
		launch:
			'( videotestsrc is-live=true ! video/x-raw,width=160,height=120,framerate=25/1 ! ' +
			'x264enc tune=zerolatency speed-preset=ultrafast key-int-max=10 ! rtph264pay name=pay0 pt=96 ' +
			'audiotestsrc is-live=true ! audio/x-raw,rate=8000,channels=1 ! mulawenc ! rtppcmupay name=pay1 )',
	});
	const output = `${makeFolder(t)}/out.mp4`;
	const {code, lines} = await runStreamer(t, [camera.url, output, '--duration', '1s']);
	t.is(code, 0, lines.join('\n'));
	t.deepEqual(lines, ['H.264 120p passes through; G.711 becomes AAC']);
	t.deepEqual((await probe(output)).codecs, both);
});

test('a camera whose sound our own RTSP does not carry is fetched by GStreamer', async t => {
	const camera = await startCamera(t, {
		launch:
			'( videotestsrc is-live=true ! video/x-raw,width=160,height=120,framerate=25/1 ! ' +
			'x264enc tune=zerolatency speed-preset=ultrafast key-int-max=10 ! rtph264pay name=pay0 pt=96 ' +
			'audiotestsrc is-live=true ! avenc_aac ! rtpmp4apay name=pay1 pt=97 )',
	});
	const output = `${makeFolder(t)}/out.mp4`;
	const {code, lines} = await runStreamer(t, [camera.url, output, '--duration', '1s']);
	t.is(code, 0, lines.join('\n'));
	t.regex(lines.join('\n'), /^H\.264( 120p)? and AAC pass through$/);
	t.deepEqual((await probe(output)).codecs, both);
});

test('a camera that goes away leaves a file that is whole, and exit code 1', async t => {
	const camera = await startCamera(t, {gop: 10});
	const output = `${makeFolder(t)}/out.mp4`;
	const streamer = startStreamer(t, [camera.url, output, '--http', ':0']);
	await streamer.until(({position}) => position > 0.5);
	await camera.stop();
	t.is(await streamer.ended(), 1);
	t.is(streamer.lines.filter(line => line.startsWith('streamer: ')).length, 1);
	t.is(await complaints(output), '');
});

test('a web server gives HLS', async t => {
	const folder = makeFolder(t);
	const film = await makeFilm(t, folder, {name: 'plain.mp4', seconds: 2});
	const playlist = `${folder}/index.m3u8`;
	await runCommand('ffmpeg', [
		...['-v', 'error', '-i', film, '-c', 'copy', '-hls_time', '1', '-hls_list_size', '0', playlist],
	]);
	const server = spawn('/usr/bin/python3', [
		...['-u', '-m', 'http.server', '0', '--bind', '127.0.0.1', '--directory', folder],
	]);
	t.teardown(() => server.kill('SIGKILL'));
	const [chunk] = (await once(server.stdout, 'data')) as [Buffer];
	const port = /port (\d+)/.exec(chunk.toString())?.[1];
	const output = `${folder}/out.mp4`;
	const {code, lines} = await runStreamer(t, [`http://127.0.0.1:${port}/index.m3u8`, output]);
	t.is(code, 0, lines.join('\n'));
	t.deepEqual((await probe(output)).codecs, both);
	t.is(await complaints(output), '');
});
