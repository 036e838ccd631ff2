// What is unusual about a camera, in plain words: one row of a table for each kind of remark.
import {oddityRules} from './oddity-remarks.ts';
import {quirkCodes} from './quirks.ts';
import type {Quirk} from './quirks.ts';
import type {Report, TrackReport} from './report.ts';
import {when} from './rule.ts';
import type {Rule} from './rule.ts';
import {setRules} from './set-remarks.ts';
import {formatRate, formatSeconds, hex, plural} from './words.ts';

export type Remark = Report['remarks'][number];

/** All remarks on what was seen, those on the whole first, then on the dialogue, then track by track. */
export const remarksOn = (report: Report, quirks: readonly Quirk[] = []): Remark[] => [
	...connectionRules.flatMap(([code, says]) => asRemark(code, null, says(report))),
	...quirks.map(quirk => ({...quirk, track: null})),
	...report.tracks.flatMap(track =>
		trackRules.flatMap(([code, says]) => asRemark(code, track.index, says(track, report))),
	),
];

const asRemark = (code: string, track: number | null, text: string | undefined): Remark[] =>
	text === undefined ? [] : [{code, track, text}];

const isVideo = ({kind}: TrackReport): boolean => kind === 'video';

const connectionRules: readonly Rule<[Report]>[] = [
	[
		'ENDED',
		({ended}) => when(ended !== null, () => `the camera did not stay: ${ended?.message ?? ''}`),
	],
	[
		'RESYNCED',
		({resyncs}) =>
			when(
				resyncs > 0,
				() =>
					`the camera cut interleaved packets short: framing was lost ${plural(resyncs, 'time')}`,
			),
	],
	[
		'STRAY_CHANNELS',
		({strayChannels}) =>
			when(
				strayChannels.length > 0,
				() => `data on channels that nobody set up: ${strayChannels.join(', ')}`,
			),
	],
];

const trackRules: readonly Rule<[TrackReport, Report]>[] = [
	[
		'TRACK_SILENT',
		({sequence}, {lookedUs}) =>
			when(sequence.received === 0, () =>
				lookedUs > 0
					? `no packet of this track in ${formatSeconds(lookedUs)}`
					: 'no packet of this track came at all',
			),
	],
	[
		'FELL_SILENT',
		({silentUs, kind, frames: {count}}, {lookedUs}) => {
			const usualUs = count > 0 ? lookedUs / count : 0;
			const isSilent = kind !== 'other' && (silentUs ?? 0) > Math.max(silenceUs, 3 * usualUs);
			return when(isSilent, () => `no media for the last ${formatSeconds(silentUs ?? 0)}`);
		},
	],
	[
		'PAYLOAD_TYPE_UNANNOUNCED',
		({payloadTypes, payloadType}) => {
			const strangers = payloadTypes.filter(it => it.payloadType !== payloadType);
			const list = strangers.map(it => `${it.payloadType} (${plural(it.packets, 'packet')})`);
			return when(
				strangers.length > 0,
				() =>
					`payload types that were not announced: ${list.join(', ')}; announced: ${payloadType}`,
			);
		},
	],
	[
		'NO_SPROP',
		({codec, hasSprop}) => {
			const what = spropNames.get(codec);
			return when(what !== undefined && !hasSprop, () => `the description has no ${what}`);
		},
	],
	[
		'NO_SETS_IN_BAND',
		track =>
			when(
				isNal(track) && track.setsInBand === 0 && track.frames.count > 0,
				() => 'no SPS among the media: parameter sets come with the description only',
			),
	],
	...setRules,
	[
		'PARAMETERS_CHANGED',
		({parameterChanges}) =>
			when(
				parameterChanges > 0,
				() =>
					`the media changed the parameters ${plural(parameterChanges, 'time')} (the description told others)`,
			),
	],
	[
		'REORDER_UNBOUNDED',
		({parameters}) =>
			when(
				parameters?.codec === 'h264' && parameters.sps.maxReorderFrames < 0,
				() => 'the SPS does not bound reordering: decoders wait for pictures that may never come',
			),
	],
	[
		'RATE_DIFFERS',
		({frames: {rate, count}, clock: {jumps}}) => {
			const {announced, byMedia} = rate;
			const isKnown = announced !== null && byMedia !== null && count >= minFrames;
			if (!isKnown || jumps.count > 0) return undefined;
			return when(
				Math.abs(byMedia / announced - 1) > 0.05,
				() =>
					`the SPS announces ${formatRate(announced)} frames a second, ${formatRate(byMedia)} were measured`,
			);
		},
	],
	[
		'RATE_UNANNOUNCED',
		track =>
			when(
				isNal(track) && track.parameters !== null && track.frames.rate.announced === null,
				() => 'the SPS announces no frame rate',
			),
	],
	[
		'B_FRAMES',
		({frames}) =>
			when(
				frames.types.B > 0,
				() =>
					`${plural(frames.types.B, 'B-frame')}: they cost delay, and WebRTC does not take them`,
			),
	],
	[
		'NO_KEY_FRAME',
		track =>
			when(
				isVideo(track) && track.frames.count > 0 && track.frames.gop.keyFrames === 0,
				() => `no key frame among ${plural(track.frames.count, 'frame')}`,
			),
	],
	[
		'KEY_FRAMES_RARE',
		({frames: {gop}}) =>
			when(
				(gop.intervalUs?.max ?? 0) > rareKeyFramesUs,
				() =>
					`key frames come up to ${formatSeconds(gop.intervalUs?.max ?? 0)} apart: viewers wait for one`,
			),
	],
	[
		'GOP_VARIES',
		({kind, frames: {gop}}) =>
			when(
				kind === 'video' && gop.frames !== null && gop.frames.max > 1.5 * gop.frames.min,
				() =>
					`groups of pictures have ${gop.frames?.min ?? 0} to ${gop.frames?.max ?? 0} pictures: segments will be uneven`,
			),
	],
	[
		'MARKER_MISSING',
		track =>
			when(
				isVideo(track) && track.frames.count >= minFrames && track.markers < track.frames.count / 2,
				() => `marker bit missing: ${track.markers} on ${plural(track.frames.count, 'frame')}`,
			),
	],
	[
		'MARKER_WITHIN',
		track =>
			when(
				isVideo(track) &&
					track.frames.count >= minFrames &&
					track.markers > track.frames.count * 1.5,
				() =>
					`marker bit within pictures: ${track.markers} on ${plural(track.frames.count, 'frame')}`,
			),
	],
	...oddityRules,
	[
		'SSRC_CHANGED',
		({ssrcs}) =>
			when(ssrcs.length > 1, () => `the source changed: SSRC ${ssrcs.map(hex).join(', ')}`),
	],
	[
		'LOST',
		({sequence: {lost, received}}) =>
			when(
				lost > 0,
				() =>
					`${plural(lost, 'packet')} missing of ${lost + received}: over TCP it is the camera that leaves them out`,
			),
	],
	[
		'DUPLICATES',
		({sequence: {duplicates}}) =>
			when(duplicates > 0, () => `${plural(duplicates, 'packet')} sent twice`),
	],
	[
		'REORDERED',
		({sequence: {reordered}}) =>
			when(reordered > 0, () => `${plural(reordered, 'packet')} out of order`),
	],
	[
		'SEQUENCE_RESTARTED',
		({sequence: {restarts}, ssrcs}) =>
			when(
				restarts >= Math.max(1, ssrcs.length),
				() => `sequence numbers began anew ${plural(restarts, 'time')}`,
			),
	],
	[
		'DAMAGED',
		({frames: {damaged, count}}) =>
			when(damaged > 0, () => `${plural(damaged, 'frame')} of ${count} came incomplete`),
	],
	[
		'TIMESTAMPS_JUMP',
		({clock: {jumps}}) =>
			when(
				jumps.count > 0,
				() =>
					`timestamps jump: ${plural(jumps.count, 'time')}, by up to ${formatSeconds(Math.abs(jumps.largestUs))}`,
			),
	],
	[
		'CLOCK_DRIFTS',
		({clock: {drift, jumps}}) => {
			if (drift === null || jumps.count > 0) return undefined;
			const isSure = Math.abs(drift.ppm) > Math.max(driftPpm, 4 * drift.errorPpm);
			const word = drift.ppm > 0 ? 'fast' : 'slow';
			return when(
				isSure,
				() => `the RTP clock runs ${Math.round(Math.abs(drift.ppm))} ppm ${word}`,
			);
		},
	],
	[
		'NO_REPORTS',
		({sequence, clock: {reports}}, {lookedUs}) =>
			when(
				sequence.received > 0 && reports.count === 0 && lookedUs >= rareReportsUs,
				() =>
					`no sender report in ${formatSeconds(lookedUs)}: tracks cannot be placed by the camera's clock`,
			),
	],
	[
		'REPORTS_RARE',
		({clock: {reports}}) =>
			when(
				(reports.intervalUs ?? 0) > rareReportsUs,
				() => `sender reports come only every ${formatSeconds(reports.intervalUs ?? 0)}`,
			),
	],
	[
		'WALL_CLOCK_OFF',
		({clock: {reports}}) =>
			when(Math.abs(reports.offsetUs ?? 0) > wallClockUs, () => {
				const offsetUs = reports.offsetUs ?? 0;
				const word = offsetUs > 0 ? 'ahead of' : 'behind';
				return `the camera's wall clock is ${formatSeconds(Math.abs(offsetUs))} ${word} this machine's`;
			}),
	],
	[
		'WALL_CLOCK_JUMPS',
		({clock: {reports}}) =>
			when(
				reports.jumps > 0,
				() => `the camera's wall clock was set ${plural(reports.jumps, 'time')}`,
			),
	],
	[
		'RTP_INFO_WRONG',
		({rtpInfo, first}) => {
			const promised = rtpInfo?.sequence ?? null;
			if (promised === null || first === null) return undefined;
			return when(
				promised !== first.sequence,
				() => `RTP-Info promised sequence number ${promised}, the first one was ${first.sequence}`,
			);
		},
	],
	[
		'RTP_INFO_TIME_WRONG',
		({rtpInfo, first, clockRateHz}) => {
			const promised = rtpInfo?.timestamp ?? null;
			if (promised === null || first === null) return undefined;
			const offUs = (((first.timestamp - promised) | 0) * 1e6) / clockRateHz;
			return when(
				Math.abs(offUs) > rtpInfoUs,
				() =>
					`RTP-Info promised RTP time ${promised}, the first packet has ${first.timestamp}, ${formatSeconds(Math.abs(offUs))} off`,
			);
		},
	],
];

/** Every code there is, for the reference. */
export const remarkCodes: readonly string[] = [
	...connectionRules.map(([code]) => code),
	...quirkCodes,
	...trackRules.map(([code]) => code),
];

/** Fewer frames tell too little about rates and markers. */
const minFrames = 20;
/** Shorter ones are an uneven network, or a still picture. */
const silenceUs = 2_500_000;
const rareKeyFramesUs = 5_000_000;
const rareReportsUs = 10_000_000;
const driftPpm = 200;
const wallClockUs = 1_000_000;
const rtpInfoUs = 1_000_000;

const isNal = ({codec}: TrackReport): boolean => codec === 'H264' || codec === 'H265';

const spropNames = new Map([
	['H264', 'parameter sets (sprop-parameter-sets)'],
	['H265', 'parameter sets (sprop-vps, sprop-sps, sprop-pps)'],
	['MPEG4-GENERIC', 'AudioSpecificConfig (config)'],
]);
