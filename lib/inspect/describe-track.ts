// A track's parameters and figures in words: one row of a table for each line that is printed.
import {describeH265} from './describe-h265.ts';
import {chromaName, formatFacts, list} from './facts.ts';
import type {Fact} from './facts.ts';
import type {Parameters, TrackReport} from './report.ts';
import {formatFact} from './table.ts';
import type {Spread} from './meters/spread.ts';
import {
	aacObjectName,
	formatBitrate,
	formatRate,
	formatSeconds,
	h264LevelName,
	h264ProfileName,
	hex,
	plural,
} from './words.ts';

/** What the parameter sets or the configuration say. */
export const describeParameters = ({parameters}: TrackReport): string[] => {
	if (parameters === null) return formatFact('parameters', 'not known');
	switch (parameters.codec) {
		case 'aac':
			return formatFacts(aacFacts, parameters);
		case 'h264':
			return [
				...formatFacts(spsFacts, parameters.sps),
				...parameters.pps.flatMap(pps => formatFacts(ppsFacts, pps)),
			];
		case 'h265':
			return describeH265(parameters);
		default:
			return parameters satisfies never;
	}
};

/** What was measured. */
export const describeFigures = (track: TrackReport): string[] => formatFacts(figureFacts, track);

type H264 = Extract<Parameters, {codec: 'h264'}>;
type Aac = Extract<Parameters, {codec: 'aac'}>;

const spsFacts: readonly Fact<H264['sps']>[] = [
	[
		'SPS',
		sps =>
			list(
				`${h264ProfileName(sps)}, level ${h264LevelName(sps)}, ${sps.width}x${sps.height}`,
				!sps.frameMbsOnly && 'interlaced',
				`${chromaName(sps.chromaFormatIdc)}, ${sps.bitDepthLuma} bit`,
			),
	],
	[
		'',
		sps =>
			list(
				sps.frameRateNum > 0
					? `${formatRate(sps.frameRateNum / sps.frameRateDen)} frames/s announced` +
							(sps.fixedFrameRate ? ' (fixed)' : ' (not fixed)')
					: 'no frame rate announced',
				plural(sps.maxRefFrames, 'reference frame'),
				sps.maxReorderFrames < 0
					? 'reordering not bounded'
					: sps.maxReorderFrames === 0
						? 'no reordering'
						: `reordering of ${plural(sps.maxReorderFrames, 'frame')}`,
			),
	],
	[
		'',
		sps =>
			list(
				`picture order type ${sps.picOrderCntType}`,
				`frame numbers of ${sps.log2MaxFrameNum} bits`,
				sps.gapsInFrameNum && 'gaps allowed',
				sps.hasScalingLists ? 'scaling lists' : 'no scaling lists',
			),
	],
	['VUI', ({vui}) => (vui ? describeVui(vui) : 'none')],
];

const describeVui = (vui: NonNullable<H264['sps']['vui']>): string =>
	list(
		vui.sarWidth > 0 ? `pixels ${vui.sarWidth}:${vui.sarHeight}` : 'no shape of pixels',
		vui.fullRange ? 'full range' : 'limited range',
		vui.colourPrimaries === 2
			? 'no colours told'
			: `colours ${vui.colourPrimaries}/${vui.transfer}/${vui.matrix}`,
		vui.hasHrd && 'HRD',
		vui.picStruct && 'picture structure',
		vui.maxDecFrameBuffering >= 0 && `buffer of ${plural(vui.maxDecFrameBuffering, 'frame')}`,
	);

const ppsFacts: readonly Fact<H264['pps'][number]>[] = [
	[
		'PPS',
		pps =>
			pps.whole
				? list(
						`id ${pps.id}, ${pps.cabac ? 'CABAC' : 'CAVLC'}`,
						`references ${pps.refFramesL0}/${pps.refFramesL1}`,
						(pps.weightedPrediction || pps.weightedBipredIdc > 0) && 'weighted prediction',
						`QP ${pps.initialQp}`,
						pps.transform8x8 && '8x8 transform',
						pps.constrainedIntra && 'constrained intra',
						pps.deblockingControl && 'deblocking control',
					)
				: `id ${pps.id}, not read further`,
	],
];

const aacFacts: readonly Fact<Aac>[] = [
	[
		'AAC',
		aac =>
			list(
				`${aacObjectName(aac.objectType)}, ${aac.sampleRateHz} Hz`,
				plural(aac.channels, 'channel'),
				`${aac.samplesPerFrame} samples a frame`,
				aac.sbr && `SBR to ${aac.outputSampleRateHz} Hz`,
				aac.ps && 'parametric stereo',
			),
	],
];

const spread = (of: Spread, format: (value: number) => string): string | undefined =>
	of ? `min ${format(of.min)}, avg ${format(of.avg)}, max ${format(of.max)}` : undefined;

const bytes = (value: number): string => `${Math.round(value)}`;

const figureFacts: readonly Fact<TrackReport>[] = [
	[
		'packets',
		({sequence, bitrate}) => `${plural(sequence.received, 'packet')}, ${bitrate.bytes} bytes`,
	],
	['SSRC', ({ssrcs}) => (ssrcs.length > 0 ? ssrcs.map(hex).join(', ') : undefined)],
	[
		'bitrate',
		({bitrate: {bps, peakBps}}) =>
			bps === null
				? undefined
				: list(formatBitrate(bps), peakBps !== null && `peak ${formatBitrate(peakBps)}`),
	],
	[
		'missing',
		({sequence: {lost, duplicates, reordered, restarts}}) =>
			list(
				`${lost} lost, ${plural(duplicates, 'duplicate')}, ${reordered} out of order`,
				restarts > 0 && plural(restarts, 'new count'),
			),
	],
	[
		'jitter',
		({jitter}) => `${formatSeconds(jitter.jitterUs)}, at most ${formatSeconds(jitter.maxJitterUs)}`,
	],
	[
		'frames',
		({kind, frames: {count, types, damaged}}) =>
			list(
				plural(count, 'frame'),
				kind === 'video' && `${types.I} I, ${types.P} P, ${types.B} B`,
				damaged > 0 && `${damaged} damaged`,
			),
	],
	['frame size', ({frames}) => spread(frames.bytes, bytes)],
	[
		'frame rate',
		({frames: {rate}}) =>
			rate.byMedia === null
				? undefined
				: list(
						rate.announced !== null && `announced ${formatRate(rate.announced)}`,
						`by RTP time ${formatRate(rate.byMedia)}`,
						rate.byArrival !== null && `by arrival ${formatRate(rate.byArrival)}`,
					),
	],
	[
		'GOP',
		({kind, frames: {gop}}) =>
			kind === 'video'
				? list(
						plural(gop.keyFrames, 'key frame'),
						spread(gop.frames, formatRate) ?? `${plural(gop.open, 'frame')} since the last`,
					)
				: undefined,
	],
	[
		'key frames',
		({kind, frames: {gop}}) =>
			kind === 'video' ? spread(gop.intervalUs, formatSeconds) : undefined,
	],
	[
		'RTP clock',
		({clock: {drift, jumps}}) =>
			list(
				drift === null
					? 'drift not known yet'
					: `${drift.ppm > 0 ? '+' : ''}${Math.round(drift.ppm)} ppm against arrival, ` +
							`give or take ${Math.ceil(drift.errorPpm)}`,
				jumps.count > 0 && plural(jumps.count, 'jump'),
			),
	],
	[
		'wall clock',
		({clock: {reports}}) =>
			reports.offsetUs === null
				? 'no sender report'
				: list(
						plural(reports.count, 'sender report'),
						reports.intervalUs !== null && `every ${formatSeconds(reports.intervalUs)}`,
						`${formatSeconds(reports.offsetUs)} from this machine's`,
					),
	],
];
