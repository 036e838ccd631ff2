// Questions about tracks that do not depend on their codec.
import type {TrackInfo} from '../native/binding.ts';

/** A track whose pictures are understood. */
export type PictureTrack = Extract<TrackInfo, {width: number}>;

/** The first track with pictures that are understood. */
export const pictureTrackOf = (tracks: readonly TrackInfo[]): PictureTrack | undefined =>
	tracks.find(track => 'width' in track);
