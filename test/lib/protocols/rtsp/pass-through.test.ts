// What nobody here understands goes from RTSP to RTSP packet by packet, as it is.
import {once} from 'node:events';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {formatPacket, interleave, senderReport} from '../../../helpers/rtp.ts';
import type {RtspClient} from '../../../helpers/rtsp-client.ts';
import {connectRtsp} from '../../../helpers/rtsp-client.ts';
import {
	mediaOf,
	pictures,
	recordTcp,
	sdpOf,
	sdpType,
	startPublishing,
} from '../../../helpers/rtsp-publisher.ts';

type Sent = {timestamp: number; marker: boolean; payload: Buffer};

/** A track beside pictures, and what it sends. */
type Stranger = {sdp: string[]; described: RegExp; packets: Sent[]};

const bytes = (size: number, first: number): Buffer =>
	Buffer.from(Array.from({length: size}, (_, index) => (first + index) & 0xff));

/** One unit of several packets, and one packet alone, a second and a bit later. */
const units = (first: number): Sent[] => [
	{timestamp: first, marker: false, payload: bytes(1400, 1)},
	{timestamp: first, marker: false, payload: bytes(1400, 2)},
	{timestamp: first, marker: true, payload: bytes(7, 3)},
	{timestamp: first + 90_013, marker: true, payload: bytes(30, 4)},
];

/** SMPTE ST 336: a universal key, a length, a value. */
const klv = Buffer.concat([Buffer.from('060e2b34020b01010e01030101000000', 'hex'), bytes(41, 40)]);

const metadata = Buffer.from(
	'<?xml version="1.0" encoding="UTF-8"?><tt:MetadataStream xmlns:tt="http://www.onvif.org/ver10/schema">' +
		'<tt:VideoAnalytics><tt:Frame UtcTime="2026-11-30T12:00:00Z"/></tt:VideoAnalytics></tt:MetadataStream>',
);

const strangers: Record<string, Stranger> = {
	'KLV (RFC 6597)': {
		sdp: ['m=application 0 RTP/AVP 98', 'a=rtpmap:98 SMPTE336M/90000'],
		described: /m=application 0 RTP\/AVP \d+\r\na=rtpmap:\d+ SMPTE336M\/90000\r\n/,
		packets: [
			{timestamp: 5000, marker: false, payload: klv.subarray(0, 20)},
			{timestamp: 5000, marker: true, payload: klv.subarray(20)},
			{timestamp: 95_000, marker: true, payload: klv},
		],
	},
	'metadata of ONVIF': {
		sdp: ['m=application 0 RTP/AVP 107', 'a=rtpmap:107 vnd.onvif.metadata/90000'],
		described: /m=application .*\r\na=rtpmap:\d+ vnd\.onvif\.metadata\/90000\r\n/i,
		packets: [
			{timestamp: 0, marker: false, payload: metadata.subarray(0, 100)},
			{timestamp: 0, marker: true, payload: metadata.subarray(100)},
			{timestamp: 90_000, marker: true, payload: metadata},
		],
	},
	'a video codec of the year 2040': {
		sdp: ['m=video 0 RTP/AVP 99', 'a=rtpmap:99 H299/90000', 'a=fmtp:99 mode=7; key=a,b'],
		described: /m=video .*\r\na=rtpmap:\d+ H299\/90000\r\na=fmtp:\d+ mode=7; key=a,b\r\n/,
		packets: units(4_294_960_000),
	},
	'an audio codec without marker': {
		sdp: ['m=audio 0 RTP/AVP 100', 'a=rtpmap:100 SPEEX/16000', 'a=fmtp:100 vbr=on'],
		described: /m=audio .*\r\na=rtpmap:\d+ SPEEX\/16000\r\na=fmtp:\d+ vbr=on\r\n/,
		packets: [0, 320, 640, 960].map(timestamp => ({
			timestamp,
			marker: false,
			payload: bytes(60, timestamp & 0xff),
		})),
	},
};

/** What came on a channel, with times since the first packet. */
const received = ({packets}: RtspClient, channel: number): Sent[] =>
	sinceFirst(
		packets
			.filter(packet => packet.channel === channel)
			.map(({data}) => ({
				timestamp: data.readUInt32BE(4),
				marker: (data[1]! & 0x80) !== 0,
				payload: data.subarray(12),
			})),
	);

const sinceFirst = (packets: Sent[]): Sent[] =>
	packets.map(packet => ({
		...packet,
		timestamp: (packet.timestamp - (packets[0]?.timestamp ?? 0)) >>> 0,
	}));

const send = (client: RtspClient, {sdp, packets}: Stranger, first = 0): void => {
	const payloadType = Number(/RTP\/AVP (\d+)/.exec(sdp[0]!)?.[1]);
	for (const [index, packet] of packets.entries()) {
		const fields = {...packet, payloadType, ssrc: 9, sequence: first + index};
		client.write(interleave(2, formatPacket(fields)));
	}
};

/** A publisher of pictures and of a stranger, and one who reads both. */
const startBeside = async (t: ExecutionContext, stranger: Stranger) => {
	const {server, base, client: publisher} = await startPublishing(t);
	const url = `${base}/cam`;
	const ready = once(server.path('cam'), 'ready');
	const more = [...stranger.sdp, 'a=control:streamid=1'];
	await publisher.ask('ANNOUNCE', url, sdpType, sdpOf({more}));
	for (const index of [0, 1])
		await publisher.ask('SETUP', `${url}/streamid=${index}`, recordTcp(2 * index));
	await publisher.ask('RECORD', url);
	publisher.write(mediaOf(pictures.slice(0, 5)));
	// What is known of both tracks' times needs no waiting for.
	for (const [channel, ssrc, timestamp] of [
		[1, 7, 0],
		[3, 9, stranger.packets[0]!.timestamp],
	] as const)
		publisher.write(interleave(channel, senderReport(ssrc, 1000, timestamp)));
	await ready;
	return {url, publisher, reader: await connectRtsp(t, base)};
};

for (const [name, stranger] of Object.entries(strangers))
	test(`${name} reaches readers as it is`, async t => {
		const {url, publisher, reader} = await startBeside(t, stranger);
		const {body} = await reader.ask('DESCRIBE', url);
		t.regex(body, stranger.described);
		await reader.play(url, [0, 1], '?start=real');
		send(publisher, stranger);
		// What has no marker ends with the next packet, and everything rides with pictures.
		publisher.write(mediaOf(pictures.slice(5, 30), {sequence: 1000}));
		const count = stranger.packets.length - (stranger.packets.at(-1)!.marker ? 0 : 1);
		await reader.until(() => received(reader, 2).length >= count);
		t.deepEqual(received(reader, 2), sinceFirst(stranger.packets).slice(0, count));
	});

test('a path of nothing but metadata has readers too', async t => {
	const {server, base, client: publisher} = await startPublishing(t);
	const url = `${base}/cam`;
	const stranger = strangers['KLV (RFC 6597)']!;
	const ready = once(server.path('cam'), 'ready');
	const sdp = ['v=0', 's=-', ...stranger.sdp, 'a=control:streamid=0', ''].join('\r\n');
	await publisher.ask('ANNOUNCE', url, sdpType, sdp);
	await publisher.ask('SETUP', `${url}/streamid=0`, recordTcp(2));
	await publisher.ask('RECORD', url);
	send(publisher, stranger);
	await ready;
	const reader = await connectRtsp(t, base);
	await reader.play(url, [0]);
	const last = {timestamp: 300_000, marker: true, payload: bytes(30, 99)};
	const later = [{timestamp: 200_000, marker: true, payload: klv}, last];
	send(publisher, {...stranger, packets: later}, stranger.packets.length);
	await reader.until(() => received(reader, 0).at(-1)?.payload.equals(last.payload) ?? false);
	t.deepEqual(sinceFirst(received(reader, 0).slice(-later.length)), sinceFirst(later));
});
