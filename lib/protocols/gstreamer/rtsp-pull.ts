import {PipelineSource} from '../../media/pipeline-source.ts';
import type {OpenSource} from '../../media/source.ts';
import type {Native} from '../../native/native.ts';

/** Fetches a camera's stream by GStreamer's rtspsrc (`rtspEngine: gstreamer`). */
export const createGstreamerRtspSource =
	(native: Pick<Native, 'start'>): OpenSource =>
	({path, source}) =>
		new PipelineSource(native, {type: 'rtsp', path, url: source});
