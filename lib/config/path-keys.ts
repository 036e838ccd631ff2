// The keys of one path: those of `pathDefaults` and of every entry of `paths`.
import {key} from './key.ts';
import {rawMap} from './raw.ts';
import type {RawMap} from './raw.ts';
import {isFingerprint} from '../util/fingerprint.ts';
import {checkSource} from './sources.ts';
import {
	boolean,
	checkedText,
	duration,
	integer,
	list,
	portRange,
	rate,
	size,
	text,
	word,
} from './values.ts';

export const pathKeys = {
	source: key(checkedText(checkSource), {
		default: 'publisher',
		isLive: false,
		description:
			'Where the stream comes from. `rtsp://user:password@host:port/stream` pulls a camera or server, `rtmp://host/application/key` and `rtmps://` a server of RTMP, `file:///film.mp4` plays a file again and again in real time, `test:` is a moving picture with a tone (`test:?size=1280x720&rate=25&gop=50`), `publisher` waits for somebody who publishes, `redirect` sends RTSP clients to `sourceRedirect`. In a path that is a regular expression `$G1`, `$G2`... stand for its groups.',
	}),
	sourceRedirect: key(checkedText(checkRedirect), {
		default: '',
		isLive: true,
		description:
			'With `source: redirect`: the URL, `rtsp://...`, that RTSP clients of the path are sent to. `$G1`, `$G2`... stand for groups as in `source`.',
	}),
	gstreamer: key(text(), {
		default: '',
		isLive: false,
		isOurs: true,
		description:
			'A launch line of GStreamer that makes the stream; what goes into `hubsink` is published: `v4l2src ! x264enc tune=zerolatency ! h264parse ! hubsink`. Takes the place of `source`. Only the file may say it unless `apiAllowCommands` is on.',
	}),
	sourceFingerprint: key(checkedText(checkFingerprint), {
		default: '',
		isLive: false,
		description:
			'The certificate that a source over TLS has to show, by its SHA-256 fingerprint in hexadecimal, whoever signed it. Empty = one that a known authority signed. The error of a refused certificate tells its fingerprint.',
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
		isOurs: true,
		description:
			'How long readers and playlists are kept, counted from the last picture, when a source that has delivered is lost; it is fetched again meanwhile.',
	}),
	overridePublisher: key(boolean(), {
		default: true,
		isLive: true,
		description:
			'Who publishes to a path that has a publisher takes its place; with `no` it is refused.',
	}),
	publisherGrace: key(duration(), {
		default: '10s',
		isLive: true,
		isOurs: true,
		description:
			'How long readers and playlists are kept when the publisher is gone; what the next one sends goes on from there.',
	}),
	maxIngestBitrate: key(rate(), {
		default: '0',
		isLive: true,
		isOurs: true,
		description:
			'The most that a publisher or source may send, all tracks together, on the mean of 5 seconds: `20Mbps`, `800k`. One that sends more is sent away (`SOURCE_TOO_FAST`); a source is fetched again after 15 seconds. 0 = no limit.',
	}),
	maxReaders: key(integer({min: 0, max: 1_000_000}), {
		default: 0,
		isLive: true,
		description: 'Most readers at the same time. 0 = no limit.',
	}),
	hlsVariant: key(word('global', 'fmp4', 'lowLatency', 'mpegts'), {
		default: 'global',
		isLive: true,
		isOurs: true,
		pending: notMpegts,
		description: 'Kind of HLS of this path. `global` = what `hlsVariant` outside of paths says.',
	}),
	push: key(list(checkedText(checkPush)), {
		default: [],
		isLive: true,
		isOurs: true,
		description:
			'Where the path is sent to as well, each by itself and again with growing pauses when it is lost: `rtmp://host/application/key`, `rtmps://`, `rtsp://host/path` or `srt://host:port`. H.264 and AAC go out untouched. `$G1`, `$G2`... stand for groups as in `source`. A source on demand runs for it.',
	}),
	rtspTransport: key(word('automatic', 'udp', 'multicast', 'tcp'), {
		default: 'automatic',
		isLive: false,
		description:
			'How RTP comes when the source is RTSP. `automatic` begins with UDP and goes on over TCP where the camera refuses UDP or nothing has come by it for 3 seconds; that is remembered while the server runs. (`rtspEngine: gstreamer` does so whatever is written here.)',
	}),
	rtspUDPSourcePortRange: key(portRange(), {
		default: ['32768', '60999'],
		isLive: false,
		description:
			'The lowest and the highest port that RTP over UDP may come in by; a track takes an even one and the next.',
	}),
	rtspMulticastInterface: key(text(), {
		default: '',
		isLive: false,
		isOurs: true,
		description:
			'The network interface that multicast of an RTSP source comes in by, such as `eth1`. Empty = the system chooses.',
	}),
	rtspWebSocketPath: key(checkedText(checkWebSocketPath), {
		default: '/',
		isLive: false,
		isOurs: true,
		description:
			'Where the WebSocket of a `rtsp+ws://` source is opened at the camera, such as `/rtsp-over-websocket`; the path of the URL is the one that RTSP asks for.',
	}),
	rtspEngine: key(word('native', 'gstreamer'), {
		default: 'native',
		isLive: false,
		isOurs: true,
		description: 'What pulls RTSP: Sluice itself, or the element rtspsrc of GStreamer.',
	}),
	lossPolicy: key(word('drop', 'pass'), {
		default: 'drop',
		isLive: false,
		isOurs: true,
		description:
			'What becomes of pictures that miss a piece because packets were lost, and of those that refer to them, up to the next key frame. `drop` keeps them from everybody; `pass` gives RTSP readers what has come of them. HLS, snapshots and pipelines get whole pictures either way.',
	}),
	ringMaxSize: key(size({min: 65536}), {
		default: '20M',
		isLive: false,
		isOurs: true,
		description:
			'Most memory for the pictures since the last key frame, which new readers start from. Beyond it only the key frame is kept.',
	}),
	ringMaxAge: key(duration({min: 1000}), {
		default: '30s',
		isLive: false,
		isOurs: true,
		description: 'The same bound as a time.',
	}),
};

/** What is said of a kind of HLS that this version lacks. */
export function notMpegts(variant: unknown): string | undefined {
	return variant === 'mpegts'
		? 'this version makes fMP4 segments and does so here as well'
		: undefined;
}

/** The word that a launch line has in front of it where it stands as a source. */
const launchPrefix = 'gstreamer:';

type Launchable = {source: string; gstreamer: string};

/** `gstreamer: LINE` and `source: "gstreamer: LINE"` say the same; afterwards both keys say it. */
export function withLaunch<Path extends Launchable>(path: Path): Path {
	if (path.gstreamer !== '') return {...path, source: `${launchPrefix} ${path.gstreamer}`};
	if (!path.source.startsWith(launchPrefix)) return path;
	const line = path.source.slice(launchPrefix.length).trim();
	return {...path, source: `${launchPrefix} ${line}`, gstreamer: line};
}

/** Why source and launch line do not go together, or undefined. */
export function checkLaunch({source, gstreamer}: Launchable): string | undefined {
	if (gstreamer === '' || source === 'publisher') return undefined;
	const isSame =
		source.startsWith(launchPrefix) && source.slice(launchPrefix.length).trim() === gstreamer;
	return isSame ? undefined : 'expected either source or gstreamer, got both';
}

/** Why a redirect leads nowhere, or undefined. */
export const checkRedirected = (path: {
	source: string;
	sourceRedirect: string;
}): string | undefined =>
	path.source === 'redirect' && path.sourceRedirect === ''
		? 'expected sourceRedirect, the URL that source: redirect leads to'
		: undefined;

function checkWebSocketPath(text: string): string | undefined {
	return /^\/[!-~]*$/.test(text) ? undefined : 'expected a path such as /rtsp-over-websocket';
}

function checkFingerprint(text: string): string | undefined {
	return text === '' || isFingerprint(text)
		? undefined
		: 'expected the SHA-256 fingerprint of a certificate, 64 hexadecimal digits';
}

/** Why the source is none for GStreamer, or undefined. */
export const checkEngine = (path: {
	source: string;
	rtspEngine: string;
	sourceFingerprint: string;
}): string | undefined => {
	if (path.rtspEngine !== 'gstreamer') return undefined;
	if (path.sourceFingerprint !== '') return 'expected native, which looks at sourceFingerprint';
	return /^rtsps?\+/i.test(path.source) ? 'expected native, which knows tunnels' : undefined;
};

function checkPush(url: string): string | undefined {
	return /^(?:rtmps?|rtsps?|srt):\/\/[^\s/]+/i.test(url)
		? undefined
		: 'expected a URL that begins with rtmp://, rtmps://, rtsp://, rtsps:// or srt://';
}

function checkRedirect(url: string): string | undefined {
	return url === '' || /^rtsps?:\/\/[^\s/]+/.test(url)
		? undefined
		: 'expected a URL that begins with rtsp:// or rtsps://';
}

/** The keys of `above` over those of `below`; source and launch line take the place of each other. */
export function overlay(below: RawMap, above: RawMap): RawMap {
	const rest = rawMap(below);
	if ('source' in above) delete rest['gstreamer'];
	if (Boolean(above['gstreamer'])) delete rest['source'];
	return rawMap(rest, above);
}
