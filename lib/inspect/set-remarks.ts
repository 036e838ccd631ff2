// What is wrong with parameter sets, or missing, in plain words: acceptance/rtsp-cameras.md, lines 16, 17 and 25.
import type {TrackReport} from './report.ts';
import {when} from './rule.ts';
import type {Rule} from './rule.ts';
import {formatRate, plural} from './words.ts';

export const setRules: readonly Rule<[TrackReport]>[] = [
	[
		'NO_PARAMETERS',
		track =>
			when(
				decoded.has(track.codec) && track.parameters === null && track.sequence.received > 0,
				() => `${missing(track)}: nothing can be decoded`,
			),
	],
	[
		'SETS_CUT',
		({parameters}) => {
			const cut = cutSets(parameters);
			return when(cut.length > 0, () => `cut short, or senseless in the end: ${cut.join(', ')}`);
		},
	],
	[
		'SETS_DIFFER',
		({parameters}) => {
			const differ = parameters?.codec === 'h265' ? differences(parameters) : [];
			return when(differ.length > 0, () => `VPS and SPS do not agree: ${differ.join('; ')}`);
		},
	],
];

/** Codecs whose parameters are shown. */
const decoded = new Set(['H264', 'H265', 'MPEG4-GENERIC']);

const missing = ({missingSets, codec}: TrackReport): string => {
	if (missingSets.length === 0 && codec.startsWith('H26')) return 'parameter sets make no sense';
	const isAll = missingSets.length === (codec === 'H265' ? 3 : 2);
	return isAll || missingSets.length === 0
		? 'no parameter sets at all'
		: `no ${missingSets.join(' and no ')} in description or media`;
};

/** Those whose end could not be read. */
const cutSets = (parameters: TrackReport['parameters']): string[] =>
	parameters?.codec === 'h265'
		? [
				...(parameters.sps.whole ? [] : ['SPS']),
				...parameters.pps.filter(({whole}) => !whole).map(({id}) => `PPS ${id}`),
			]
		: [];

/** Where the VPS and its SPS contradict each other. */
const differences = ({vps, sps}: H265): string[] => [
	...(vps.maxSubLayers === sps.maxSubLayers
		? []
		: [`${plural(vps.maxSubLayers, 'sub-layer')} and ${sps.maxSubLayers}`]),
	...(vps.frameRateNum === 0 || sps.frameRateNum === 0 || rateOf(vps) === rateOf(sps)
		? []
		: [`${formatRate(rateOf(vps))} frames a second and ${formatRate(rateOf(sps))}`]),
];

type H265 = Extract<TrackReport['parameters'], {codec: 'h265'}>;
const rateOf = ({frameRateNum, frameRateDen}: H265['sps'] | H265['vps']): number =>
	frameRateNum / frameRateDen;
