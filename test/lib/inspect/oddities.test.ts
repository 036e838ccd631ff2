// `sluice inspect` names what is odd, line by line of acceptance/rtsp-cameras.md: packets, pictures and clocks.
import test from 'ava';
import {isRemarked} from '../../helpers/is-remarked.ts';
import {hevcType, loadPictures, nalType} from '../../helpers/media.ts';
import {
	hevcPayloads,
	interleave,
	picturePayloads,
	senderReport,
	soundPayload,
} from '../../helpers/rtp.ts';
import type {Packet} from '../../helpers/rtp.ts';
import type {Script} from '../../helpers/scripted-camera.ts';

const eachPacket = (change: (packet: Packet) => Packet): Script => ({
	packets: packets => packets.map(change),
});
const eachFragment = (change: (payload: Buffer, isFirst: boolean) => void): Script => ({
	payloads: picture =>
		picturePayloads(picture).map(payload => {
			if (nalType(payload) === 28) change(payload, (payload[1]! & 0x80) !== 0);
			return payload;
		}),
});

const adts = Buffer.from('fff14c8003fffc', 'hex');
test(
	isRemarked,
	'17: ADTS in 10 pictures',
	{hasSound: true, sound: unit => soundPayload(Buffer.concat([adts, unit]))},
	/headers of ADTS among units in \d+ packets/,
);
test(
	isRemarked,
	'18: MARKER_MISSING in 30 pictures',
	eachPacket(packet => ({...packet, marker: false})),
	/marker bit missing/,
);
test(
	isRemarked,
	'19: TIMES_WITHIN',
	{
		packets: packets =>
			packets.map((packet, index) =>
				index === 2 ? {...packet, timestamp: packet.timestamp + 90} : packet,
			),
	},
	/RTP time changes within pictures/,
);
test(
	isRemarked,
	'19: TIMES_WITHIN',
	eachPacket(packet =>
		[7, 8].includes(nalType(packet.payload))
			? {...packet, timestamp: packet.timestamp - 3600}
			: packet,
	),
	/changes within pictures [1-9]/,
);
test(
	isRemarked,
	'20: START_CODES',
	{
		payloads: ({nals}) => [
			Buffer.concat(nals.flatMap(nal => [Buffer.from('00000001', 'hex'), nal])),
		],
	},
	/start codes among NAL units in \d+ packets/,
);
test(
	isRemarked,
	'21: FRAGMENTS_ODD',
	eachFragment(payload => {
		payload[1]! |= 0x20;
	}),
	/the reserved bit is set in \d+ packets/,
);
test(
	isRemarked,
	'21: FRAGMENTS_ODD',
	eachFragment((payload, isFirst) => {
		if (!isFirst) payload[1] = (payload[1]! & 0xe0) | 1;
	}),
	/the NAL type changes within them/,
);
test(
	isRemarked,
	'21: FRAGMENTS_ODD',
	{
		pictures: 'hevc',
		payloads: ({nals, ...rest}) =>
			nals.flatMap(nal =>
				nal.length < 1200 ? [inOneFragment(nal)] : hevcPayloads({...rest, nals: [nal]}),
			),
	},
	/they begin and end at once in \d+ packets/,
);
const inOneFragment = (nal: Buffer): Buffer =>
	Buffer.concat([
		Buffer.from([(nal[0]! & 0x81) | (49 << 1), nal[1]!, 0xc0 | hevcType(nal)]),
		nal.subarray(2),
	]);

test(
	isRemarked,
	'22: PARAMETERS_CHANGED in 5 pictures',
	{
		payloads: (picture, index) =>
			picturePayloads(index < 2 ? picture : loadPictures('other')[index - 2]!),
	},
	/media changed the parameters/,
);
test(isRemarked, '23: DELIMITERS', {pictures: 'slices'}, /delimiters in \d+ of \d+ frames/);
test(isRemarked, '23: SLICES', {pictures: 'slices'}, /up to 4 slices/);
test(
	isRemarked,
	'23: PACKETS_LARGE',
	{payloads: picture => picturePayloads(picture, 10_000)},
	/packets of up to \d{4,5} bytes/,
);
test(
	isRemarked,
	'24: REPORTS_FOREIGN',
	{wire: frames => [...frames, interleave(1, senderReport(77, 1, 1))]},
	/sender reports of SSRC 0000004d/,
);
test(
	isRemarked,
	'27: REORDERED',
	{packets: ([first, second, ...rest]) => (second ? [second, first!, ...rest] : [first!])},
	/out of order/,
);
test(
	isRemarked,
	'29: KEY_FRAMES_RARE in 320 pictures',
	{pictures: 'rare', pace: 8},
	/key frames come up to 12 s apart/,
);
test(
	isRemarked,
	'29: RECOVERY_POINTS in 60 pictures',
	{pictures: 'refresh'},
	/recovery points without an IDR/,
);
test(
	isRemarked,
	'30: TIMESTAMPS_JUMP in 20 pictures',
	{
		packets: (packets, index) =>
			index === 10
				? packets.map(packet => ({...packet, timestamp: packet.timestamp - 9800 * 90_000}))
				: packets,
	},
	/timestamps jump: 2 times, by up to 2\.7 h/,
);
test(
	isRemarked,
	'31: WALL_CLOCK_JUMPS in 40 pictures',
	{reports: seconds => (seconds < 0.6 ? seconds : 3_900_000_000 + seconds)},
	/wall clock was set 1 time/,
);
test(
	isRemarked,
	'31: REPORTS_BROKEN',
	{wire: frames => [interleave(1, Buffer.from([0x80, 200, 0xff, 0xff, 1])), ...frames]},
	/RTCP that makes no sense/,
);

/** The sets come with the media alone. */
const hevcSets = (change: (set: Buffer) => Buffer[]): Script => ({
	pictures: 'hevc',
	sdp: text => text.replace(/^a=fmtp:96 .*$/m, 'a=fmtp:96'),
	payloads: ({nals, ...rest}) =>
		hevcPayloads({...rest, nals: nals.flatMap(nal => (hevcType(nal) < 32 ? [nal] : change(nal)))}),
});
const eachSet = (type: number, change: (set: Buffer) => Buffer[]): Script =>
	hevcSets(set => (hevcType(set) === type ? change(set) : [set]));
test(
	isRemarked,
	'25: NO_PARAMETERS',
	eachSet(34, () => []),
	/^no PPS in description or media: nothing can be decoded/,
);
test(
	isRemarked,
	'25: NO_PARAMETERS',
	hevcSets(() => []),
	/^no parameter sets at all: nothing can be decoded/,
);
test(
	isRemarked,
	'25: NO_PARAMETERS',
	eachSet(33, set => [set.subarray(0, 12)]),
	/^parameter sets make no sense: nothing can be decoded/,
);
test(
	isRemarked,
	'25: SETS_CUT',
	eachSet(33, set => [set.subarray(0, -8)]),
	/^cut short, or senseless in the end: SPS$/,
);
test(
	isRemarked,
	'25: SETS_CUT',
	eachSet(34, set => [set.subarray(0, 4)]),
	/^cut short, or senseless in the end: PPS 0$/,
);
test(
	isRemarked,
	'25: SETS_DIFFER',
	eachSet(32, set => {
		const other = Buffer.from(set);
		other[3]! |= 2;
		return [other];
	}),
	/^VPS and SPS do not agree: 2 sub-layers and 1/,
);

/** As much as that shows within seconds, on a busy machine too. */
const drifting = (clockPpm: number): Script => ({clockPpm});
test(isRemarked, '32: CLOCK_DRIFTS in 120 pictures', drifting(100_000), /runs \d+ ppm fast$/);
test(isRemarked, '32: CLOCK_DRIFTS in 120 pictures', drifting(-100_000), /runs \d+ ppm slow$/);
