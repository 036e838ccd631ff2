import type {AmfObject} from './amf0.ts';

/** What `onMetaData` says that there is; one that names no codec tells nothing. */
export const tracksIn = (metadata: AmfObject): {video: boolean; audio: boolean} => {
	const [video, audio] = ['videocodecid', 'audiocodecid'].map(name => isCodec(metadata[name]));
	return video || audio ? {video: video ?? true, audio: audio ?? true} : {video: true, audio: true};
};

/** ffmpeg writes 0 for what it does not send. */
const isCodec = (value: unknown): boolean =>
	(typeof value === 'number' && value > 0) || (typeof value === 'string' && value !== '');
