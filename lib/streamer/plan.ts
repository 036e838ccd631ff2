import type {PlannedTrack, TrackInfo} from '../native/binding.ts';

/**
 * Says what happens to the tracks: `H.264 1080p and AAC pass through; VP9 becomes H.264`.
 * `known` is what is known of the tracks of a stream, for their heights.
 */
export const describePlan = (
	all: readonly PlannedTrack[],
	known: readonly TrackInfo[] = [],
): string => {
	const tracks = kinds.flatMap(kind => all.filter(track => track.kind === kind));
	const name = (track: PlannedTrack) => [codecName(track.from), heightOf(track, known)].join('');
	const passing = tracks.filter(({to, transcoded}) => to !== '' && !transcoded).map(name);
	const made = tracks
		.filter(({transcoded}) => transcoded)
		.map(track => `${name(track)} becomes ${codecName(track.to)}`);
	const left = tracks.filter(({to}) => to === '').map(name);
	const parts = [
		...(passing.length > 0 ? [`${listOf(passing)} ${verb(passing, 'pass')} through`] : []),
		...made,
		...(left.length > 0 ? [`${listOf(left)} ${verb(left, 'stay')} out`] : []),
	];
	return parts.length === 0 ? 'no tracks' : parts.join('; ');
};

const kinds = ['video', 'audio', 'other'] as const;

const codecNames: Readonly<Record<string, string>> = {
	H264: 'H.264',
	H265: 'H.265',
	'MPEG4-GENERIC': 'AAC',
	MPA: 'MP3',
	MPV: 'MPEG-2',
	'MP4V-ES': 'MPEG-4',
	OPUS: 'Opus',
	PCMA: 'G.711',
	PCMU: 'G.711',
	VORBIS: 'Vorbis',
	'AUDIO/X-RAW': 'PCM',
	'VIDEO/X-RAW': 'raw video',
	'VIDEO/X-THEORA': 'Theora',
	'AUDIO/X-FLAC': 'FLAC',
	'AUDIO/X-WMA': 'WMA',
	'VIDEO/X-WMV': 'WMV',
};

/** What has no name among people keeps GStreamer's, without what all of them have in front. */
const codecName = (name: string): string =>
	codecNames[name.toUpperCase()] ?? name.replace(/^(?:audio|video)\/(?:x-)?/, '');

const heightOf = ({kind, from}: PlannedTrack, known: readonly TrackInfo[]): string => {
	if (kind !== 'video') return '';
	const track = known.find(({codec}) => codec === from);
	return track && 'height' in track && track.height > 0 ? ` ${track.height}p` : '';
};

const listOf = (names: readonly string[]): string =>
	names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

const verb = (names: readonly string[], word: string): string =>
	names.length > 1 ? word : word === 'pass' ? 'passes' : `${word}s`;
