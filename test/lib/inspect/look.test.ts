import test from 'ava';
import {formatReport} from '../../../lib/inspect/format.ts';
import {reportSchema} from '../../../lib/inspect/report.ts';
import type {Report} from '../../../lib/inspect/report.ts';
import {isRemarked} from '../../helpers/is-remarked.ts';
import {lookAt} from '../../helpers/look.ts';
import {loadPictures, nalType} from '../../helpers/media.ts';
import {interleave, picturePayloads, senderReport} from '../../helpers/rtp.ts';
import type {Packet} from '../../helpers/rtp.ts';

const codes = ({remarks}: Report): string[] => remarks.map(({code}) => code);

test('the chain of a camera is told from the connection to its clocks', async t => {
	const {report, failure, camera} = await lookAt(t, {hasSound: true});
	t.is(failure, undefined);
	t.deepEqual(reportSchema.parse(report), report);
	t.like(report.connection, {authentication: 'none', port: camera.port, sessionTimeoutSeconds: 60});
	t.deepEqual(
		report.connection.exchanges.map(({method, status}) => `${method} ${status}`),
		['OPTIONS 200', 'DESCRIBE 200', 'SETUP 200', 'SETUP 200', 'PLAY 200'],
	);
	t.regex(report.sdp ?? '', /sprop-parameter-sets/);
	const [video, audio] = report.tracks;
	t.like(video, {kind: 'video', codec: 'H264', ssrcs: [0x11223344], hasSprop: true});
	t.like(video?.parameters, {codec: 'h264', sps: {width: 320, height: 240}});
	t.like(video?.sequence, {lost: 0, duplicates: 0, reordered: 0, restarts: 0});
	t.like(video?.frames.gop, {frames: {min: 25, avg: 25, max: 25}});
	t.is(Math.round(video?.frames.rate.byMedia ?? 0), 25);
	t.is(video?.frames.rate.announced, 25);
	t.like(audio?.parameters, {codec: 'aac', sampleRateHz: 48_000, channels: 2});
	t.true((audio?.frames.count ?? 0) > 60);
	t.is(camera.methods().at(-1), 'TEARDOWN');
});

test('pictures are told with their types and NAL units, in the order of the wire', async t => {
	const {report} = await lookAt(t, {pictures: 'bframes'});
	const pictures = loadPictures('bframes');
	t.true(report.frames.length >= 50);
	for (const [index, frame] of report.frames.entries())
		t.deepEqual(frame.nals, pictures[index % pictures.length]!.nals.map(nalType));
	t.is(
		report.frames
			.slice(0, 7)
			.map(({picture}) => picture)
			.join(''),
		'IPBBPBB',
	);
	t.true(codes(report).includes('B_FRAMES'));
});

test('parameter sets of H.265 are decoded: layers, scaling lists, reference pictures', async t => {
	const {report} = await lookAt(t, {pictures: 'hevc-sets'}, {pictures: 30});
	const [video] = report.tracks;
	t.deepEqual(reportSchema.parse(report), report);
	t.like(video, {codec: 'H265', hasSprop: true, missingSets: [], parameterChanges: 0});
	const {parameters} = video!;
	if (parameters?.codec !== 'h265') return t.fail(JSON.stringify(parameters));
	t.like(parameters.sps, {width: 320, height: 240, profileIdc: 1, hasScalingLists: true});
	t.like(parameters.sps, {whole: true, frameRateNum: 25, frameRateDen: 1});
	t.like(parameters.sps, {maxSubLayers: 1, maxReorderFrames: 2});
	t.is(parameters.vps.maxSubLayers, parameters.sps.maxSubLayers);
	t.like(parameters.pps, [{id: 0, spsId: 0, whole: true}]);
	t.is(video?.frames.rate.announced, 25);
	const text = formatReport(report, (_, line) => line);
	t.regex(text, /^ {2}VPS +id 0, 1 sub-layer, .*\n {2}SPS +Main, level \d\.\d, 320x240, 4:2:0/m);
	t.regex(text, /^ +scaling lists, \d+ reference picture sets.*\n {2}PPS +id 0, references/m);
	t.false(codes(report).some(code => code.startsWith('SETS_') || code === 'NO_PARAMETERS'));
});

test('passwords are nowhere in what is told, and the kind of authentication is', async t => {
	const auth = {user: 'admin', password: 'se@cret', challenges: ['Digest realm="r", nonce=NONCE']};
	const sdp = (text: string) => text.replace('s=scripted', 's=rtsp://admin:se%40cret@camera/');
	const {report} = await lookAt(t, {auth, sdp}, {pictures: 5, userInfo: 'admin:se@cret@'});
	t.is(report.connection.authentication, 'Digest MD5');
	t.false(/cret/.test(JSON.stringify(report)));
});

test('a camera that describes itself and sends nothing is a report without packets', async t => {
	const {report, failure} = await lookAt(t, {
		reply: (reply, {method}) => {
			if (method === 'PLAY') reply.status = '503 Service Unavailable';
		},
	});
	t.is(failure?.code, 'RTSP_REFUSED');
	t.like(report, {packets: [], ended: {code: 'RTSP_REFUSED'}});
	t.true(report.sdp !== null && report.tracks[0]?.first === null);
	t.deepEqual(reportSchema.parse(report), report);
});

test('a camera that hangs up is told with what it has sent', async t => {
	const {report, failure} = await lookAt(t, {
		wire: (frames, index, {socket}) => {
			if (index === 30) socket.destroy();
			return frames;
		},
	});
	t.is(failure?.code, 'RTSP_LOST');
	t.true(report.frames.length >= 28);
	t.deepEqual(codes(report), ['ENDED']);
});

const eachPacket = (change: (packet: Packet, index: number) => Packet) => ({
	packets: (packets: Packet[], index: number) => packets.map(packet => change(packet, index)),
});

test(
	isRemarked,
	'RATE_DIFFERS',
	eachPacket(packet => ({...packet, timestamp: packet.timestamp * 2})),
	/announces 25 frames a second, 12\.5 were measured/,
);
test(
	isRemarked,
	'NO_SPROP',
	{sdp: sdp => sdp.replace(/sprop-parameter-sets=\S*/, '')},
	/no parameter sets/,
);
test(
	isRemarked,
	'NO_SETS_IN_BAND',
	{
		payloads: picture =>
			picturePayloads({...picture, nals: picture.nals.filter(nal => nalType(nal) < 6)}),
	},
	/with the description only/,
);
test(
	isRemarked,
	'MARKER_MISSING',
	eachPacket(packet => ({...packet, marker: false})),
	/marker bit missing: 0 on/,
);
test(
	isRemarked,
	'PAYLOAD_TYPE_UNANNOUNCED',
	{packets: packets => [...packets, {...packets[0]!, payloadType: 112, ssrc: 5}]},
	/112 \(\d+ packets\); announced: 96/,
);
test(
	isRemarked,
	'SSRC_CHANGED',
	eachPacket((packet, index) => ({...packet, ssrc: index < 30 ? packet.ssrc : 0xabcdef})),
	/SSRC 11223344, 00abcdef/,
);
test(
	isRemarked,
	'LOST',
	{packets: (packets, index) => (index % 10 === 5 ? packets.slice(1) : packets)},
	/packets missing of/,
);
test(
	isRemarked,
	'DUPLICATES',
	{packets: (packets, index) => (index % 10 === 5 ? [packets[0]!, ...packets] : packets)},
	/packets sent twice/,
);
test(
	isRemarked,
	'TIMESTAMPS_JUMP',
	eachPacket((packet, index) => ({
		...packet,
		timestamp: packet.timestamp + (index < 30 ? 0 : 90_000 * 7200),
	})),
	/timestamps jump: 1 time, by up to 2 h/,
);
test(
	isRemarked,
	'WALL_CLOCK_OFF',
	{wire: frames => [interleave(1, senderReport(0x11223344, 3_786_825_600, 5)), ...frames]},
	/wall clock is \d+ days behind/,
);
test(
	isRemarked,
	'RTP_INFO_WRONG',
	{
		reply: (reply, {method, url}) => {
			if (method === 'PLAY') reply.headers.set('RTP-Info', `url=${url};seq=77;rtptime=3`);
		},
	},
	/promised sequence number 77, the first one was 1000/,
);
test(
	isRemarked,
	'TRACK_SILENT',
	{hasSound: true, packets: (packets, _, track) => (track === 'audio' ? [] : packets)},
	/no packet of this track/,
);

test('a camera that cuts its packets short is told to do so', async t => {
	const {report} = await lookAt(t, {
		wire: (frames, index) =>
			index % 10 === 5 ? frames.map(frame => frame.subarray(0, frame.length / 2)) : frames,
	});
	t.true(report.resyncs > 0);
	t.true(codes(report).includes('RESYNCED'));
});
