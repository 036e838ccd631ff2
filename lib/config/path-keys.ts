// The keys of one path: those of `pathDefaults` and of every entry of `paths`.
import {z} from 'zod';
import {key} from './key.ts';
import {checkSource} from './sources.ts';
import {boolean, checkedText, duration, integer, size, text, word} from './values.ts';

const unfitTransport = (transport: unknown) =>
	transport === 'udp' || transport === 'multicast'
		? 'this version pulls RTSP over TCP only and does so here as well'
		: undefined;

export const pathKeys = {
	source: key(checkedText(checkSource), {
		default: 'publisher',
		isLive: false,
		description:
			'Where the stream comes from. `rtsp://user:password@host:port/stream` pulls a camera or server, `file:///film.mp4` plays a file again and again in real time, `test:` is a moving picture with a tone (`test:?size=1280x720&rate=25&gop=50`), `publisher` waits for somebody who publishes. In a path that is a regular expression `$G1`, `$G2`... stand for its groups.',
	}),
	gstreamer: key(text(), {
		default: '',
		isLive: false,
		description:
			'A launch line of GStreamer that makes the stream; what goes into `hubsink` is published: `v4l2src ! x264enc tune=zerolatency ! h264parse ! hubsink`. Takes the place of `source`. Only the file may say it unless `apiAllowCommands` is on. Not a key of MediaMTX.',
	}),
	sourceOnDemand: key(boolean(), {
		default: false,
		isLive: false,
		description: 'Start the source when the first reader comes, not at once.',
	}),
	sourceOnDemandStartTimeout: key(duration({min: 1}), {
		default: '10s',
		isLive: true,
		description: 'How long readers wait for a source on demand to deliver before they are refused.',
	}),
	sourceOnDemandCloseAfter: key(duration(), {
		default: '10s',
		isLive: true,
		description: 'How long a source on demand goes on after its last reader has left.',
	}),
	sourceHold: key(duration(), {
		default: '10s',
		isLive: true,
		description:
			'How long readers and playlists are kept, counted from the last picture, when a source that has delivered is lost; it is fetched again meanwhile. Not a key of MediaMTX.',
	}),
	maxReaders: key(integer({min: 0, max: 1_000_000}), {
		default: 0,
		isLive: true,
		description: 'Most readers at the same time. 0 = no limit.',
	}),
	rtspTransport: key(word('automatic', 'udp', 'multicast', 'tcp'), {
		default: 'automatic',
		isLive: false,
		pending: unfitTransport,
		description:
			'How RTP is carried when the source is RTSP. This version uses TCP, whatever is written here.',
	}),
	rtspEngine: key(word('native', 'gstreamer'), {
		default: 'native',
		isLive: false,
		description:
			'What pulls RTSP: Sluice itself, or the element rtspsrc of GStreamer. Not a key of MediaMTX.',
	}),
	ringMaxSize: key(size({min: 65536}), {
		default: '20M',
		isLive: false,
		description:
			'Most memory for the pictures since the last key frame, which new readers start from. Beyond it only the key frame is kept. Not a key of MediaMTX.',
	}),
	ringMaxAge: key(duration({min: 1000}), {
		default: '30s',
		isLive: false,
		description: 'The same bound as a time. Not a key of MediaMTX.',
	}),
};

/** What goes beyond a single key: `gstreamer` takes the place of `source`. */
export const withPathRules = <Schema extends z.ZodObject<typeof pathKeys>>(schema: Schema) =>
	schema.superRefine((path, context) => {
		if (path.gstreamer !== '' && path.source !== 'publisher' && path.source !== 'gstreamer') {
			context.addIssue({
				code: 'custom',
				path: ['gstreamer'],
				message: 'expected either source or gstreamer, got both',
			});
		}
		if (path.gstreamer === '' && path.source === 'gstreamer') {
			context.addIssue({
				code: 'custom',
				path: ['source'],
				message: 'expected the key gstreamer with a launch line beside it',
			});
		}
	});
