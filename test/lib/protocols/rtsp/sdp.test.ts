import {Buffer} from 'node:buffer';
import test from 'ava';
import fc from 'fast-check';
import {formatSdp, parseSdp} from '../../../../lib/protocols/rtsp/sdp.ts';
import type {Sdp} from '../../../../lib/protocols/rtsp/sdp.ts';
import {tracksOf} from '../../../../lib/protocols/rtsp/tracks.ts';
import type {DescribedTrack} from '../../../../lib/protocols/rtsp/tracks.ts';

const word = fc.stringMatching(/^[\w-]{1,12}$/);
const attribute = fc.record({
	name: fc.stringMatching(/^[a-z-]{1,12}$/),
	value: fc.stringMatching(/^(?:[!-9;-~](?:[ -~]{0,30}[!-~])?)?$/),
});
const sdp: fc.Arbitrary<Sdp> = fc.record({
	sessionName: word,
	attributes: fc.array(attribute, {maxLength: 4}),
	medias: fc.array(
		fc.record({
			kind: fc.constantFrom('video', 'audio', 'application'),
			port: fc.nat({max: 65_535}),
			protocol: fc.constantFrom('RTP/AVP', 'RTP/SAVP'),
			formats: fc.array(word, {minLength: 1, maxLength: 3}),
			attributes: fc.array(attribute, {maxLength: 6}),
		}),
		{minLength: 1, maxLength: 4},
	),
});

test('a description reads back as it was written', t => {
	fc.assert(
		fc.property(sdp, original => {
			t.deepEqual(parseSdp(formatSdp(original)), {ok: true, value: original});
			t.deepEqual(parseSdp(formatSdp(original, {family: 6})), {ok: true, value: original});
		}),
	);
});

test('any text is a description or a reason, and its tracks are found, never an exception', t => {
	fc.assert(
		fc.property(fc.array(fc.string({maxLength: 30})), fc.string(), (lines, fmtp) => {
			const all = ['m=video 0 RTP/AVP 96', `a=fmtp:96 ${fmtp}`, ...lines.map(line => `a=${line}`)];
			const result = parseSdp([...all, ...lines].join('\n'));
			if (result.ok) tracksOf(result.value);
		}),
	);
	t.pass();
});

test('a text without m= is refused', t => {
	t.false(parseSdp('v=0\r\ns=x\r\n').ok);
});

const tracks = (...lines: string[]): DescribedTrack[] => {
	const result = parseSdp(lines.join('\n'));
	return result.ok ? tracksOf(result.value) : [];
};

const sps = Buffer.from('Z0LAHtkDxWhAAAADAEAAAAwDxYuS', 'base64');
const pps = Buffer.from('aMuMsg==', 'base64');
const h264Fmtp = `packetization-mode=1;profile-level-id=42C01E;sprop-parameter-sets=${sps.toString('base64')},${pps.toString('base64')}`;

test('an H.264 and an AAC track are described with their parameters decoded', t => {
	const [video, audio] = tracks(
		'v=0',
		'a=control:*',
		'm=video 0 RTP/AVP 96',
		'a=rtpmap:96 h264/90000 ',
		`a=fmtp:96 ${h264Fmtp};`,
		'a=control:trackID=1',
		'm=audio 0 RTP/AVP 97',
		'a=control:trackID=2',
		'a=fmtp:97 streamtype=5; mode=AAC-hbr; config=1190; SizeLength=13;IndexLength=3;indexdeltalength=3;',
		'a=rtpmap:97 mpeg4-generic/48000/2',
	);
	t.like(video, {control: 'trackID=1'});
	t.like(video?.spec, {kind: 'video', codec: 'H264', clockRateHz: 90_000, payloadType: 96});
	t.deepEqual(
		video?.spec.parameterSets.map(set => Buffer.from(set)),
		[sps, pps],
	);
	t.like(audio?.spec, {kind: 'audio', codec: 'MPEG4-GENERIC', clockRateHz: 48_000, sizeLength: 13});
	t.is(Buffer.from(audio?.spec.config ?? []).toString('hex'), '1190');
});

test('configurations of LATM and MPEG-4 part 2, and sizes of MJPEG, are decoded', t => {
	const found = tracks(
		'm=audio 0 RTP/AVP 96',
		'a=rtpmap:96 MP4A-LATM/48000/2',
		'a=fmtp:96 profile-level-id=15;cpresent=0;config=400023203fc0',
		'm=audio 0 RTP/AVP 97',
		'a=rtpmap:97 MP4A-LATM/90000',
		'm=video 0 RTP/AVP 98',
		'a=rtpmap:98 MP4V-ES/90000',
		'a=fmtp:98 profile-level-id=1; config=000001B001',
		...['m=video 0 RTP/AVP 26', 'a=x-dimensions:2400,1800'],
		...['m=video 0 RTP/AVP 26', 'a=framesize:26 2048-1536'],
		...['m=video 0 RTP/AVP 26', 'a=framesize:nonsense'],
	);
	t.deepEqual(
		found.map(({spec}) => [Buffer.from(spec.config).toString('hex'), spec.configInBand]),
		[
			['400023203fc0', false],
			['', true],
			['000001b001', true],
			['09600708', true],
			['08000600', true],
			['00000000', true],
		],
	);
});

test('what a description says of a codec nobody parses is kept for its readers', t => {
	const [pcm, unknown] = tracks(
		'm=audio 0 RTP/AVP 98',
		'a=rtpmap:98 L16/44100/2',
		'a=fmtp:98 channel-order=DV.LR',
		'm=video 0 RTP/AVP 77',
	);
	t.like(pcm?.spec, {encoding: 'L16/44100/2', fmtp: 'channel-order=DV.LR', payloadType: 98});
	t.like(unknown?.spec, {encoding: '', fmtp: ''});
});

test('lines that are missing, doubled, malformed or padded do not matter', t => {
	const [video] = tracks(
		's=a',
		's=b',
		'c=nonsense',
		't=',
		'x',
		'm=video 0 RTP/AVP 96  ',
		'a=fmtp:96',
		'a=rtpmap: 96 H264/90000\t',
		'a=control: track1 ',
		'a=recvonly',
	);
	t.like(video, {control: 'track1', spec: {codec: 'H264', parameterSets: []}});
});

test('unknown kinds of media and other protocols than RTP are left out', t => {
	const found = tracks(
		'm=application/TP-LINK 0 RTP/AVP smart/1/90000',
		'a=rtpmap:95 TP-LINK/90000',
		'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
		'm=application 0 RTP/AVP 107',
		'a=rtpmap:107 vnd.onvif.metadata/90000',
		'm=video 0 RTP/AVP 96',
		'a=rtpmap:96 H264/90000',
	);
	t.deepEqual(
		found.map(({spec}) => [spec.kind, spec.codec]),
		[
			['other', 'VND.ONVIF.METADATA'],
			['video', 'H264'],
		],
	);
});

test('static payload types need no rtpmap', t => {
	const found = tracks('m=audio 0 RTP/AVP 8', 'm=video 0 RTP/AVP 26');
	t.deepEqual(
		found.map(({spec}) => [spec.codec, spec.clockRateHz]),
		[
			['PCMA', 8000],
			['JPEG', 90_000],
		],
	);
});

test('format parameters on the wrong track or under a wrong number are found', t => {
	const video = ['m=video 0 RTP/AVP 96', 'a=rtpmap:96 H264/90000'];
	const elsewhere = tracks(...video, 'm=audio 0 RTP/AVP 0', `a=fmtp:96 ${h264Fmtp}`);
	const misnumbered = tracks(...video, `a=fmtp:98 ${h264Fmtp}`);
	t.is(elsewhere[0]?.spec.parameterSets.length, 2);
	t.is(misnumbered[0]?.spec.parameterSets.length, 2);
});

test('a dynamic payload type without rtpmap is guessed from its parameters', t => {
	t.is(tracks('m=video 0 RTP/AVP 96', `a=fmtp:96 ${h264Fmtp}`)[0]?.spec.codec, 'H264');
});

test('parameter sets with start codes, of other types or in broken base64 are put right or left out', t => {
	const coded = Buffer.concat([Buffer.from([0, 0, 0, 1]), sps]).toString('base64');
	const [video] = tracks(
		'm=video 0 RTP/AVP 96',
		'a=rtpmap:96 H264/90000',
		`a=fmtp:96 sprop-parameter-sets=${coded},!!,AAAA,${pps.toString('base64')}`,
	);
	t.deepEqual(
		video?.spec.parameterSets.map(set => Buffer.from(set)),
		[sps, pps],
	);
});

test('back channels are left out, unless there is nothing else', t => {
	const camera = ['m=video 0 RTP/AVP 96', 'a=rtpmap:96 H264/90000', 'a=recvonly'];
	const back = ['m=audio 0 RTP/AVP 0', 'a=sendonly'];
	t.is(tracks(...camera, ...back).length, 1);
	t.is(tracks('m=audio 0 RTP/AVP 8', 'a=recvonly', ...back)[0]?.spec.codec, 'PCMA');
	t.is(tracks(...back).length, 1);
	t.is(tracks('m=video 0 RTP/AVP 26', 'a=sendonly', ...back).length, 2);
});
