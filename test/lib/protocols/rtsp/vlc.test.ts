// What VLC says (live555 2016.11.28), written after its sources: Debian builds VLC without RTSP, so it was not recorded.
import {readFileSync} from 'node:fs';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {headerOf} from '../../../../lib/protocols/rtsp/message.ts';
import {connectRtsp} from '../../../helpers/rtsp-client.ts';
import {startRtspServer} from '../../../helpers/rtsp-server.ts';
import {portsOf} from '../../../helpers/udp-client.ts';

const dialogue = readFileSync('test/fixtures/wire/vlc-3.0.18_play-tcp.txt', 'utf8')
	.split('\n\n')
	.filter(text => text.trim() !== '')
	.map(text => `${text.replaceAll('\n', '\r\n')}\r\n\r\n`);

/** Says the dialogue to its end, each request after the answer to the last. */
const converse = async (
	t: ExecutionContext,
	requests: readonly string[],
	options: Parameters<typeof startRtspServer>[1] = {},
) => {
	const {url, server} = await startRtspServer(t, options);
	const client = await connectRtsp(t, url);
	let session = '';
	for (const [index, request] of requests.entries()) {
		client.write(request.replace('SESSION', session));
		await client.until(() => client.answers.length > index);
		session ||= headerOf(client.answers[index]!, 'Session')?.split(';')[0] ?? '';
	}
	return {answers: client.answers, server};
};

test('VLC plays, pauses, plays and ends', async t => {
	const {answers, server} = await converse(t, dialogue);
	t.deepEqual(
		answers.map(({status}) => status),
		dialogue.map(() => 200),
	);
	t.deepEqual(
		answers.map(answer => headerOf(answer, 'CSeq')),
		dialogue.map((_, index) => `${index + 2}`),
	);
	// live555 reads the first with sscanf("%[^;];timeout=%d"), the second with "interleaved=%u-%u".
	t.regex(headerOf(answers[2]!, 'Session')!, /^[^;]+;timeout=60$/);
	t.regex(headerOf(answers[3]!, 'Transport')!, /;interleaved=2-3;/);
	t.deepEqual(server.sessions(), []);
});

/** As VLC asks unless it is told otherwise. */
const overUdp = (request: string) =>
	request.replace(
		/RTP\/AVP\/TCP;unicast;interleaved=(\d)-(\d)/,
		'RTP/AVP;unicast;client_port=4123$1-4123$2',
	);

test('VLC takes UDP, and the port of RTCP for the one behind that of RTP', async t => {
	const {answers} = await converse(t, dialogue.map(overUdp));
	t.deepEqual(
		answers.map(({status}) => status),
		dialogue.map(() => 200),
	);
	// live555 reads "server_port=%hu" alone.
	const [rtp, rtcp] = portsOf(answers[3]!, 'server_port');
	t.is(rtcp, rtp! + 1);
	t.deepEqual(portsOf(answers[3]!, 'client_port'), [41_232, 41_233]);
});

test('VLC asks for TCP over the same connection when it is told that there is no UDP', async t => {
	const requests = [...dialogue.slice(0, 2), overUdp(dialogue[2]!), ...dialogue.slice(2)];
	const {answers} = await converse(t, requests, {udp: undefined});
	t.deepEqual(
		answers.map(({status}) => status),
		[200, 200, 461, ...dialogue.slice(2).map(() => 200)],
	);
});
