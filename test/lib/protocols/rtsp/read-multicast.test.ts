import test from 'ava';
import fc from 'fast-check';
import {headerOf} from '../../../../lib/protocols/rtsp/message.ts';
import {GroupAddresses} from '../../../../lib/protocols/rtsp/multicast-groups.ts';
import type {MulticastSettings} from '../../../../lib/protocols/rtsp/server.ts';
import {connectRtsp} from '../../../helpers/rtsp-client.ts';
import type {RtspClient} from '../../../helpers/rtsp-client.ts';
import {startRtspServer} from '../../../helpers/rtsp-server.ts';
import {until} from '../../../helpers/until.ts';

const multicast: MulticastSettings = {
	range: '239.1.2.0/29',
	ports: [8002, 8003],
	ttl: 4,
	interface: '127.0.0.1',
};

const setUp = (client: RtspClient, url: string, track: number) =>
	client.ask('SETUP', `${url}/trackID=${track}`, [['Transport', 'RTP/AVP;multicast']]);

test('each track has an address of its own, the same for all readers', async t => {
	const {url, udpOutputs, server} = await startRtspServer(t, {multicast});
	const clients = [await connectRtsp(t, url), await connectRtsp(t, url)];
	for (const client of clients) {
		for (const track of [0, 1]) {
			const answer = await setUp(client, url, track);
			t.regex(
				headerOf(answer, 'Transport')!,
				new RegExp(
					`^RTP/AVP;multicast;destination=239\\.1\\.2\\.${track + 1};port=8002-8003;ttl=4;ssrc=\\w{8}$`,
				),
			);
		}
		t.is((await client.ask('PLAY', url)).status, 200);
	}
	t.is(udpOutputs.length, 1);
	t.deepEqual(
		[...udpOutputs[0]!.readers.values()].map(({tracks}) => tracks),
		[['239.1.2.1', '239.1.2.2'].map(host => ({host, rtpPort: 8002, rtcpPort: 8003}))],
	);
	t.deepEqual(
		server.sessions().map(({transport, state}) => [transport, state]),
		[1, 2].map(() => ['UDP-multicast', 'read']),
	);
});

test('media leaves from the first reader that plays to the last, and is counted once', async t => {
	const {url, udpOutputs, server, control} = await startRtspServer(t, {multicast});
	const clients = [await connectRtsp(t, url), await connectRtsp(t, url)];
	for (const client of clients) await setUp(client, url, 0);
	t.is(udpOutputs.length, 0);
	for (const client of clients) await client.ask('PLAY', url);
	const ids = {id: 0, bytes: 0, packets: 0};
	udpOutputs[0]!.emit('begun', {type: 'begun', ...ids, reader: 1});
	udpOutputs[0]!.emit('sent', {type: 'sent', ...ids, bytes: 700, refused: 0, dropped: []});
	t.is(server.bytesSent().get('cam'), 700);
	await clients[0]!.ask('PAUSE', url);
	t.false(udpOutputs[0]!.isClosed);
	clients[1]!.socket.destroy();
	await until(() => udpOutputs[0]!.isClosed);
	await clients[0]!.ask('PLAY', url);
	t.is(udpOutputs.length, 2);
	await clients[0]!.ask('TEARDOWN', url);
	t.true(udpOutputs[1]!.isClosed);
	t.is(server.bytesSent().get('cam'), 700);
	await until(() => control.readers.size === 0);
});

test('readers are hung up on when the tracks of the path are others', async t => {
	const {url, udpOutputs} = await startRtspServer(t, {multicast});
	const client = await connectRtsp(t, url);
	await setUp(client, url, 0);
	await client.ask('PLAY', url);
	udpOutputs[0]!.emit('closed');
	await client.ended;
	t.pass();
});

test('an interface that is not there is named with those that are', async t => {
	const wrong = {...multicast, interface: 'nowhere'};
	await t.throwsAsync(startRtspServer(t, {multicast: wrong}), {
		message: /multicastInterface to be one of .*\(127\.0\.0\.1\).*, got nowhere/,
	});
});

test('addresses are given once at a time, until there are none', t => {
	const addresses = new GroupAddresses('239.255.255.248/29');
	const first = addresses.take(7);
	t.is(first[0], '239.255.255.249');
	t.is(first[6], '239.255.255.255');
	t.throws(() => addresses.take(1), {message: /multicastIPRange\), got 0/});
	addresses.giveBack(['239.255.255.251']);
	t.deepEqual(addresses.take(1), ['239.255.255.251']);
	fc.assert(
		fc.property(fc.array(fc.integer({min: 0, max: 3}), {maxLength: 60}), steps => {
			const some = new GroupAddresses('224.1.0.0/27');
			const held: string[][] = [];
			for (const count of steps) {
				if (count > 0 && held.flat().length + count <= 31) held.push(some.take(count));
				else some.giveBack(held.shift() ?? []);
				t.is(new Set(held.flat()).size, held.flat().length);
			}
		}),
	);
});
