// The corpora of what RTMP brings, for seeds.ts.
import {hex} from './hex.ts';

const sps = '67640028acd940780227e5c044000003000400000300c83c60c658';
const pps = '68eae3cb22c0';
const idr = '65b80041aabbccddeeff00112233445566778899';
const slice = '419a0041aabbccddeeff00112233445566778899';
const av1Sequence = '08040000000400000067000008cc27eef009e009';

/** Sizes of pieces and of chunks that are written, then the bytes of a connection. */
const chunks = (...messages: string[]) => Buffer.concat([hex('0610'), ...messages.map(hex)]);

export const rtmpReader = {
	messages: chunks('04 00002a 000003 08 01000000 aabbcc', '44 000014 000002 08 b0b1', 'c4 d0d1'),
	cut: chunks(
		'02 000000 000004 01 00000000 00000002',
		'06 000000 000005 09 01000000 a0a1 c6 a2a3 04 000001 000001 08 01000000 b0 c6 a4',
	),
	extended: chunks(
		'02 000000 000004 01 00000000 00000002',
		'04 ffffff 000004 08 01000000 01000000 a0a1 c4 01000000 a2a3',
		'04 ffffff 000004 08 01000000 01000000 a0a1 c4 a2a3',
	),
	longIds: chunks('00 00 000000 000001 08 01000000 a0', '01 0001 000000 000001 08 01000000 b0'),
	aborted: chunks(
		'02 000000 000004 01 00000000 00000002',
		'04 000000 000004 08 01000000 a0a1 02 000000 000004 02 00000000 0000 c2 0004 c4 b0b1 c4 b2b3',
	),
};

/** What is expected, then messages as test/fuzz/rtmp_source.cpp reads them: kind, time, pause, size, payload. */
const published = (expected: string, ...messages: [head: string, payload: string][]) =>
	Buffer.concat([
		hex(expected),
		...messages.map(([head, payload]) => {
			const bytes = hex(payload);
			return Buffer.concat([hex(head), Buffer.from([bytes.length]), bytes]);
		}),
	]);
const avcC = `01640028ffe1 001b ${sps} 01 0006 ${pps}`;
const avcHeader: [string, string] = ['00 0000 00', `1700000000 ${avcC}`];

export const rtmpSource = {
	both: published(
		'03',
		avcHeader,
		['01 0000 00', 'af00 1190'],
		['00 0000 28', `1701000050 00000014 ${idr}`],
		['01 0000 00', 'af01 21100460'],
		['00 0028 28', `2701000000 00000014 ${slice}`],
	),
	jump: published(
		'01',
		avcHeader,
		['00 0000 28', `1701000000 00000014 ${idr}`],
		...['0028', '0050', '0078'].map((time): [string, string] => [
			`04 ${time} 28`,
			`2701000000 00000014 ${slice}`,
		]),
	),
	threeTracks: hex(
		'0201 0000fe 1a 95104f707573 01 000002 aa aa0000000aa2 01 010100 0028 0d bb03010000000f904f7075734f7075734865' +
			'61640102000000001d906176303181000c0008040067000000000400000008cc27eef009e009000000280991617630313202' +
			'10aa0100650000 0891',
	),
	aggregate: published('02', [
		'02 0000 00',
		'08 000004 000000 00 000000 af001190 0000000f 08 000006 000015 00 000000 af0121100460 00000011',
	]),
	enhanced: published(
		'03',
		['01 0000 00', '90 4f707573 4f70757348656164 0102'],
		['00 0000 00', `90 61763031 81000c00 ${av1Sequence}`],
		['00 0000 28', '91 61763031 320210aa'],
		['01 0000 00', '91 4f707573 f8aabb'],
	),
	multitrack: published(
		'02',
		['01 0000 00', '9510 4f707573 01 000002 aaaa 00 00000a 4f70757348656164 0101'],
		['01 0000 28', '9511 4f707573 00 000003 f8aabb'],
	),
	modified: published('02', ['01 0000 00', '97 02 000102 01 4f707573 f8aabb']),
	old: published('02', ['01 0000 00', '82 5555555555'], ['01 0014 14', '82 5555555555']),
};
