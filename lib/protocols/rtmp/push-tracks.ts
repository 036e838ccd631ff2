import type {PlannedTrack, TrackInfo} from '../../native/binding.ts';
import type {AmfObject} from './amf0.ts';
import {codecIdOf} from './codecs.ts';

/** Which tracks of a stream go out, by index: one picture and one sound. */
export type PushTracks = {video?: number; audio?: number};

/** Undefined: something would have to be made anew first. */
export const choosePushTracks = (tracks: readonly TrackInfo[]): PushTracks | undefined => {
	const video = tracks.findIndex(({kind}) => kind === 'video');
	const audio = tracks.findIndex(({kind}) => kind === 'audio');
	const chosen = [tracks[video], tracks[audio]].filter(track => track !== undefined);
	if (chosen.length === 0 || !chosen.every(isCarried)) return undefined;
	return {...(video >= 0 && {video}), ...(audio >= 0 && {audio})};
};

const isCarried = ({type}: TrackInfo): boolean => type === 'h264' || type === 'aac';

/** What becomes of each track. */
export const planPush = (tracks: readonly TrackInfo[], chosen: PushTracks): PlannedTrack[] =>
	tracks.map(({kind, codec}, index) => ({
		kind,
		from: codec,
		to: index === chosen.video || index === chosen.audio ? codec : '',
		transcoded: false,
	}));

/** `onMetaData`, by the names that players know. `said`: what whoever publishes says besides. */
export const describeMedia = (
	tracks: readonly TrackInfo[],
	chosen: PushTracks,
	said: AmfObject = {},
): AmfObject => ({
	encoder: 'Sluice',
	...said,
	...describeVideo(tracks[chosen.video ?? -1]),
	...describeAudio(tracks[chosen.audio ?? -1]),
});

const describeVideo = (track: TrackInfo | undefined): AmfObject => {
	if (!track || !('width' in track)) return {};
	const {codec, width, height, frameRateNum, frameRateDen} = track;
	const frameRate = frameRateNum > 0 ? {framerate: frameRateNum / frameRateDen} : {};
	return {width, height, ...frameRate, videocodecid: codecIdOf(codec)};
};

const describeAudio = (track: TrackInfo | undefined): AmfObject => {
	if (!track || !('channels' in track)) return {};
	const {codec, sampleRateHz, channels} = track;
	return {
		audiocodecid: codecIdOf(codec),
		audiosamplerate: sampleRateHz,
		audiosamplesize: 16,
		audiochannels: channels,
		stereo: channels > 1,
	};
};
