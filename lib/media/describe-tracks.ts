import type {TrackInfo} from '../native/binding.ts';

/** As in `2 tracks (H264 1920x1080 25 fps, AAC 48 kHz stereo)`. */
export const describeTracks = (tracks: TrackInfo[]): string => {
	const count = tracks.length === 1 ? '1 track' : `${tracks.length} tracks`;
	return `${count} (${tracks.map(describeTrack).join(', ')})`;
};

const describeTrack = (track: TrackInfo): string => {
	switch (track.type) {
		case 'h264':
		case 'h265':
		case 'video':
			return [track.codec, size(track), frameRate(track)].filter(Boolean).join(' ');
		case 'audio':
			return `${track.codec} ${track.sampleRateHz / 1000} kHz ${channels(track.channels)}`;
		case 'aac':
			return `AAC ${track.sampleRateHz / 1000} kHz ${channels(track.channels)}`;
		case 'opaque':
			return track.codec;
		default:
			return track satisfies never;
	}
};

const size = ({width, height}: {width: number; height: number}): string =>
	width && height ? `${width}x${height}` : '';

/** Empty where the parameters do not announce one. */
const frameRate = ({frameRateNum, frameRateDen}: {frameRateNum: number; frameRateDen: number}) =>
	frameRateNum && frameRateDen ? `${round(frameRateNum / frameRateDen)} fps` : '';

const round = (rate: number): number => Math.round(rate * 100) / 100;

const channels = (count: number): string =>
	count === 1 ? 'mono' : count === 2 ? 'stereo' : `${count} channels`;
