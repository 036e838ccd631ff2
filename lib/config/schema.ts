// The one description of a configuration: types, defaults, checks, `docs/reference/config.md` and `sluice.yml` come from it.
import {z} from 'zod';
import {inNetworks, isNetwork} from '../util/network.ts';
import {parseSecret} from '../util/secret.ts';
import {encryptionKeys} from './encryption-keys.ts';
import {key} from './key.ts';
import {
	checkEngine,
	checkLaunch,
	checkRedirected,
	notMpegts,
	pathKeys,
	withLaunch,
} from './path-keys.ts';
import {parsePattern} from './pattern.ts';
import {
	address,
	boolean,
	checkedText,
	duration,
	integer,
	list,
	network,
	portRange,
	size,
	strictMap,
	text,
	word,
} from './values.ts';

/** One path as the program uses it; a launch line stands in `source` as well, after `gstreamer: `. */
export const pathSchema = strictMap(pathKeys)
	.superRefine((path, context) => {
		const message = checkLaunch(path);
		if (message !== undefined) context.addIssue({code: 'custom', path: ['gstreamer'], message});
		const redirect = checkRedirected(path);
		if (redirect !== undefined)
			context.addIssue({code: 'custom', path: ['source'], message: redirect});
		const engine = checkEngine(path);
		if (engine !== undefined)
			context.addIssue({code: 'custom', path: ['rtspEngine'], message: engine});
	})
	.overwrite(withLaunch);

/** What a user may do, and where: no path = everywhere, `~` begins a regular expression. */
export const permissionSchema = strictMap({
	action: word('publish', 'read', 'playback', 'api', 'metrics', 'pprof'),
	path: checkedText(checkPattern).prefault(''),
});

/** One entry of `authInternalUsers`. */
export const userSchema = strictMap({
	user: checkedText(checkUserName),
	pass: checkedText(checkCredential).prefault(''),
	ips: list(network()).prefault([]),
	permissions: list(permissionSchema).prefault([]),
});

const configKeys = {
	logLevel: key(word('error', 'warn', 'info', 'debug'), {
		default: 'info',
		isLive: true,
		description: 'Least weight of what is logged.',
	}),
	logFormat: key(word('auto', 'pretty', 'json'), {
		default: 'auto',
		isLive: false,
		isOurs: true,
		description:
			'Lines for people or one JSON object a line; `auto` is lines on a terminal and JSON elsewhere.',
	}),
	httpAddress: key(address(), {
		default: ':8080',
		isLive: false,
		isOurs: true,
		description: 'The HTTP server: page, HLS, snapshots, API, metrics. `off` closes it.',
	}),
	httpServerKey: key(text(), {
		default: '',
		isLive: false,
		isOurs: true,
		description:
			'File with the TLS key (PEM). With a key and a certificate all HTTP listeners speak HTTPS.',
	}),
	httpServerCert: key(text(), {
		default: '',
		isLive: false,
		isOurs: true,
		description: 'File with the TLS certificate and its chain (PEM).',
	}),
	hlsAddress: key(address(), {
		default: 'off',
		isLive: false,
		description: 'A further listener of the same HTTP server, for files that name this one.',
	}),
	apiAddress: key(address(), {
		default: 'off',
		isLive: false,
		description: 'A further listener of the same HTTP server, for files that name this one.',
	}),
	webrtcAddress: key(address(), {
		default: 'off',
		isLive: false,
		description: 'A further listener of the same HTTP server, for files that name this one.',
	}),
	rtsp: key(boolean(), {
		default: true,
		isLive: false,
		description: 'The RTSP server.',
	}),
	rtspAddress: key(address(), {
		default: ':8554',
		isLive: false,
		description: 'Where the RTSP server listens. `off` closes it.',
	}),
	...encryptionKeys,
	rtspTransports: key(list(word('udp', 'multicast', 'tcp')), {
		default: ['udp', 'multicast', 'tcp'],
		isLive: true,
		description:
			'How RTSP clients may have their media; of those that a client offers it gets the first that is here. Publishers send over `udp` or `tcp`.',
	}),
	rtpAddress: key(address(), {
		default: ':8000',
		isLive: false,
		description:
			'The UDP port that RTP goes out from, an even one, where `rtspTransports` has `udp`. Port 0 = any, if `rtcpAddress` has it too. `off` means no UDP.',
	}),
	rtcpAddress: key(address(), {
		default: ':8001',
		isLive: false,
		description: 'The UDP port of RTCP: the next one to that of `rtpAddress`.',
	}),
	rtspUDPPublisherPortRange: key(portRange(), {
		default: ['32768', '60999'],
		isLive: true,
		isOurs: true,
		description:
			'The lowest and the highest port that publishers send to over UDP; each track takes an even one and the next. (With MediaMTX all send to `rtpAddress`.)',
	}),
	multicastIPRange: key(checkedText(checkGroups), {
		default: '224.1.0.0/16',
		isLive: false,
		description:
			'Network of IPv4 whose addresses the tracks of paths are sent to for readers by multicast, each to one of its own.',
	}),
	multicastRTPPort: key(integer({min: 1, max: 65_535}), {
		default: 8002,
		isLive: false,
		description: 'UDP port of RTP at these addresses.',
	}),
	multicastRTCPPort: key(integer({min: 1, max: 65_535}), {
		default: 8003,
		isLive: false,
		description: 'UDP port of RTCP at these addresses.',
	}),
	multicastTTL: key(integer({min: 1, max: 255}), {
		default: 16,
		isLive: false,
		isOurs: true,
		description: 'How many routers multicast may pass, plus one: 1 stays in the local network.',
	}),
	multicastInterface: key(text(), {
		default: '',
		isLive: false,
		isOurs: true,
		description:
			'Network interface that multicast leaves by, by name or address. Empty: the system chooses. (MediaMTX sends by all of them.)',
	}),
	rtspAuthMethods: key(list(word('basic', 'digest')), {
		default: ['basic', 'digest'],
		isLive: true,
		description:
			'How RTSP clients may say who they are. `digest` is offered where the password is stored plain or as `ha1:`; what is not named here is not taken either. (The default of MediaMTX is `[basic]`.)',
	}),
	rtspStart: key(word('live', 'fast', 'real'), {
		default: 'live',
		isLive: true,
		isOurs: true,
		description:
			'How RTSP readers begin: `live` at the next key frame, or at once where the last one is younger than a second; `fast` at once, with the pictures since the last key frame in compressed time (for players); `real` the same in true time (for recorders). A URL may say otherwise: `?start=fast`.',
	}),
	rtspSrtp: key(boolean(), {
		default: false,
		isLive: true,
		isOurs: true,
		description:
			'Offer SRTP (`RTP/SAVP`, keys by MIKEY) to RTSP readers that come over TLS, so that their media may go over UDP too. Each of them is packaged for alone.',
	}),
	readerQueueMaxSize: key(size({min: 65536}), {
		default: '16M',
		isLive: true,
		isOurs: true,
		description:
			'Most memory of pictures that wait for one reader. A reader that is late loses pictures long before, as a rule.',
	}),
	rtmp: key(boolean(), {
		default: true,
		isLive: false,
		description: 'The RTMP server.',
	}),
	rtmpAddress: key(address(), {
		default: ':1935',
		isLive: false,
		description: 'Where encoders publish by RTMP (`rtmp://SERVER/PATH`). `off` closes it.',
	}),
	trustedProxies: key(list(network()), {
		default: [],
		isLive: true,
		isOurs: true,
		description: 'Addresses and networks of proxies whose `X-Forwarded-For` is believed.',
	}),
	readTimeout: key(duration({min: 100}), {
		default: '10s',
		isLive: true,
		description: 'How long a peer may say nothing, or take for an answer, before it is given up.',
	}),
	writeTimeout: key(duration({min: 100}), {
		default: '10s',
		isLive: true,
		description: 'How long a peer may take nothing of what is sent before it is given up.',
	}),
	writeQueueSize: key(integer({min: 1, max: 2 ** 20}), {
		default: 512,
		isLive: true,
		description: 'Most packets that wait for one reader.',
	}),
	rtspUDPReadBufferSize: key(size(), {
		default: '0',
		isLive: true,
		description:
			'Receive buffer of each UDP socket that RTP comes in by. 0 = as the system has it.',
	}),
	api: key(boolean(), {
		default: true,
		isLive: true,
		description: 'The API under `/v3`. (MediaMTX has it off unless told otherwise.)',
	}),
	apiAllowCommands: key(boolean(), {
		default: false,
		isLive: true,
		isOurs: true,
		description:
			'Let the API set what runs commands or opens files on this machine (`gstreamer`, `file:` sources).',
	}),
	metrics: key(boolean(), {
		default: true,
		isLive: true,
		description:
			'Figures for Prometheus at `/metrics`. (MediaMTX has them off unless told otherwise.)',
	}),
	authInternalUsers: key(list(userSchema), {
		default: [],
		isLive: true,
		description:
			'Who may do what: `user` and `pass` (plain, `sha256:` and the hash in base64, `argon2:` and the hash as `argon2` prints it, or `ha1:` and the hash of `user:sluice:password` in hexadecimal), `ips` (empty = from anywhere), `permissions` (`action`: publish, read, playback, api, metrics or pprof; `path`: empty = all). The user `any` is everybody. Without users everybody may read and publish, and only this machine may change things through the API.',
	}),
	hls: key(boolean(), {
		default: true,
		isLive: true,
		description: 'Serve HLS at `/<path>/index.m3u8`.',
	}),
	hlsAlwaysRemux: key(boolean(), {
		default: false,
		isLive: true,
		description: 'Make HLS of every stream at once, not at the first request for it.',
	}),
	hlsVariant: key(word('fmp4', 'lowLatency', 'mpegts'), {
		default: 'fmp4',
		isLive: true,
		pending: notMpegts,
		description:
			'Kind of HLS: segments of fragmented MP4, or with `lowLatency` their parts as well, which come to players a few hundred milliseconds behind. This version makes `fmp4` where `mpegts` is written. (The default of MediaMTX is `lowLatency`.)',
	}),
	hlsSegmentCount: key(integer({min: 3, max: 10_000}), {
		default: 7,
		isLive: true,
		description: 'Segments in a playlist.',
	}),
	hlsSegmentDuration: key(duration({min: 100}), {
		default: '1s',
		isLive: true,
		description: 'Least length of a segment; it ends at the next key frame.',
	}),
	hlsPartDuration: key(duration({min: 100, max: 1000}), {
		default: '200ms',
		isLive: true,
		description:
			'Length of a part of a segment with `hlsVariant: lowLatency`: as many whole pictures as come nearest to it. (In MediaMTX it is the least length, and may be shorter than 100 ms.)',
	}),
	hlsSegmentMaxSize: key(size({min: 65536}), {
		default: '50M',
		isLive: true,
		description: 'Most bytes of a segment.',
	}),
	hlsDirectory: key(text(), {
		default: '',
		isLive: true,
		description:
			'Folder for the segments. Empty = they are kept in memory, as they always are with low latency.',
	}),
	hlsMuxerCloseAfter: key(duration(), {
		default: '60s',
		isLive: true,
		description: 'How long segments are made after the last request for them.',
	}),
	hlsCDNSecret: key(text(), {
		default: '',
		isLive: true,
		description:
			'A CDN whose requests say `Authorization: Bearer` and this gets HLS of every path, as one copy for all its viewers: it asks for no user, counts no reader and has no sessions in its playlists. Empty = there is none.',
	}),
	hlsAllowOrigins: key(list(text()), {
		default: ['*'],
		isLive: true,
		description:
			'Web pages that may use the media from their own origin; `*` within one stands for anything: `https://*.example.com`. Never for the API.',
	}),
};

/** A whole configuration; `paths` have the `pathDefaults` in them already (lib/config/load.ts). */
export const configSchema = z
	.strictObject({
		...configKeys,
		pathDefaults: pathSchema
			.prefault({})
			.describe('What holds for every path that does not say otherwise.'),
		paths: z
			.record(z.string(), pathSchema)
			.prefault({})
			.describe(
				'The paths by name. A name that begins with `~` is a regular expression; `all_others` takes every name that nothing else takes. A file without `paths` takes every name.',
			),
	})
	.superRefine((config, context) => {
		if ((config.httpServerKey === '') === (config.httpServerCert === '')) return;
		const path = [config.httpServerKey === '' ? 'httpServerCert' : 'httpServerKey'];
		context.addIssue({
			code: 'custom',
			path,
			message: 'expected httpServerKey and httpServerCert together',
		});
	});

type DeepReadonly<Value> = Value extends readonly (infer Item)[]
	? readonly DeepReadonly<Item>[]
	: Value extends object
		? {readonly [Key in keyof Value]: DeepReadonly<Value[Key]>}
		: Value;

/** Where an entry of `paths` comes from: the file (or environment, or command line), or the API. */
export type Origin = 'file' | 'api';

/** One path: durations in milliseconds, sizes in bytes. Frozen. */
export type PathConfig = DeepReadonly<z.output<typeof pathSchema>>;

/** One user with their permissions. */
export type UserConfig = DeepReadonly<z.output<typeof userSchema>>;

/** A configuration: durations in milliseconds, sizes in bytes, an address that is off null. Frozen. */
export type Config = DeepReadonly<z.output<typeof configSchema>> & {
	readonly origins: Readonly<Record<string, Origin>>;
};

/** Addresses of multicast, at least some. */
function checkGroups(range: string): string | undefined {
	const [ip = '', prefix = ''] = range.split('/');
	const isGroup = isNetwork(range) && inNetworks(ip, ['224.0.0.0/4']);
	if (isGroup && Number(prefix) >= 4 && Number(prefix) <= 29) return undefined;
	return `expected a network of multicast such as 224.1.0.0/16, with a prefix of 4 to 29, got "${range}"`;
}

function checkPattern(pattern: string): string | undefined {
	if (!pattern.startsWith('~') || parsePattern(pattern)) return undefined;
	return 'expected a regular expression after ~, without look-around and back-references';
}

function checkCredential(text: string): string | undefined {
	const secret = parseSecret(text);
	return secret.ok ? undefined : secret.reason;
}

function checkUserName(text: string): string | undefined {
	return text.startsWith('ha1:') ? 'expected a name, ha1: is for passwords' : checkCredential(text);
}
