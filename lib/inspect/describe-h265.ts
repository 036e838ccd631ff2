// The parameter sets of H.265 in words.
import {chromaName, formatFacts, list} from './facts.ts';
import type {Fact} from './facts.ts';
import type {Parameters} from './report.ts';
import {formatRate, h265LevelName, h265ProfileName, plural} from './words.ts';

type H265 = Extract<Parameters, {codec: 'h265'}>;

export const describeH265 = ({vps, sps, pps}: H265): string[] => [
	...formatFacts(vpsFacts, vps),
	...formatFacts(spsFacts, sps),
	...pps.flatMap(set => formatFacts(ppsFacts, set)),
];

type Timed = {frameRateNum: number; frameRateDen: number};

const announced = ({frameRateNum, frameRateDen}: Timed): string =>
	frameRateNum > 0
		? `${formatRate(frameRateNum / frameRateDen)} frames/s announced`
		: 'no frame rate announced';

const vpsFacts: readonly Fact<H265['vps']>[] = [
	['VPS', vps => list(`id ${vps.id}`, plural(vps.maxSubLayers, 'sub-layer'), announced(vps))],
];

const notRead = 'not read further';

const spsFacts: readonly Fact<H265['sps']>[] = [
	[
		'SPS',
		sps =>
			list(
				`${h265ProfileName(sps.profileIdc)}, level ${h265LevelName(sps.levelIdc)}`,
				sps.highTier && 'high tier',
				`${sps.width}x${sps.height}`,
				`${chromaName(sps.chromaFormatIdc)}, ${sps.bitDepthLuma} bit`,
			),
	],
	[
		'',
		sps =>
			list(
				plural(sps.maxSubLayers, 'sub-layer'),
				sps.maxReorderFrames === 0
					? 'no reordering'
					: `reordering of ${plural(sps.maxReorderFrames, 'frame')}`,
				sps.whole ? announced(sps) : notRead,
			),
	],
	[
		'',
		sps =>
			sps.whole
				? list(
						sps.hasScalingLists ? 'scaling lists' : 'no scaling lists',
						plural(sps.referenceSets, 'reference picture set'),
						sps.predictedReferenceSets > 0 &&
							`${sps.predictedReferenceSets} of them told by the one before`,
						!sps.hasVui && 'no VUI',
					)
				: undefined,
	],
];

const ppsFacts: readonly Fact<H265['pps'][number]>[] = [
	[
		'PPS',
		pps =>
			pps.whole
				? list(
						`id ${pps.id}, references ${pps.refFramesL0}/${pps.refFramesL1}`,
						`QP ${pps.initialQp}`,
						pps.weightedPrediction && 'weighted prediction',
						pps.constrainedIntra && 'constrained intra',
						pps.dependentSlices && 'dependent slices',
						pps.tiles && 'tiles',
						pps.wavefronts && 'wavefronts',
					)
				: `id ${pps.id}, ${notRead}`,
	],
];
