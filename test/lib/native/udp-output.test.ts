import dgram from 'node:dgram';
import {once} from 'node:events';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import type {Native} from '../../../lib/native/native.ts';
import {openStream, startNative, startTestPicture} from '../../helpers/native.ts';
import {until} from '../../helpers/until.ts';

const tracks = [
	{track: 0, payloadType: 96, ssrc: 0x1122_3344},
	{track: 1, payloadType: 97, ssrc: 0x5566_7788},
];

/** A bound UDP socket of the server, as Node holds it. */
const bindServer = async (t: ExecutionContext, native: Native, host: string) => {
	const {fd, port} = native.listen({
		protocol: 'udp',
		host,
		port: 0,
		notSentLowWater: 0,
		reusePort: false,
	});
	const socket = dgram.createSocket(host === '::' ? 'udp6' : 'udp4');
	const bound = once(socket, 'listening');
	socket.bind({fd});
	await bound;
	t.teardown(() => socket.close());
	return {fd, port};
};

/** A reader's socket and what came in. */
const bindReader = async (t: ExecutionContext) => {
	const socket = dgram.createSocket('udp4');
	const packets: {bytes: Buffer; from: number}[] = [];
	socket.on('message', (bytes, {port}) => packets.push({bytes, from: port}));
	socket.bind(0, '127.0.0.1');
	await once(socket, 'listening');
	t.teardown(() => socket.close());
	return {port: socket.address().port, packets};
};

const startOutput = async (t: ExecutionContext, host = '127.0.0.1') => {
	const native = startNative(t);
	const stream = openStream(t, native);
	startTestPicture(t, native);
	await once(stream, 'epoch');
	const rtp = await bindServer(t, native, host);
	const rtcp = await bindServer(t, native, host);
	const output = native.openUdp({
		stream: stream.id,
		tracks,
		maxPacketBytes: 600,
		rtpFd: rtp.fd,
		rtcpFd: rtcp.fd,
	});
	t.teardown(() => output.close());
	return {native, stream, output, rtp, rtcp};
};

const silent = {host: '127.0.0.1', rtpPort: 0, rtcpPort: 0};
const sequences = (packets: {bytes: Buffer}[]) => packets.map(({bytes}) => bytes.readUInt16BE(2));
const isCounted = (numbers: number[]) =>
	numbers.every((number, index) => number === ((numbers[0]! + index) & 0xff_ff));

test('a reader gets a report and then, from a key frame on, every packet once', async t => {
	const {output, rtp, rtcp} = await startOutput(t);
	const [media, control] = [await bindReader(t), await bindReader(t)];
	const video = {host: '127.0.0.1', rtpPort: media.port, rtcpPort: control.port};
	output.add({reader: 1, tracks: [video, silent], begin: 'live'});
	await until(() => media.packets.length >= 60);
	t.true(isCounted(sequences(media.packets)));
	const first = media.packets[0]!;
	t.is(first.from, rtp.port);
	t.is(first.bytes.readUInt32BE(8), 0x1122_3344);
	t.is(first.bytes[12]! & 0x1f, 24); // STAP-A: the parameter sets before a key frame
	t.true(media.packets.every(({bytes}) => bytes.length <= 600));
	await until(() => control.packets.length > 0);
	t.is(control.packets[0]?.from, rtcp.port);
	t.is(control.packets[0]?.bytes[1], 200);
});

test('readers take the tracks they want, and the ring if they ask', async t => {
	const {output} = await startOutput(t);
	const [one, other] = [await bindReader(t), await bindReader(t)];
	const to = ({port}: {port: number}) => ({host: '127.0.0.1', rtpPort: port, rtcpPort: 0});
	output.add({reader: 1, tracks: [to(one), to(one)], begin: 'real'});
	output.add({reader: 2, tracks: [silent, to(other)], begin: 'real'});
	const ssrcs = ({packets}: {packets: {bytes: Buffer}[]}) =>
		new Set(packets.map(({bytes}) => bytes.readUInt32BE(8)));
	await until(() => ssrcs(one).size === 2 && other.packets.length > 10);
	t.deepEqual([...ssrcs(other)], [0x5566_7788]);
	t.true(isCounted(sequences(other.packets)));
	const video = one.packets.filter(({bytes}) => bytes.readUInt32BE(8) === 0x1122_3344);
	t.true(isCounted(sequences(video)));
});

test('a reader that is removed gets nothing more, the others go on', async t => {
	const {output} = await startOutput(t, '::');
	const [one, other] = [await bindReader(t), await bindReader(t)];
	const to = ({port}: {port: number}) => ({
		host: '::ffff:127.0.0.1',
		rtpPort: port,
		rtcpPort: port,
	});
	output.add({reader: 1, tracks: [to(one)], begin: 'live'});
	output.add({reader: 2, tracks: [to(other)], begin: 'live'});
	await until(() => one.packets.length > 20 && other.packets.length > 20);
	output.remove(1);
	await once(output, 'sent');
	const before = one.packets.length;
	const [{packets, bytes, refused, dropped}] = await once(output, 'sent');
	t.is(one.packets.length, before);
	t.true(packets > 20 && bytes > packets * 12);
	t.is(refused, 0);
	t.deepEqual(dropped, []);
});

test('a reader is told where each track begins, and what was sent before it', async t => {
	const {output} = await startOutput(t);
	const media = await bindReader(t);
	const video = {host: '127.0.0.1', rtpPort: media.port, rtcpPort: 0};
	const [joined, begun] = [once(output, 'joined'), once(output, 'begun')];
	output.add({reader: 7, tracks: [video, silent], begin: 'fast'});
	const [{reader, starts}] = await joined;
	t.is(reader, 7);
	await until(() => media.packets.length > 0);
	const {bytes} = media.packets[0]!;
	t.deepEqual(starts[0], {sequence: bytes.readUInt16BE(2), timestamp: bytes.readUInt32BE(4)});
	const [before] = await begun;
	t.is(before.reader, 7);
	const [sent] = await once(output, 'sent');
	t.true(sent.packets - before.packets > 0 && sent.bytes > before.bytes);
});

test('addresses that make no sense are refused, readers nobody knows are ignored', async t => {
	const {native, stream, output} = await startOutput(t);
	const bad = {host: 'nowhere', rtpPort: 5000, rtcpPort: 5001};
	t.throws(() => output.add({reader: 1, tracks: [bad], begin: 'live'}), {
		instanceOf: TypeError,
		message: /`command\.tracks\[0\]\.host` to be an IP address, got nowhere/,
	});
	const wrong = {reader: 1, tracks: [], begin: 'soon' as 'live'};
	t.throws(() => output.add(wrong), {
		message: /`command\.begin` to be live, fast or real, got soon/,
	});
	output.remove(77);
	const spec = {stream: stream.id, tracks, maxPacketBytes: 600, rtpFd: 1_000_000, rtcpFd: 0};
	t.throws(() => native.openUdp(spec), {message: /`spec\.rtpFd` to be an open descriptor/});
	const closed = once(output, 'closed');
	output.close();
	t.deepEqual(await closed, []);
	output.add({reader: 1, tracks: [], begin: 'real'});
});
