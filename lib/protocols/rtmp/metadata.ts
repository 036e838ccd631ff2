import {parseAmf0} from './amf0.ts';
import type {AmfObject} from './amf0.ts';
import {isMap} from './status-info.ts';

/** Of a data message that is an `onMetaData`; what is no AMF0 tells nothing. */
export const metadataIn = (bytes: Uint8Array): AmfObject | undefined => {
	const parsed = parseAmf0(bytes);
	const values = parsed.ok ? parsed.value : [];
	return values.includes('onMetaData') ? values.find(isMap) : undefined;
};

/** What `onMetaData` says that there is; one that names no codec tells nothing. */
export const tracksIn = (metadata: AmfObject): {video: boolean; audio: boolean} => {
	const [video, audio] = ['videocodecid', 'audiocodecid'].map(name => isCodec(metadata[name]));
	return video || audio ? {video: video ?? true, audio: audio ?? true} : {video: true, audio: true};
};

/** ffmpeg writes 0 for what it does not send. */
const isCodec = (value: unknown): boolean =>
	(typeof value === 'number' && value > 0) || (typeof value === 'string' && value !== '');
