// A part of the composition root: what a path's `source` may be, and where it may be sent.
import {MediaError} from './errors.ts';
import type {OpenPush} from './media/push-destination.ts';
import type {OpenSource} from './media/source.ts';
import type {Native} from './native/native.ts';
import {createFileSource} from './protocols/file/pull.ts';
import {createGstreamerSource} from './protocols/gstreamer/pull.ts';
import {createGstreamerRtspSource} from './protocols/gstreamer/rtsp-pull.ts';
import {choosePlayTracks} from './protocols/rtmp/codecs.ts';
import {RtmpPush} from './protocols/rtmp/push.ts';
import {parseRtmpUrl} from './protocols/rtmp/url.ts';
import {schemeOf} from './util/scheme.ts';
import {createRtmpSource} from './protocols/rtmp/pull.ts';
import type {StreamMetadata} from './protocols/rtmp/stream-metadata.ts';
import {createRtspSource} from './protocols/rtsp/pull.ts';
import {createTestSource} from './protocols/test/pull.ts';

/** What fetches each kind of source, by its scheme. */
export const createSources = (
	native: Native,
	metadata: StreamMetadata,
): Record<string, OpenSource> => {
	const openRtmp = createRtmpSource(native, metadata);
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
		rtmp: openRtmp,
		rtmps: openRtmp,
		file: createFileSource(native),
		test: createTestSource(native),
		gstreamer: createGstreamerSource(native),
	};
};

/** What sends a path away, by the scheme of the URL: RTMP by our own client, all else by GStreamer. */
export const createPush =
	(native: Native, metadata: StreamMetadata): OpenPush =>
	({path, url, stream, tracks}) => {
		const scheme = schemeOf(url);
		if (scheme === 'rtmp' || scheme === 'rtmps')
			return openRtmpPush(native, {url, stream, tracks}, metadata);
		return native.start({
			type: 'relay',
			input: {type: 'hub', path},
			output: {type: scheme === 'srt' ? 'srt' : 'rtsp', url},
			...{paused: false, loop: false, startUs: 0, durationUs: 0},
		});
	};

const openRtmpPush = (
	native: Native,
	{url, stream, tracks}: Omit<Parameters<OpenPush>[0], 'path'>,
	metadata: StreamMetadata,
): RtmpPush => {
	const parsed = parseRtmpUrl(url);
	if (!parsed.ok)
		throw new MediaError('CONFIG_INVALID', `Push is no RTMP URL: ${parsed.reason}`, {key: 'push'});
	return new RtmpPush({
		...{native, url: parsed.value, stream, tracks, paused: false, durationUs: 0},
		said: () => metadata.of(stream),
		choose: understands => choosePlayTracks(tracks, understands).chosen,
	});
};
