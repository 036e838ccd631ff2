// RTMPS, RTSPS and HTTPS, with a certificate that this machine has been told to trust.
import {spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import test from 'ava';
import {makeFolder, runCommand} from '../helpers/command.ts';
import {complaints, makeFilm, probe} from '../helpers/films.ts';
import {startRtmpServer} from '../helpers/rtmp-server.ts';
import {runStreamer, startStreamer} from '../helpers/streamer.ts';
import {startPaths} from '../helpers/server.ts';
import {selfSigned, startTls, tlsKeys} from '../helpers/tls.ts';

const namespace = ['unshare', '--user', '--map-root-user', '--mount'];
const canMount = spawnSync('unshare', [...namespace.slice(1), 'true']).status === 0;
const run = canMount ? test : test.skip;

/** The one file of those that GnuTLS trusts, for a single command. */
const trusting = () => [
	...[
		...namespace,
		'sh',
		'-c',
		'mount --bind "$0" /etc/ssl/certs/ca-certificates.crt && exec "$@"',
	],
	selfSigned().certFile,
];

const picture = 'test:?size=160x120&rate=10&gop=5&bitrate=100k';
const both = ['aac', 'h264'];

run('RTMPS carries a stream to a server and from it', async t => {
	const server = await startRtmpServer(t);
	const url = `rtmps://localhost:${await startTls(t, server.port)}/live/key`;
	const within = trusting();
	const streamer = startStreamer(t, [picture, url, '--http', ':0'], {within});
	await streamer.until(({position}) => position > 0.3);
	const seen = `${makeFolder(t)}/seen.mp4`;
	const {code, lines} = await runStreamer(t, [url, seen, '--duration', '1s'], {within});
	t.is(code, 0, lines.join('\n'));
	t.deepEqual((await probe(seen)).codecs, both);
	t.is(await complaints(seen), '');
	streamer.say('exit');
	t.is(await streamer.ended(), 0);
});

run('RTSPS carries a stream to a server', async t => {
	const {server, said} = await startPaths(t, {all_others: {}}, tlsKeys('strict'));
	const url = `rtsps://localhost:${URL.parse(server.rtspsUrl ?? '')?.port}/stage`;
	const streamer = startStreamer(t, [picture, url], {within: trusting()});
	t.regex(await said(/\[stage\] source ready/), /source ready/);
	streamer.say('exit');
	t.is(await streamer.ended(), 0, streamer.lines.join('\n'));
});

test('RTSPS to a server that nobody vouches for is one line and exit code 1', async t => {
	const {server} = await startPaths(t, {all_others: {}}, tlsKeys('strict'));
	const {code, lines} = await runStreamer(t, [picture, `${server.rtspsUrl}/stage`]);
	t.is(code, 1);
	t.regex(lines.join('\n'), /streamer: rtsps:\/\/127.0.0.1:\d+\/stage cannot be written: /);
});

run('HTTPS gives HLS', async t => {
	const folder = makeFolder(t);
	const film = await makeFilm(t, folder, {name: 'plain.mp4', seconds: 2});
	const playlist = `${folder}/index.m3u8`;
	const options = ['-c', 'copy', '-hls_time', '1', '-hls_list_size', '0'];
	await runCommand('ffmpeg', ['-v', 'error', '-i', film, ...options, playlist]);
	const server = spawn('/usr/bin/python3', [
		...['-u', '-m', 'http.server', '0', '--bind', '127.0.0.1', '--directory', folder],
	]);
	t.teardown(() => server.kill('SIGKILL'));
	const [chunk] = (await once(server.stdout, 'data')) as [Buffer];
	const plain = Number(/port (\d+)/.exec(chunk.toString())?.[1]);
	const url = `https://localhost:${await startTls(t, plain)}/index.m3u8`;
	const output = `${folder}/out.mp4`;
	const {code, lines} = await runStreamer(t, [url, output], {within: trusting()});
	t.is(code, 0, lines.join('\n'));
	t.deepEqual((await probe(output)).codecs, both);
	t.is(await complaints(output), '');
});
