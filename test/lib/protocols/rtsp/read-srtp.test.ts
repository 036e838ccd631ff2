// Readers over TLS that are offered SRTP (`rtspSrtp`).
import {EventEmitter} from 'node:events';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {encryptionOf} from '../../../../lib/protocols/rtsp/key-management.ts';
import type {Headers, RtspResponse} from '../../../../lib/protocols/rtsp/message.ts';
import {parseSdp} from '../../../../lib/protocols/rtsp/sdp.ts';
import {connectRtsp} from '../../../helpers/rtsp-client.ts';
import {startRtspServer} from '../../../helpers/rtsp-server.ts';
import {selfSigned} from '../../../helpers/tls.ts';

const over = (profile: string): Headers => [
	['Transport', `RTP/${profile}/TCP;unicast;interleaved=0-1`],
];

const startOffering = async (t: ExecutionContext) => {
	const address = {host: '127.0.0.1', port: 0};
	const certificate = Object.assign(new EventEmitter<{changed: []}>(), selfSigned());
	const started = await startRtspServer(t, {
		settings: {rtspSrtp: true},
		addresses: [
			{name: 'rtspAddress', ...address},
			{name: 'rtspsAddress', ...address, certificate},
		],
	});
	return {...started, client: await connectRtsp(t, started.tlsUrl)};
};

const keysOf = ({body}: RtspResponse): string[] => {
	const sdp = parseSdp(body);
	if (!sdp.ok) return [];
	return sdp.value.medias.flatMap(media => {
		const found = encryptionOf(media, sdp.value);
		return found ? [Buffer.from(found.key.key).toString('hex')] : [];
	});
};

test('every DESCRIBE over TLS has keys of its own, one for each track', async t => {
	const {client, tlsUrl} = await startOffering(t);
	const keys = [];
	for (let time = 0; time < 2; time++) keys.push(...keysOf(await client.ask('DESCRIBE', tlsUrl)));
	t.is(new Set(keys).size, 4);
});

test('nothing is told of keys where RTSP is in plain', async t => {
	const {url} = await startOffering(t);
	const client = await connectRtsp(t, url);
	const described = await client.ask('DESCRIBE', url);
	t.regex(described.body, /m=video 0 RTP\/AVP /);
	t.notRegex(described.body, /SAVP|key-mgmt/);
	t.is((await client.ask('SETUP', `${url}/trackID=0`, over('SAVP'))).status, 461);
});

const transports: Headers[] = [
	over('SAVP'),
	[['Transport', 'RTP/SAVP;unicast;client_port=40000-40001']],
];
for (const [index, transport] of transports.entries())
	test(`a key is for one run of packets, which a pause does not end: over ${index ? 'UDP' : 'TCP'}`, async t => {
		const {client, tlsUrl, outputs, udpOutputs, server} = await startOffering(t);
		const [key] = keysOf(await client.ask('DESCRIBE', tlsUrl));
		const setUp = () => client.ask('SETUP', `${tlsUrl}/trackID=0`, transport);
		t.is((await setUp()).status, 200);
		t.is((await client.ask('PLAY', tlsUrl)).status, 200);
		const [output] = index ? udpOutputs : outputs;
		const {tracks} = output!.spec as {tracks: {srtp?: {key: Uint8Array}}[]};
		t.is(Buffer.from(tracks[0]!.srtp!.key).toString('hex'), key ?? '');
		t.is(server.sessions()[0]?.profile, 'SAVP');
		t.is((await client.ask('PAUSE', tlsUrl)).status, 200);
		t.true(output!.isPaused, 'numbers stand still');
		t.is((await setUp()).status, 455);
		t.is((await client.ask('PLAY', tlsUrl)).status, 200);
		t.false(output!.isPaused);
		t.is(outputs.length + udpOutputs.length, 1);
		t.is((await client.ask('TEARDOWN', tlsUrl)).status, 200);
		t.true(output!.isClosed);
		client.forgetSession();
		t.is((await setUp()).status, 461);
	});

test('a session that pauses ends with what it was reading', async t => {
	const {client, tlsUrl, outputs} = await startOffering(t);
	await client.ask('DESCRIBE', tlsUrl);
	await client.ask('SETUP', `${tlsUrl}/trackID=0`, over('SAVP'));
	await client.ask('PLAY', tlsUrl);
	await client.ask('PAUSE', tlsUrl);
	outputs[0]!.emit('closed');
	await client.ended;
	t.pass();
});

test('all tracks of a session are encrypted, or none', async t => {
	const {client, tlsUrl} = await startOffering(t);
	await client.ask('DESCRIBE', tlsUrl);
	t.is((await client.ask('SETUP', `${tlsUrl}/trackID=0`, over('SAVP'))).status, 200);
	t.is((await client.ask('SETUP', `${tlsUrl}/trackID=1`, over('AVP'))).status, 461);
});
