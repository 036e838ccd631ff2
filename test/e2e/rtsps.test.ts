import test from 'ava';
import type {ExecutionContext} from 'ava';
import type {RtspSessionView} from '../../lib/api/types.ts';
import type {MediaError} from '../../lib/errors.ts';
import {createServer} from '../../lib/server.ts';
import {runCommand, startUntilOver} from '../helpers/command.ts';
import {decodeByGstreamer} from '../helpers/gst-reader.ts';
import {serverConfig, startPaths, untilAnswer} from '../helpers/server.ts';
import type {Paths} from '../helpers/server.ts';
import {startThrottle} from '../helpers/throttle.ts';
import {makeCertificate, tlsKeys} from '../helpers/tls.ts';

const picture = 'test:?size=320x240&rate=25&gop=25';

const startTls = (t: ExecutionContext, paths: Paths, encryption = 'optional') =>
	startPaths(t, paths, tlsKeys(encryption));

const ffmpeg = (...words: string[]) =>
	runCommand('ffmpeg', ['-nostdin', '-v', 'error', '-rtsp_transport', 'tcp', ...words]);

const sessionsOf = async (url: string): Promise<RtspSessionView[]> => {
	const response = await fetch(`${url}/v3/rtspssessions/list`);
	return ((await response.json()) as {items: RtspSessionView[]}).items;
};

test('ffmpeg and GStreamer read over TLS', async t => {
	const {server, said} = await startTls(t, {cam: {source: picture}});
	await said(/source ready/);
	const url = `${server.rtspsUrl}/cam`;
	const [byFfmpeg, byGstreamer] = await Promise.all([
		ffmpeg('-i', url, '-t', '2', '-f', 'null', '-'),
		decodeByGstreamer(t, [`location=${url}`, 'tls-validation-flags=0', 'protocols=tcp']),
	]);
	t.deepEqual([byFfmpeg.code, byFfmpeg.stderr], [0, '']);
	t.is(byGstreamer, '');
});

test('ffmpeg and GStreamer publish over TLS', async t => {
	const {server, url, said} = await startTls(t, {all_others: {}}, 'strict');
	t.is(server.rtspUrl, undefined);
	const base = server.rtspsUrl ?? '';
	startUntilOver(t, 'ffmpeg', [
		...'-nostdin -v fatal -re -f lavfi -i testsrc=size=320x240:rate=25 -c:v libx264'.split(' '),
		...'-preset ultrafast -tune zerolatency -g 25 -pix_fmt yuv420p -f rtsp'.split(' '),
		...['-rtsp_transport', 'tcp', `${base}/one`],
	]);
	startUntilOver(t, 'gst-launch-1.0', [
		...'-q videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=25/1'.split(' '),
		...'! x264enc tune=zerolatency key-int-max=25 ! h264parse ! rtspclientsink'.split(' '),
		...['protocols=tcp', 'tls-validation-flags=0', `location=${base}/two`],
	]);
	await Promise.all([said(/\[one\] source ready/), said(/\[two\] source ready/)]);
	const publishers = await sessionsOf(url);
	t.deepEqual(publishers.map(({path, state}) => `${state} ${path}`).sort(), [
		'publish one',
		'publish two',
	]);
	for (const name of ['one', 'two'])
		t.like(await ffmpeg('-i', `${base}/${name}`, '-frames:v', '25', '-f', 'null', '-'), {code: 0});
});

test('a reader over TLS at a third of the bitrate shows no broken picture', async t => {
	const source = 'test:?size=1280x720&rate=25&gop=25&bitrate=3M';
	const {server, url, said} = await startTls(t, {cam: {source}});
	await said(/source ready/);
	const line = {port: Number(new URL(server.rtspsUrl ?? '').port), bitrateBps: 1_000_000};
	const {port} = await startThrottle(t, line);
	const slow = ffmpeg('-i', `rtsps://127.0.0.1:${port}/cam`, '-t', '3', '-f', 'null', '-');
	await untilAnswer(
		async () => sessionsOf(url),
		sessions => sessions.some(({packetsDropped}) => packetsDropped > 0),
	);
	const {code, stderr} = await slow;
	t.deepEqual({code, stderr}, {code: 0, stderr: ''});
});

test('a certificate that is missing or of another key stops the start, and the sentence names the key', async t => {
	const failure = async (changes: object) => {
		const config = {...serverConfig({}), ...tlsKeys('optional'), ...changes};
		const error = await t.throwsAsync<MediaError>(createServer({config}));
		return `${error.code} ${error.message}`;
	};
	t.regex(await failure({rtspServerCert: '/none.crt'}), /^FILE_UNREADABLE .*rtspServerCert.*none/);
	const {keyFile: rtspServerKey} = makeCertificate();
	t.regex(await failure({rtspServerKey}), /^CERTIFICATE_INVALID .*rtspServerKey/);
});
