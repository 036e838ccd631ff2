// Publishers with SRTP: their keys in the announcement (RFC 4568, RFC 4567).
import {randomBytes} from 'node:crypto';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {formatKeyMgmt, parseKeyMgmtHeader} from '../../../../lib/protocols/rtsp/key-management.ts';
import {headerOf} from '../../../../lib/protocols/rtsp/message.ts';
import {formatCrypto} from '../../../../lib/protocols/rtsp/srtp-key.ts';
import type {SrtpKey} from '../../../../lib/protocols/rtsp/srtp-key.ts';
import {interleave} from '../../../helpers/rtp.ts';
import {
	packetsOf,
	pictures,
	recordTcp,
	sdpOf,
	sdpType,
	startPublishing,
} from '../../../helpers/rtsp-publisher.ts';
import {SrtpPeer} from '../../../helpers/srtp.ts';

const makeKey = (): SrtpKey => ({suite: 'AES_CM_128_HMAC_SHA1_80', key: randomBytes(30)});

const encrypted = (attribute: string): string =>
	sdpOf({more: [attribute]}).replace('RTP/AVP', 'RTP/SAVP');

const setUpSavp = recordTcp(0).map(
	([name, value]) => [name, value.replace('RTP/AVP', 'RTP/SAVP')] as const,
);

const sends = async (t: ExecutionContext, key: SrtpKey, attribute: string) => {
	const {client, base, said, server} = await startPublishing(t, {cam: {}});
	const url = `${base}/cam`;
	t.is((await client.ask('ANNOUNCE', url, sdpType, encrypted(attribute))).status, 200);
	const setUp = await client.ask('SETUP', `${url}/streamid=0`, setUpSavp);
	t.is(setUp.status, 200);
	t.regex(headerOf(setUp, 'Transport') ?? '', /^RTP\/SAVP\/TCP/);
	t.is((await client.ask('RECORD', url)).status, 200);
	const peer = new SrtpPeer(key.key);
	for (const packet of packetsOf(pictures)) client.write(interleave(0, peer.protectRtp(packet)));
	await said(/\[cam\] source ready: 1 track \(H264 320x240/);
	return {setUp, server};
};

test('a publisher with SRTP tells its key by a=crypto', async t => {
	const key = makeKey();
	const {setUp, server} = await sends(t, key, `a=crypto:${formatCrypto(key)}`);
	t.is(headerOf(setUp, 'KeyMgmt'), undefined);
	t.is(server.path('cam').state, 'ready');
});

test('a publisher with SRTP tells its key by MIKEY, and is told ours', async t => {
	const key = makeKey();
	const attribute = `a=key-mgmt:${formatKeyMgmt({key, sources: [{ssrc: 7, rollovers: 0}]})}`;
	const {setUp} = await sends(t, key, attribute);
	const own = parseKeyMgmtHeader(headerOf(setUp, 'KeyMgmt') ?? '');
	t.is(own?.sources.length, 1);
	t.notDeepEqual(own?.key.key, key.key);
});

test('a publisher that encrypts and tells no key that is understood is refused', async t => {
	const {client, base} = await startPublishing(t, {cam: {}});
	const response = await client.ask('ANNOUNCE', `${base}/cam`, sdpType, encrypted('a=recvonly'));
	t.is(response.status, 400);
	t.regex(response.body, /expected a key of SRTP/);
});

test('what is announced with SRTP cannot come without it, nor the other way round', async t => {
	const key = makeKey();
	const {client, base} = await startPublishing(t, {cam: {}, other: {}});
	const sdp = encrypted(`a=crypto:${formatCrypto(key)}`);
	await client.ask('ANNOUNCE', `${base}/cam`, sdpType, sdp);
	t.is((await client.ask('SETUP', `${base}/cam/streamid=0`, recordTcp(0))).status, 461);
	t.is((await client.ask('SETUP', `${base}/cam/streamid=0`, setUpSavp)).status, 200);
	const {client: second, base: otherBase} = await startPublishing(t, {other: {}});
	await second.ask('ANNOUNCE', `${otherBase}/other`, sdpType, sdpOf());
	t.is((await second.ask('SETUP', `${otherBase}/other/streamid=0`, setUpSavp)).status, 461);
});
