// What is odd about packets and pictures, in plain words: acceptance/rtsp-cameras.md, lines 17 to 24, 29 and 31.
import type {TrackReport} from './report.ts';
import {when} from './rule.ts';
import type {Rule} from './rule.ts';
import {hex, plural} from './words.ts';

const inPackets = (count: number): string => `in ${plural(count, 'packet')}`;

const fragments = ({oddities}: TrackReport): string => {
	const {fragmentTypes, fragmentBits, reservedBit} = oddities;
	return [
		...(fragmentTypes > 0 ? [`the NAL type changes within them ${inPackets(fragmentTypes)}`] : []),
		...(fragmentBits > 0 ? [`they begin and end at once ${inPackets(fragmentBits)}`] : []),
		...(reservedBit > 0 ? [`the reserved bit is set ${inPackets(reservedBit)}`] : []),
	].join(', ');
};

export const oddityRules: readonly Rule<[TrackReport]>[] = [
	[
		'START_CODES',
		({oddities: {startCodes}}) =>
			when(startCodes > 0, () => `start codes among NAL units ${inPackets(startCodes)}`),
	],
	[
		'FRAGMENTS_ODD',
		track => when(fragments(track) !== '', () => `fragments of NAL units: ${fragments(track)}`),
	],
	[
		'ADTS',
		({oddities: {adts}}) => when(adts > 0, () => `headers of ADTS among units ${inPackets(adts)}`),
	],
	[
		'TIMES_WITHIN',
		({oddities: {timesWithin}}) =>
			when(
				timesWithin > 0,
				() => `the RTP time changes within pictures ${plural(timesWithin, 'time')}`,
			),
	],
	[
		'DELIMITERS',
		({oddities: {delimiters}, frames: {count}}) =>
			when(
				delimiters > count / 2,
				() => `access unit delimiters in ${delimiters} of ${plural(count, 'frame')}`,
			),
	],
	[
		'SLICES',
		({oddities: {slices}}) =>
			when(slices >= manySlices, () => `pictures of up to ${slices} slices`),
	],
	[
		'RECOVERY_POINTS',
		({oddities: {recoveryPoints}, frames: {gop}}) =>
			when(
				recoveryPoints > 0,
				() =>
					`${recoveryPoints} of ${plural(gop.keyFrames, 'key frame')} are recovery points without an IDR: the picture builds up`,
			),
	],
	[
		'PACKETS_LARGE',
		({largestPacketBytes}) =>
			when(
				largestPacketBytes > networkBytes,
				() =>
					`packets of up to ${largestPacketBytes} bytes: over UDP networks take them apart, and lose more of them`,
			),
	],
	[
		'REPORTS_FOREIGN',
		({ssrcs, clock: {reports}}) =>
			when(
				ssrcs.length > 0 && reports.strangers.length > 0,
				() =>
					`sender reports of SSRC ${reports.strangers.map(hex).join(', ')}, which sends nothing`,
			),
	],
	[
		'REPORTS_BROKEN',
		({clock: {reports}}) => when(reports.broken, () => 'RTCP that makes no sense'),
	],
];

/** As cameras with several encoders make them. */
const manySlices = 4;
/** Of Ethernet, with the headers of IP and UDP. */
const networkBytes = 1472;
