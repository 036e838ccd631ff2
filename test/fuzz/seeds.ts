// Writes the corpora of the parsers' fuzz targets. Run it again after changing a target's input:
// node test/fuzz/seeds.ts
import {mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {hex} from './hex.ts';
import {rtmpReader, rtmpSource} from './seeds-rtmp.ts';

const word = (value: number) => Buffer.from([value >> 8, value & 255]);

const spsOf = {
	x264: '67640028acd940780227e5c044000003000400000300c83c60c658',
	interlaced: '677a0015b6cd941533c44d808800001f4800075300f8a14cb0',
	planes: '67f4001f919b280a00b76022000003000200000300781e30632c',
	hrd: '6764001eacd940b424d80da828282d2800000300080000030193020007a12000f425261807c50a6580',
	main: '674d4016f201407b60220000030002000003003c1e2c5a24',
	baseline: '6742c00d8c8d40b04a403c2211a8',
};
const pps = '68eae3cb22c0';
const idr = '65b80041aabbccddeeff00112233445566778899';
const slice = '419a0041aabbccddeeff00112233445566778899';

/** As test/fuzz/packets.hpp reads them: flags, size, payload. */
const packets = (...list: [flags: number, payload: string][]) =>
	Buffer.concat(
		list.map(([flags, payload]) => {
			const bytes = hex(payload);
			return Buffer.concat([Buffer.from([flags]), word(bytes.length), bytes]);
		}),
	);

const sets = (...list: string[]) =>
	Buffer.concat([
		Buffer.from([list.length]),
		...list.map(set => Buffer.concat([Buffer.from([hex(set).length]), hex(set)])),
	]);

const known = sets(spsOf.x264, pps);

const h264 = {
	single: Buffer.concat([known, packets([5, idr], [5, slice], [5, slice])]),
	inband: Buffer.concat([sets(), packets([4, spsOf.main], [0, pps], [1, idr], [5, slice])]),
	stap: Buffer.concat([
		sets(),
		packets([5, `78 001b ${spsOf.x264} 0006 ${pps} 0014 ${idr}`], [5, slice]),
	]),
	fragments: Buffer.concat([
		known,
		packets([4, '7c85 b80041aabb'], [0, '7c05 ccddee'], [1, '7c45 ff0011'], [5, slice]),
	]),
	lost: Buffer.concat([
		known,
		packets([4, '7c85 b80041aabb'], [2, '7c05 ccddee'], [1, '7c45 ff0011'], [7, slice], [9, idr]),
	]),
	startCodes: Buffer.concat([
		sets(),
		packets([5, `${spsOf.x264} 00000001 ${pps} 00000001 ${idr}`], [5, `00000001 ${slice}`]),
	]),
	withoutMarker: Buffer.concat([known, packets([4, idr], [4, '09f0'], [0, slice], [4, slice])]),
	recovery: Buffer.concat([known, packets([4, '060601c480'], [1, slice], [5, slice])]),
	strangers: Buffer.concat([known, packets([5, idr], [21, slice], [5, '79aabb'], [5, slice])]),
};

const h265SetsOf = {
	vps: '40010c01ffff01600000030090000003000003003c959009',
	sps: '42010101600000030090000003000003003ca00a080f16595912930bc05a020000030002000003003210',
	main10:
		'420101022000000300900000030000030078a003c0801107cad965654a4e1780b40400000fa40001d4c1827259b8003d090007a122',
	pps: '4401c073c189',
};
const h265Known = sets(h265SetsOf.vps, h265SetsOf.sps, h265SetsOf.pps);
const irap = '2801ac7440ba72e190aa7f3aed84';
const trail = '0201d0195e20e081517bf0a59d8d';

const h265 = {
	single: Buffer.concat([h265Known, packets([5, irap], [5, trail], [5, trail])]),
	inband: Buffer.concat([
		sets(),
		packets([4, h265SetsOf.vps], [0, h265SetsOf.main10], [0, h265SetsOf.pps], [1, irap]),
	]),
	aggregate: Buffer.concat([
		sets(h265SetsOf.vps),
		packets([5, `6001 002b ${h265SetsOf.sps} 0006 ${h265SetsOf.pps} 000e ${irap}`], [5, trail]),
	]),
	fragments: Buffer.concat([
		h265Known,
		packets([4, '620194 ac7440'], [0, '620114 ba72'], [1, '620154 e190'], [5, trail]),
	]),
	lost: Buffer.concat([
		h265Known,
		packets([4, '620194 ac7440'], [2, '620114 ba72'], [1, '620154 e190'], [7, trail], [9, irap]),
	]),
	startCodes: Buffer.concat([
		sets(),
		packets([
			5,
			`${h265SetsOf.vps} 00000001 ${h265SetsOf.sps} 00000001 ${h265SetsOf.pps} 00000001 ${irap}`,
		]),
	]),
	recovery: Buffer.concat([h265Known, packets([4, '4e010601d080'], [1, trail], [5, trail])]),
};

const h265Sets = {
	...Object.fromEntries(Object.entries(h265SetsOf).map(([name, set]) => [name, hex(set)])),
	irap: hex(irap),
	trail: hex(trail),
	recovery: hex('4e010601d080'),
};

const hbr = (config: string) =>
	Buffer.concat([hex('0d0303'), word(hex(config).length).subarray(1), hex(config)]);

const aac = {
	several: Buffer.concat([hbr('1190'), packets([5, '0020 0030 0020 210102030405 21111213'])]),
	fragments: Buffer.concat([
		hbr('1190'),
		packets([4, '00100030 2101'], [0, '00100030 0203'], [1, '00100030 0405']),
	]),
	lost: Buffer.concat([
		hbr('1190'),
		packets([4, '00100030 2101'], [3, '00100030 0405'], [5, '00100020 21111213']),
	]),
	lowRate: Buffer.concat([hex('060202 02 1190'), packets([5, '0010 1810 210102030405 21111213'])]),
	withoutHeaders: Buffer.concat([hex('000000 02 1190'), packets([4, '2101'], [1, '02030405'])]),
	adts: Buffer.concat([
		hbr(''),
		packets([5, 'fff14c8001bffc 210102030405'], [5, 'fff14c8001bffc 210102030405']),
	]),
	adtsInPieces: Buffer.concat([hbr(''), packets([4, 'fff14c8001bffc 2101'], [1, '02030405'])]),
};

/** A byte for the codec, then the payload as test/fuzz/packet_nals.cpp reads them. */
const packetNals = {
	single: hex(`00${idr}`),
	aggregate: hex(`00 78 001b ${spsOf.x264} 0006 ${pps} 0014 ${idr}`),
	cutAggregate: hex('00 78 0040 67 0004'),
	fragment: hex('00 7c85 b80041aabb'),
	startCodes: hex(`00 ${spsOf.x264} 00000001 ${pps} 00000001 ${idr}`),
	aggregate265: hex('01 6001 0004 4001 0c01 0003 420101'),
	fragment265: hex('01 6201 93 aabbcc'),
};

// The codec, its clock in kHz above 8, channels (codecs.cpp).
const vp8Key = '100200 9d012a 4001 f000 0102030405';
const codecs = {
	vp8: Buffer.concat([
		hex('000001'),
		packets([5, `90f0 8123 05 60 ${vp8Key}`], [4, '10 11020001'], [3, '00 0203']),
	]),
	vp9: Buffer.concat([
		hex('010001'),
		packets([5, '0e 18 0140 00f0 01 04 01 824983422013f00ef0'], [5, 'dc 8005 03 02 86aabb']),
	]),
	opus: Buffer.concat([hex('022802'), packets([5, 'f8aabb'], [5, 'fb05aabb'])]),
	mpa: Buffer.concat([
		hex('035202'),
		packets(
			[5, `00000000 fff31440 ${'00'.repeat(44)}`],
			[4, '00000000 fff31440 0001'],
			[1, '00000006 0203'],
		),
	]),
	ac3: Buffer.concat([hex('042802'), packets([5, `0001 0b7700000040 4000 ${'00'.repeat(120)}`])]),
	mpeg4: Buffer.concat([
		hex('070001'),
		packets(
			[5, '000001b003 0000012000d48d8800ce185020f0c0 000001b61080 aabb'],
			[4, '000001b65080'],
			[1, 'aabb'],
			[5, '000001b69080 01'],
		),
	]),
	pcm: Buffer.concat([hex('050001'), packets([5, 'ffffffff'], [7, '7f7f7f7f'])]),
	g726: Buffer.concat([hex('080001'), packets([5, '8f8f8f8f'], [7, '1234'])]),
};

// The largest packet above 64 bytes (av1_depacketizer.cpp).
const av1Sequence = '08040000000400000067000008cc27eef009e009';
const av1 = {
	whole: Buffer.concat([
		hex('10'),
		packets([5, `28 14 ${av1Sequence} 3010aabb`], [5, '10 3030aabb']),
	]),
	sized: Buffer.concat([hex('10'), packets([5, `08 14 ${av1Sequence} 04 3010aabb`])]),
	pieces: Buffer.concat([
		hex('00'),
		packets([4, `18 ${av1Sequence}`], [0, '50 3010aabb'], [0, 'd0 ccdd'], [1, '90 eeff']),
	]),
	lost: Buffer.concat([
		hex('00'),
		packets([4, `18 ${av1Sequence}`], [0, '50 3010aabb'], [3, '90 eeff'], [7, '10 3030aabb']),
	]),
	withSizes: Buffer.concat([hex('00'), packets([5, '38 02 1200 03 0a0100 320210aa'])]),
};

// Width and height of the description, then packets (jpeg_depacketizer.cpp).
const tables = Buffer.from(Array.from({length: 128}, (_, index) => index + 1)).toString('hex');
const jpeg = {
	whole: Buffer.concat([
		hex('00000000'),
		packets([5, `00000000 01ff281e 00000080 ${tables} aabbccdd`]),
	]),
	quality: Buffer.concat([
		hex('00000000'),
		packets([4, '00000000 0032281e aabb'], [1, '00000002 0032281e ccdd']),
	]),
	restarts: Buffer.concat([hex('00000000'), packets([5, '00000000 4132281e 0014ffff aabb'])]),
	known: Buffer.concat([
		hex('00000000'),
		packets(
			[5, `00000000 0180281e 00000080 ${tables} aabb`],
			[5, '00000000 0180281e 00000000 aabb'],
		),
	]),
	extended: Buffer.concat([
		hex('00000000'),
		hex('25 14 ffc0 0011 08 0708 0960 03 012200 021101 031101 ff'),
		hex('000a 00000000 01320000 aabb'),
	]),
	large: Buffer.concat([hex('09600708'), packets([5, '00000000 01320000 aabb'])]),
	lost: Buffer.concat([
		hex('00000000'),
		packets([4, '00000000 0032281e aabb'], [3, '00000004 0032281e ccdd']),
	]),
};

// Flags and length of the configuration (latm_depacketizer.cpp).
const latm = {
	described: Buffer.concat([
		hex('06 400023203fc0'),
		packets([5, '06 210102030405'], [4, '06 2101'], [1, '02030405'], [5, '01 21 02 2111']),
	]),
	lost: Buffer.concat([hex('06 400023203fc0'), packets([4, '06 2101'], [3, '0405'], [5, '01 21'])]),
	inBand: Buffer.concat([hex('80'), packets([5, '2000 1408 1fe0 30 8808'], [5, '8310 8080'])]),
	version1: Buffer.concat([hex('09 8073800020 23203fc0'), packets([5, '01 21'])]),
};

const rtp = (sequence: string, payload: string) => `8060${sequence}0000000211223344${payload}`;
const frame = (channel: string, packet: string) =>
	Buffer.concat([hex(`24${channel}`), word(hex(packet).length), hex(packet)]);
const answer = Buffer.from('RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 4\r\n\r\nv=0\n');
const one = frame('00', rtp('0001', '65aabbccddeeff00112233'));
const two = frame('00', rtp('0002', '41aabbccddeeff00112233'));
const three = frame('00', rtp('0003', '41aabbccddeeff00112233'));
const report = frame('01', '80c800061122334400000001000000020000000300000004000000005');
const chunk = Buffer.from([255]);

const deframer = {
	whole: Buffer.concat([chunk, answer, one, two, report, frame('02', rtp('0001', 'aa')), three]),
	inChunks: Buffer.concat([Buffer.from([0]), answer, one, two, report, three]),
	cut: Buffer.concat([chunk, one, two.subarray(0, 19), three, answer, report]),
	cutInHeader: Buffer.concat([chunk, one, two.subarray(0, 3), three, answer, one]),
	cutBeforeAnswer: Buffer.concat([chunk, one, two.subarray(0, 17), answer, three]),
	garbage: Buffer.concat([
		chunk,
		one,
		hex('00ff24'),
		two,
		hex('ffffffff'),
		three,
		Buffer.from('RTSP/'),
	]),
	foreign: Buffer.concat([chunk, one, frame('09', 'aabb'), two, Buffer.from('\r\n\r\n'), three]),
	request: Buffer.concat([
		chunk,
		Buffer.from('ANNOUNCE rtsp://a/b RTSP/1.0\nContent-Length: 2\n\nab'),
		one,
	]),
};

const rtcp = {
	report: hex('80c8000611223344e8a1b2c38000000000015f900000001000001000'),
	compound: hex(
		'80c8000611223344e8a1b2c38000000000015f900000001000001000 81ca0003112233440103616263000000 81cb000111223344',
	),
	rtp: hex('b16000010000000200000003 11111111 bede0001 01020304 aabb 01'),
};

const asc = Object.fromEntries(
	[
		'1190',
		'1588',
		'1194',
		'178025b188',
		'2b920800',
		'eb8a0800',
		'131056e598',
		'130856e59d4880',
		'b98800',
		'fff14c8002bffc',
	].map(config => [config, hex(config)]),
);

const sps = {
	...Object.fromEntries(Object.entries(spsOf).map(([name, set]) => [name, hex(set)])),
	pps: hex(pps),
	idr: hex(idr),
	recovery: hex('060601c480'),
	several: hex(`00000001 ${spsOf.x264} 00000001 ${pps}`),
};

/** As test/fuzz/h264_order.cpp reads them: access units behind their lengths. */
const units = (...list: string[][]) =>
	Buffer.concat(
		list.map(nals => {
			const bytes = hex(nals.map(nal => `00000001 ${nal}`).join(''));
			return Buffer.concat([word(bytes.length), bytes]);
		}),
	);

const h264Order = {
	pictures: units([spsOf.x264, pps, idr], ['419a0041aabb'], ['019a0022aabb'], ['019e0013aabb']),
	withoutOrder: units([spsOf.baseline, pps, idr], [slice], [slice]),
	interlaced: units([spsOf.interlaced, pps, idr], [slice], [slice], [idr], [slice]),
	withoutSets: units([idr], [slice], ['09f0']),
};

/** As test/fuzz/rtp_packager.cpp reads them: the largest packet, then frames of a kind each. */
const packaged = (maxBytes: number, ...frames: string[]) =>
	Buffer.concat([word(maxBytes - 128), ...frames.map(hex)]);
const long = 'ab'.repeat(700);

const rtpPackager = {
	picture: packaged(1440, '12 c8 0004 aabbccdd 00', '02 c8 02bc', long, '02 06 02 aabb 01 02 ccdd'),
	audio: packaged(1440, '12 c8 0004 aabbccdd 00', '01 64 0003 21100460', '01 64 0003 21100460'),
	inPieces: packaged(128, '12 c8 02bc', long, '00', '01 64 02bb', long, '04 c8 00 03 aabbcc'),
	opaque: packaged(300, '04 c8 03 02 aabb 00 01 cc 02 ddee', '04 c8 00 00'),
};

/** Steps of the sequence number, flags and pauses, as test/fuzz/reorder_buffer.cpp reads them. */
const reorderBuffer = {
	inOrder: hex('000400050a 01000a 01000a'),
	reordered: hex('0004fffe0a 03000a ff0000 ff000a 03000a'),
	twice: hex('0004000100 010001 000001 ff0001'),
	lost: hex('0004000100 020014 010014 010028'),
	otherSource: hex('0004000100 010100 010100 010100 010100 020100'),
	farAhead: hex('0004000100 0004012000 0004400000 010000 010000 010000'),
	large: hex('0004000100 020200 010200 010200 010200'),
};

const opaque = {
	packets: packets([5, 'aabb'], [4, 'cc'], [1, 'dd'], [4, 'ee']),
	lost: packets([5, 'aabb'], [4, 'cc'], [3, 'dd'], [12, 'ee'], [1, 'ff']),
	otherSource: packets([5, 'aabb'], [21, 'cc'], [21, 'dd'], [21, 'ee'], [21, 'ff'], [21, '']),
};

const corpora: Record<string, Record<string, Buffer>> = {
	h264_depacketizer: h264,
	h265_depacketizer: h265,
	h264_order: h264Order,
	h265_sets: h265Sets,
	codecs,
	opaque_depacketizer: opaque,
	aac_depacketizer: aac,
	av1_depacketizer: av1,
	jpeg_depacketizer: jpeg,
	latm_depacketizer: latm,
	deframer,
	rtcp,
	asc,
	sps,
	rtp_packager: rtpPackager,
	rtmp_reader: rtmpReader,
	rtmp_source: rtmpSource,
	packet_nals: packetNals,
	reorder_buffer: reorderBuffer,
};

for (const [target, seeds] of Object.entries(corpora)) {
	const folder = join(import.meta.dirname, 'corpus', target);
	rmSync(folder, {recursive: true, force: true});
	mkdirSync(folder, {recursive: true});
	for (const [name, bytes] of Object.entries(seeds)) writeFileSync(join(folder, name), bytes);
}
