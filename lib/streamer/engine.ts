import type {Native} from '../native/native.ts';
import {choosePushTracks} from '../protocols/rtmp/push-tracks.ts';
import {RtmpPush} from '../protocols/rtmp/push.ts';
import {parseRtmpUrl} from '../protocols/rtmp/url.ts';
import type {StreamerInput} from './input.ts';
import type {RelayPipeline, RelayRecipe} from './run.ts';

type RelayNative = Pick<Native, 'start' | 'openRtmp' | 'openRtmpIngest' | 'streamStats'>;

/**
 * Who moves the media: a pipeline of GStreamer, but where H.264 and AAC of a stream go to a server of RTMP as they are. That
 * is work for our own client, which takes less.
 */
export const startRelay = (
	recipe: RelayRecipe,
	input: Pick<StreamerInput, 'stream' | 'tracks'>,
	native: RelayNative,
): RelayPipeline => {
	const {output, paused, durationUs} = recipe;
	const {stream, tracks} = input;
	const url = output.type === 'rtmp' ? parseRtmpUrl(output.url) : undefined;
	const chosen = choosePushTracks(tracks);
	if (!url?.ok || stream === undefined || !chosen) return native.start(recipe);
	return new RtmpPush({
		native,
		url: url.value,
		stream,
		tracks,
		choose: () => chosen,
		paused,
		durationUs,
	});
};
