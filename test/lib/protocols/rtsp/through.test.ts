// What one client publishes and another one reads, packet by packet.
import {once} from 'node:events';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {headerOf} from '../../../../lib/protocols/rtsp/message.ts';
import {parseRtpInfo} from '../../../../lib/protocols/rtsp/rtp-info.ts';
import {loadPictures} from '../../../helpers/media.ts';
import {connectRtsp} from '../../../helpers/rtsp-client.ts';
import type {Packet, RtspClient} from '../../../helpers/rtsp-client.ts';
import {
	mediaOf,
	pictures,
	record,
	recordTcp,
	sdpOf,
	sdpType,
	setsOf,
	startPublishing,
} from '../../../helpers/rtsp-publisher.ts';

/** A publisher whose first picture has come, and a client that may read it. */
const startThrough = async (t: ExecutionContext, {sdp = sdpOf(), maxBytes = 1200} = {}) => {
	const {server, base, client: publisher} = await startPublishing(t);
	const url = `${base}/cam`;
	const ready = once(server.path('cam'), 'ready');
	await record(publisher, url, sdp);
	publisher.write(mediaOf(pictures.slice(0, 5), {maxBytes}));
	await ready;
	return {url, publisher, reader: await connectRtsp(t, base)};
};

const rtpOf = ({packets}: RtspClient): Packet[] => packets.filter(({channel}) => channel === 0);

/** NAL units that are whole in a packet: alone, or several of them together (RFC 6184 section 5.7.1). */
const nalsOf = ({data}: Packet): Buffer[] => {
	const payload = data.subarray(12);
	if ((payload[0]! & 31) !== 24) return [payload];
	const nals: Buffer[] = [];
	for (let rest = payload.subarray(1); rest.length > 2;) {
		const end = 2 + rest.readUInt16BE();
		nals.push(rest.subarray(2, end));
		rest = rest.subarray(end);
	}
	return nals;
};

for (const start of ['real', 'fast'])
	test(`the answer to PLAY comes before media, and RTP-Info fits the first packet: start=${start}`, async t => {
		const {url, reader} = await startThrough(t);
		const play = await reader.play(url, [0], `?start=${start}`);
		await reader.until(() => rtpOf(reader).length > 0);
		t.is(reader.order.lastIndexOf('answer') + 1, reader.order.indexOf('packet'));
		const [info] = parseRtpInfo(headerOf(play, 'RTP-Info') ?? '');
		const [{data}] = rtpOf(reader) as [Packet];
		t.deepEqual(info, {
			url: `${url}/trackID=0`,
			sequence: data.readUInt16BE(2),
			timestamp: data.readUInt32BE(4),
		});
	});

test('a reader that asks for the time of day is told when its first picture was taken', async t => {
	const {url, reader} = await startThrough(t);
	await reader.ask('SETUP', `${url}/trackID=0?start=real`, recordTcp(0));
	const play = await reader.ask('PLAY', url, [['Range', 'clock=20260101T000000Z-']]);
	const clock = /^clock=(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)([\d.]+)Z-$/;
	const iso = headerOf(play, 'Range')!.replace(clock, '$1-$2-$3T$4:$5:$6Z');
	const told = Date.parse(iso) / 1000;
	await reader.until(() => rtpOf(reader).length > 0);
	const report = reader.packets.find(({channel}) => channel === 1)!.data;
	const reportedAt = report.readUInt32BE(8) - 2_208_988_800 + report.readUInt32BE(12) / 2 ** 32;
	const sinceFirst = (report.readUInt32BE(16) - rtpOf(reader)[0]!.data.readUInt32BE(4)) / 90_000;
	const picture = 0.04;
	t.true(Math.abs(reportedAt - sinceFirst - told) <= picture, `${reportedAt - sinceFirst - told}`);
});

test('new parameter sets are in the next DESCRIBE, and reach who reads already in-band', async t => {
	const {url, publisher, reader} = await startThrough(t);
	await reader.play(url, [0], '?start=real');
	const other = loadPictures('other').slice(0, 5);
	const sets = setsOf(other);
	publisher.write(mediaOf(other, {sequence: 1000, offset: 45_000}));
	const isThere = () =>
		rtpOf(reader).some(packet => nalsOf(packet).some(nal => nal.equals(sets[0]!)));
	await reader.until(isThere);
	const described = await (await connectRtsp(t, url)).ask('DESCRIBE', url);
	t.true(described.body.includes(sets.map(set => set.toString('base64')).join(',')));
	t.is((await reader.ask('OPTIONS', url)).status, 200);
});

test('packetisation mode 0 of a publisher is mode 1 for readers, in packets that fit any network', async t => {
	const mode0 = {sdp: sdpOf({mode: 0}), maxBytes: 60_000};
	const {url, reader} = await startThrough(t, mode0);
	const described = await reader.ask('DESCRIBE', url);
	t.regex(described.body, /packetization-mode=1/);
	await reader.play(url, [0], '?start=real');
	await reader.until(() => rtpOf(reader).some(({data}) => (data[12]! & 31) === 28));
	t.true(rtpOf(reader).every(({data}) => data.length <= 1440));
});

test('RECORD before all tracks are set up publishes those that are', async t => {
	const more = ['m=audio 0 RTP/AVP 0', 'a=control:streamid=1'];
	const {url, reader, publisher} = await startThrough(t, {sdp: sdpOf({more})});
	t.is((await publisher.ask('SETUP', `${url}/streamid=1`, recordTcp(2))).status, 455);
	const {body} = await reader.ask('DESCRIBE', url);
	t.is(body.match(/^m=/gm)?.length, 1);
});

test('an announcement needs no content type, nor a clock rate where there is only one', async t => {
	const {base, client} = await startPublishing(t);
	const announce = async (path: string, sdp: string) =>
		client.ask('ANNOUNCE', `${base}/${path}`, [], sdp);
	t.is((await announce('one', sdpOf().replace('H264/90000', 'H264'))).status, 200);
	t.is((await client.ask('TEARDOWN', `${base}/one`)).status, 200);
	client.forgetSession();
	const backChannel = ['m=audio 0 RTP/AVP 0', 'a=recvonly', 'a=control:back'];
	const {status} = await client.ask('ANNOUNCE', `${base}/two`, sdpType, sdpOf({more: backChannel}));
	t.is(status, 200);
});
