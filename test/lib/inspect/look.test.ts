import test from 'ava';
import type {ExecutionContext} from 'ava';
import {reportSchema} from '../../../lib/inspect/report.ts';
import type {Report} from '../../../lib/inspect/report.ts';
import {lookAt} from '../../helpers/look.ts';
import {loadPictures, nalType} from '../../helpers/media.ts';
import {interleave, picturePayloads, senderReport} from '../../helpers/rtp.ts';
import type {Packet} from '../../helpers/rtp.ts';
import {formatReply} from '../../helpers/scripted-camera.ts';
import type {Script} from '../../helpers/scripted-camera.ts';

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

/** What is unusual about a camera is told by exactly this remark, and in words. */
const remarks = test.macro({
	async exec(t: ExecutionContext, what: string, script: Script, text: RegExp) {
		const [line, code] = lineAndCode(what);
		// Answers are odd before the first picture.
		const {report} = await lookAt(t, script, line === undefined ? {} : {pictures: 3});
		const found = report.remarks.find(remark => remark.code === code && text.test(remark.text));
		t.regex(found?.text ?? JSON.stringify(report.remarks), text);
	},
	title: (_, what: string, _script: Script, text: RegExp) => {
		const [line, code] = lineAndCode(what);
		return line === undefined
			? `${code} is remarked`
			: `line ${line}: ${code} is remarked: ${text.source}`;
	},
});

/** `15: SDP_ODD` is about line 15. */
const lineAndCode = (what: string): [line: string | undefined, code: string] => {
	const [, line, code = ''] = /^(?:(\d+): )?(\w+)$/.exec(what) ?? [];
	return [line, code];
};

const eachPacket = (change: (packet: Packet, index: number) => Packet) => ({
	packets: (packets: Packet[], index: number) => packets.map(packet => change(packet, index)),
});

test(
	remarks,
	'RATE_DIFFERS',
	eachPacket(packet => ({...packet, timestamp: packet.timestamp * 2})),
	/announces 25 frames a second, 12\.5 were measured/,
);
test(
	remarks,
	'NO_SPROP',
	{sdp: sdp => sdp.replace(/sprop-parameter-sets=\S*/, '')},
	/no parameter sets/,
);
test(
	remarks,
	'NO_SETS_IN_BAND',
	{
		payloads: picture =>
			picturePayloads({...picture, nals: picture.nals.filter(nal => nalType(nal) < 6)}),
	},
	/with the description only/,
);
test(
	remarks,
	'MARKER_MISSING',
	eachPacket(packet => ({...packet, marker: false})),
	/marker bit missing: 0 on/,
);
test(
	remarks,
	'PAYLOAD_TYPE_UNANNOUNCED',
	{packets: packets => [...packets, {...packets[0]!, payloadType: 112, ssrc: 5}]},
	/112 \(\d+ packets\); announced: 96/,
);
test(
	remarks,
	'SSRC_CHANGED',
	eachPacket((packet, index) => ({...packet, ssrc: index < 30 ? packet.ssrc : 0xabcdef})),
	/SSRC 11223344, 00abcdef/,
);
test(
	remarks,
	'LOST',
	{packets: (packets, index) => (index % 10 === 5 ? packets.slice(1) : packets)},
	/packets missing of/,
);
test(
	remarks,
	'DUPLICATES',
	{packets: (packets, index) => (index % 10 === 5 ? [packets[0]!, ...packets] : packets)},
	/packets sent twice/,
);
test(
	remarks,
	'TIMESTAMPS_JUMP',
	eachPacket((packet, index) => ({
		...packet,
		timestamp: packet.timestamp + (index < 30 ? 0 : 90_000 * 7200),
	})),
	/timestamps jump: 1 time, by up to 2 h/,
);
test(
	remarks,
	'WALL_CLOCK_OFF',
	{wire: frames => [interleave(1, senderReport(0x11223344, 3_786_825_600, 5)), ...frames]},
	/wall clock is \d+ days behind/,
);
test(
	remarks,
	'RTP_INFO_WRONG',
	{
		reply: (reply, {method, url}) => {
			if (method === 'PLAY') reply.headers.set('RTP-Info', `url=${url};seq=77;rtptime=3`);
		},
	},
	/promised sequence number 77, the first one was 1000/,
);
test(
	remarks,
	'TRACK_SILENT',
	{hasSound: true, packets: (packets, _, track) => (track === 'audio' ? [] : packets)},
	/no packet of this track/,
);

const header = (method: string, name: string, value: string | undefined): Script => ({
	reply: (reply, asked) => {
		if (asked.method !== method) return;
		if (value === undefined) reply.headers.delete(name);
		else reply.headers.set(name, value);
	},
});
const sdp = (change: (text: string) => string): Script => ({sdp: change});

// acceptance/rtsp-cameras.md, line by line, as far as answers show it.
test(
	remarks,
	'1: CONTENT_BASE_ODD',
	header('DESCRIBE', 'Content-Base', '127.0.0.1/live/'),
	/Content-Base has no scheme/,
);
test(
	remarks,
	'1: CONTENT_BASE_ODD',
	header('DESCRIBE', 'Content-Base', 'rtsp://rtsp://127.0.0.1/live/'),
	/scheme twice/,
);
test(
	remarks,
	'1: CONTENT_BASE_ODD',
	header('DESCRIBE', 'Content-Base', 'rtsp://10.9.8.7/live/'),
	/another host, 10\.9\.8\.7/,
);
test(
	remarks,
	'1: CONTENT_BASE_ODD',
	header('DESCRIBE', 'Content-Base', 'rtsp://fe80::1:554/live/'),
	/is no URL/,
);
test(
	remarks,
	'2: CONTENT_BASE_ODD',
	header('DESCRIBE', 'Content-Base', undefined),
	/without Content-Base/,
);
test(
	remarks,
	'3: NO_CONTENT_TYPE',
	header('DESCRIBE', 'Content-Type', undefined),
	/without Content-Type/,
);
test(
	remarks,
	'4: HEADERS_DOUBLED',
	{reply: reply => formatReply(reply).replace(/^Session: .*\r\n/gm, '$&$&')},
	/Session comes more than once/,
);
test(
	remarks,
	'5: TRANSPORT_ODD',
	header('SETUP', 'Transport', 'RTP/AVP;unicast;interleaved=0-1'),
	/names UDP where TCP/,
);
test(
	remarks,
	'5: TRANSPORT_ODD',
	header('SETUP', 'Transport', 'RTP/AVP/TCP;unicast;interleaved=0'),
	/names one channel/,
);
test(
	remarks,
	'5: TRANSPORT_ODD',
	header('SETUP', 'Transport', 'RTP/AVP/TCP;unicast'),
	/names no channels/,
);
test(remarks, '5: TRANSPORT_ODD', header('SETUP', 'Transport', undefined), /has no Transport/);
test(
	remarks,
	'6: RTP_INFO_ODD',
	header('PLAY', 'RTP-Info', 'url=picture;seq=1000;rtptime=90000;'),
	/ends with a semicolon/,
);
test(
	remarks,
	'6: RTP_INFO_ODD',
	header('PLAY', 'RTP-Info', 'url=picture;seq=1000'),
	/tells no rtptime/,
);
test(
	remarks,
	'13: BACK_CHANNEL',
	sdp(text => `${text}m=audio 0 RTP/AVP 0\r\na=sendonly\r\na=control:back\r\n`),
	/has 1 back channel/,
);
test(
	remarks,
	'13: BACK_CHANNEL',
	sdp(text => text.replace('a=control:picture', 'a=sendonly\r\n$&')),
	/all media are marked as back channels/,
);
test('line 14: REDIRECTED is remarked', async t => {
	const {camera} = await lookAt(t, {}, {pictures: 5});
	const {report} = await lookAt(t, {
		reply: (reply, {method}) => {
			if (method !== 'DESCRIBE') return;
			reply.status = '302 Found';
			reply.headers.set('Location', camera.url('/there'));
		},
	});
	t.true(codes(report).includes('REDIRECTED'));
});
test(
	remarks,
	'15: SDP_ODD',
	sdp(text => text.replace(/^o=.*\r\n/m, 's=b\r\n')),
	/has 0 lines of o=/,
);
test(
	remarks,
	'15: SDP_ODD',
	sdp(text => text.replace(/^t=.*$/m, 't=x')),
	/no t= that can be read/,
);
test(
	remarks,
	'15: SDP_ODD',
	sdp(text => text.replace(/^c=.*$/m, 'c=x')),
	/a c= that cannot be read/,
);
test(
	remarks,
	'15: SDP_ODD',
	sdp(text => text.replaceAll('\r\n', ' \r\n')),
	/end in blanks/,
);
test(
	remarks,
	'15: MEDIA_UNKNOWN',
	sdp(text => `${text}m=application/TP-LINK 0 RTP/AVP smart/1/90000\r\na=control:x\r\n`),
	/unknown type application\/tp-link/,
);
test(
	remarks,
	'15: FMTP_ODD',
	sdp(text => text.replace(/^a=fmtp:96 .*$/m, 'a=fmtp:96')),
	/fmtp of video is empty/,
);
test(
	remarks,
	'17: RTPMAP_ODD',
	sdp(text => `${text}m=audio 0 RTP/AVP 97\r\na=rtpmap:97 OPUS/8000/1\r\na=control:sound\r\n`),
	/Opus is described with 8000\/1/,
);
test(
	remarks,
	'17: RTPMAP_ODD',
	sdp(text => `${text}m=audio 0 RTP/AVP 8\r\na=rtpmap:8 PCMU/8000\r\na=control:sound\r\n`),
	/is called PCMU, and means PCMA/,
);

test('a camera that cuts its packets short is told to do so', async t => {
	const {report} = await lookAt(t, {
		wire: (frames, index) =>
			index % 10 === 5 ? frames.map(frame => frame.subarray(0, frame.length / 2)) : frames,
	});
	t.true(report.resyncs > 0);
	t.true(codes(report).includes('RESYNCED'));
});
