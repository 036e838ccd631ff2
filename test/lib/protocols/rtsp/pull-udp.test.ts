import dgram from 'node:dgram';
import {once} from 'node:events';
import test from 'ava';
import {createRtspSource} from '../../../../lib/protocols/rtsp/pull.ts';
import {startCamera} from '../../../helpers/camera.ts';
import {header, on} from '../../../helpers/is-pulled.ts';
import {startNative} from '../../../helpers/native.ts';
import {startPull, untilFrames} from '../../../helpers/pull.ts';
import {formatPacket, picturePayloads} from '../../../helpers/rtp.ts';
import {startScriptedCamera} from '../../../helpers/scripted-camera.ts';
import type {ScriptedCamera, Script} from '../../../helpers/scripted-camera.ts';
import {fingerprintOf, selfSigned, startTls} from '../../../helpers/tls.ts';
import {until} from '../../../helpers/until.ts';

const automatic = {rtspTransport: 'automatic'} as const;
const udp = {rtspTransport: 'udp'} as const;
const multicast = {rtspTransport: 'multicast'} as const;

const transports = ({asked}: ScriptedCamera) =>
	asked.filter(({method}) => method === 'SETUP').map(({headers}) => headers.get('transport')!);

test('gst-rtsp-server is pulled over UDP with picture and sound, and takes its TEARDOWN', async t => {
	const camera = await startCamera(t);
	const pull = startPull(t, camera.url, automatic);
	await until(() => pull.stats().keyFrames >= 3 && pull.epochs.length > 0);
	t.like(pull.epochs[0]!.tracks, [
		{type: 'h264', width: 320},
		{type: 'aac', channels: 2},
	]);
	t.notRegex(pull.log(), /TCP/);
	await pull.close();
	t.is(await pull.failure(), undefined);
});

const comesByUdp = test.macro({
	async exec(t, _line: string, script: Script) {
		const camera = await startScriptedCamera(t, {hasSound: true, ...script});
		const pull = startPull(t, camera.url(), udp);
		await untilFrames(camera, pull, 100);
		t.like(pull.stats(), {damagedFrames: 0, lostPackets: 0, epoch: 1});
		t.is(pull.epochs[0]?.tracks.length, 2);
		await pull.close();
		t.is(camera.methods().at(-1), 'TEARDOWN');
		const ports = transports(camera).map(text => /client_port=(\d+)-(\d+)/.exec(text)!);
		for (const [, rtp, rtcp] of ports) {
			t.is(Number(rtp) % 2, 0);
			t.is(Number(rtcp), Number(rtp) + 1);
		}
		t.true(camera.sessions[0]!.datagrams.length >= 2); // opens what may be in the way
	},
	title: (_, line) => `pictures and sound come over UDP from ${line}`,
});
test(comesByUdp, 'a camera that keeps to its ports', {udp: 'announced'});
test(comesByUdp, 'a camera that sends from other ports', {udp: 'elsewhere'});
test(comesByUdp, 'a camera that tells its address', {
	udp: 'announced',
	reply: on('SETUP', reply => {
		reply.headers.set('Transport', `${reply.headers.get('Transport')};source=127.0.0.1`);
	}),
});
test(comesByUdp, 'a camera whose address is nowhere', {
	udp: 'announced',
	reply: on('SETUP', reply => {
		reply.headers.set('Transport', `${reply.headers.get('Transport')};source=0.0.0.0`);
	}),
});

test('packets that are lost are counted, and the pictures that they damage', async t => {
	const camera = await startScriptedCamera(t, {
		udp: 'announced',
		packets: (packets, index) => (index % 10 === 5 ? packets.slice(1) : packets),
	});
	const pull = startPull(t, camera.url(), udp);
	await camera.untilPicture(() => pull.stats().damagedFrames >= 3);
	t.true(pull.stats().lostPackets >= 3);
	t.is(camera.sessions.length, 1);
});

test('what comes from elsewhere in the network is not taken', async t => {
	const camera = await startScriptedCamera(t, {udp: 'silent'});
	const pull = startPull(t, camera.url(), udp);
	await camera.heard('PLAY');
	const stranger = dgram.createSocket('udp4');
	stranger.bind(0, '127.0.0.2');
	await once(stranger, 'listening');
	t.teardown(() => stranger.close());
	const [payload] = picturePayloads(camera.pictures[0]!);
	const port = camera.sessions[0]!.ports.get('video')!;
	const packet = {payloadType: 96, marker: true, timestamp: 0, ssrc: 1, payload: payload!};
	for (let sequence = 0; sequence < 20; sequence++)
		stranger.send(formatPacket({...packet, sequence}), port, '127.0.0.1');
	let pictures = 0;
	camera.on('picture', () => pictures++);
	await camera.untilPicture(() => pictures >= 10);
	t.is(pull.stats().packets, 0);
});

test('a camera that answers 461 to UDP is pulled over TCP at once', async t => {
	const camera = await startScriptedCamera(t, {hasSound: true});
	const pull = startPull(t, camera.url(), automatic);
	await untilFrames(camera, pull);
	t.regex(transports(camera)[0]!, /client_port/);
	t.regex(transports(camera)[1]!, /^RTP\/AVP\/TCP;unicast;interleaved=0-1/);
	t.is(pull.epochs[0]?.tracks.length, 2);
});

test('a camera that answers 461 to UDP is told where nothing else is wanted', async t => {
	const camera = await startScriptedCamera(t);
	const error = await startPull(t, camera.url(), udp).failure();
	t.is(error?.code, 'RTSP_REFUSED');
	t.is(
		error?.message,
		'Expected RTP over UDP to be offered by the camera, got 461 Unsupported Transport',
	);
});

test('a camera that has UDP for one track only is pulled over TCP', async t => {
	const camera = await startScriptedCamera(t, {
		hasSound: true,
		udp: 'announced',
		reply: on('SETUP', (reply, {url, headers}) => {
			if (url.includes('sound') && headers.get('transport')!.includes('client_port'))
				reply.status = '461 Unsupported Transport';
		}),
	});
	const pull = startPull(t, camera.url(), automatic);
	await untilFrames(camera, pull);
	t.is(pull.epochs[0]?.tracks.length, 2);
	t.is(camera.sessions.length, 2);
});

test('a camera that answers UDP with channels goes on over TCP, in the same session', async t => {
	const camera = await startScriptedCamera(t, {
		hasSound: true,
		udp: 'announced',
		reply: on('SETUP', (reply, {headers}, session) => {
			if (!headers.get('transport')!.includes('client_port')) return;
			session.ports.clear();
			reply.headers.set('Transport', 'RTP/AVP/TCP;unicast;interleaved=0-1');
		}),
	});
	const pull = startPull(t, camera.url(), udp);
	await untilFrames(camera, pull);
	t.is(camera.sessions.length, 1);
	t.regex(transports(camera)[1]!, /TCP;unicast;interleaved=2-3/);
});

test('line 27: where nothing comes over UDP it is TCP after three seconds, and the next time at once', async t => {
	const camera = await startScriptedCamera(t, {udp: 'silent'});
	const open = createRtspSource(startNative(t));
	const pull = startPull(t, camera.url(), automatic, open);
	await untilFrames(camera, pull, 10);
	t.is(camera.sessions.length, 2);
	t.regex(pull.log(), /nothing comes over UDP for 3000 ms: TCP/);
	t.is(camera.asked.filter(({method}) => method === 'TEARDOWN').length, 1);
	await pull.close();
	const next = startPull(t, camera.url(), automatic, open);
	await untilFrames(camera, next, 10);
	t.is(camera.sessions.length, 3);
	t.regex(transports(camera).at(-1)!, /interleaved/);
});

test('who is less patient than three seconds gets TCP sooner', async t => {
	const camera = await startScriptedCamera(t, {udp: 'silent'});
	const pull = startPull(t, camera.url(), {...automatic, readTimeoutMs: 1000});
	await untilFrames(camera, pull, 10);
	t.regex(pull.log(), /nothing comes over UDP for 1000 ms: TCP/);
});

test('UDP that falls silent is told, whatever the camera answers', async t => {
	const script: Script = {udp: 'announced'};
	const camera = await startScriptedCamera(t, script);
	const pull = startPull(t, camera.url(), {...automatic, readTimeoutMs: 2000});
	await untilFrames(camera, pull, 10);
	script.udp = 'silent';
	t.is((await pull.failure())?.code, 'RTSP_SILENT');
	await camera.heard('TEARDOWN');
});

test('a camera that is paused before anything comes over UDP is not given up', async t => {
	const camera = await startScriptedCamera(t, {udp: 'announced'});
	const pull = startPull(t, camera.url(), automatic);
	await untilFrames(camera, pull, 5);
	pull.source.pause();
	await camera.heard('PAUSE');
	pull.source.play();
	await untilFrames(camera, pull, pull.stats().frames + 10);
	t.is(camera.sessions.length, 1);
});

test('the ports that a camera is told are of the range that is configured', async t => {
	const camera = await startScriptedCamera(t, {udp: 'announced', hasSound: true});
	const rtspUDPSourcePortRange = [41_001, 41_999];
	const pull = startPull(t, camera.url(), {...udp, rtspUDPSourcePortRange});
	await untilFrames(camera, pull, 5);
	const ports = transports(camera).flatMap(text => {
		const [, rtp, rtcp] = /client_port=(\d+)-(\d+)/.exec(text)!;
		return [Number(rtp), Number(rtcp)];
	});
	t.is(new Set(ports).size, 4);
	t.true(ports.every(port => port >= 41_002 && port <= 41_999));
});

test('a range of ports that is taken is told, or left for TCP', async t => {
	const camera = await startScriptedCamera(t, {udp: 'announced'});
	const native = startNative(t);
	const spec = {protocol: 'udp', host: '0.0.0.0', notSentLowWater: 0, reusePort: false} as const;
	const {port} = native.listen({...spec, port: 0});
	const even = port - (port % 2);
	const range = [even, even + 1];
	const strict = startPull(t, camera.url(), {...udp, rtspUDPSourcePortRange: range});
	const error = await strict.failure();
	t.is(error?.code, 'RTSP_NO_PORTS');
	t.regex(error!.message, /two free UDP ports from \d+ to \d+ \(rtspUDPSourcePortRange\)/);
	const pull = startPull(t, camera.url(), {...automatic, rtspUDPSourcePortRange: range});
	await untilFrames(camera, pull, 5);
	t.regex(transports(camera).at(-1)!, /interleaved/);
});

test('a camera behind TLS without SRTP is not asked for UDP', async t => {
	const camera = await startScriptedCamera(t, {udp: 'announced'});
	const port = await startTls(t, camera.port);
	const sourceFingerprint = fingerprintOf(selfSigned());
	const settings = {...udp, sourceFingerprint};
	const error = await startPull(t, `rtsps://127.0.0.1:${port}/live`, settings).failure();
	t.is(error?.code, 'CONFIG_INVALID');
	t.false(camera.methods().includes('SETUP'));
});

test('a multicast group is joined where the camera says', async t => {
	const sender = dgram.createSocket('udp4');
	sender.bind(0, '127.0.0.1');
	await once(sender, 'listening');
	t.teardown(() => sender.close());
	sender.setMulticastInterface('127.0.0.1');
	const free = dgram.createSocket('udp4').bind(0);
	await once(free, 'listening');
	const port = free.address().port & ~1;
	free.close();
	const group = '239.255.77.1';
	const camera = await startScriptedCamera(t, {
		udp: 'silent',
		...header(
			'SETUP',
			'Transport',
			() => `RTP/AVP;multicast;destination=${group};port=${port}-${port + 1};ttl=1`,
		),
		packets: packets => {
			for (const packet of packets) sender.send(formatPacket(packet), port, group);
			return packets;
		},
	});
	const pull = startPull(t, camera.url(), {...multicast, rtspMulticastInterface: 'lo'});
	await untilFrames(camera, pull, 20);
	t.is(transports(camera)[0], 'RTP/AVP;multicast');
	t.is(pull.stats().damagedFrames, 0);
});

test('what is no multicast group is not joined', async t => {
	const camera = await startScriptedCamera(t, {
		...header('SETUP', 'Transport', () => 'RTP/AVP;multicast;destination=10.0.0.1;port=5000-5001'),
	});
	const error = await startPull(t, camera.url(), multicast).failure();
	t.is(error?.code, 'RTSP_REFUSED');
	t.regex(error!.message, /^Expected RTP by multicast to be offered by the camera, got RTP\/AVP;/);
});

test('an interface that this machine does not have is told', async t => {
	const camera = await startScriptedCamera(t, {
		...header('SETUP', 'Transport', () => 'RTP/AVP;multicast;destination=239.1.1.1;port=5000-5001'),
	});
	const settings = {...multicast, rtspMulticastInterface: 'nowhere0'};
	const error = await startPull(t, camera.url(), settings).failure();
	t.regex(error!.message, /Expected rtspMulticastInterface to be one of .*, got nowhere0/);
});
