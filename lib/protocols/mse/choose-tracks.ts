import type {TrackInfo} from '../../native/binding.ts';
import type {LiveTrack} from './types.ts';

export type Wish = {decodes: readonly string[]; audio: boolean};

export type Choice = {tracks: LiveTrack[]; lacks: string[]};

/** The first picture and the first sound that the viewer can decode, and what it has to do without. */
export const chooseTracks = (tracks: readonly TrackInfo[], wish: Wish): Choice => {
	const isPlayed = ({playable}: TrackInfo) =>
		playable !== '' && wish.decodes.some(beginning => begins(playable, beginning));
	const chosen = (['video', 'audio'] as const).flatMap(kind => {
		if (kind === 'audio' && !wish.audio) return [];
		const track = tracks.findIndex(it => it.kind === kind && isPlayed(it));
		const info = tracks[track];
		return info ? [liveTrack(track, kind, info)] : [];
	});
	const lacks = tracks.filter(it => it.kind !== 'other' && !isPlayed(it)).map(it => it.codec);
	return {tracks: chosen, lacks};
};

/** `avc1` begins `avc1.64001f`, and `mp4a.40.2` itself, but no `mp4a.40.29`. */
const begins = (codec: string, beginning: string): boolean =>
	codec.toLowerCase() === beginning.toLowerCase() ||
	codec.toLowerCase().startsWith(`${beginning.toLowerCase()}.`);

const liveTrack = (track: number, kind: 'video' | 'audio', info: TrackInfo): LiveTrack => ({
	track,
	kind,
	codec: info.playable,
	...('width' in info && {width: info.width, height: info.height}),
});
