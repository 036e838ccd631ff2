// A part of the composition root: what a path's `source` may be.
import type {OpenSource} from './media/source.ts';
import type {Native} from './native/native.ts';
import {createFileSource} from './protocols/file/pull.ts';
import {createGstreamerSource} from './protocols/gstreamer/pull.ts';
import {createGstreamerRtspSource} from './protocols/gstreamer/rtsp-pull.ts';
import {createRtmpSource} from './protocols/rtmp/pull.ts';
import {createRtspSource} from './protocols/rtsp/pull.ts';
import {createTestSource} from './protocols/test/pull.ts';

/** What fetches each kind of source, by its scheme. */
export const createSources = (native: Native): Record<string, OpenSource> => {
	const openByUs = createRtspSource(native);
	const openByGstreamer = createGstreamerRtspSource(native);
	const openRtsp: OpenSource = options =>
		options.settings.rtspEngine === 'gstreamer' ? openByGstreamer(options) : openByUs(options);
	return {
		rtsp: openRtsp,
		rtsps: openRtsp,
		'rtsp+http': openRtsp,
		'rtsps+http': openRtsp,
		'rtsp+ws': openRtsp,
		'rtsps+ws': openRtsp,
		rtmp: createRtmpSource(native),
		rtmps: createRtmpSource(native),
		file: createFileSource(native),
		test: createTestSource(native),
		gstreamer: createGstreamerSource(native),
	};
};
