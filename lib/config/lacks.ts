// What is done about a key of MediaMTX that this version lacks.
import {parseBoolean} from '../util/boolean.ts';
import type {RawMap} from './raw.ts';

/** `error` is for what limits access: to ignore it would open what somebody closed. */
export type Lack = {type: 'default' | 'warning' | 'error'; text: string};

type Limit = {isSet: (value: string, root: RawMap) => boolean; instead: string};

const always = (value: string) => value !== '' && value !== '[]';
const users: Limit = {isSet: always, instead: 'use authInternalUsers'};
const passphrase: Limit = {isSet: always, instead: 'remove it to let everybody in'};
const encryption: Limit = {
	isSet: (value, root) => value === 'true' && !(root['httpServerKey'] && root['httpServerCert']),
	instead: 'set httpServerKey and httpServerCert, which hold for all HTTP listeners',
};

const limits: Readonly<Record<string, Limit>> = {
	authMethod: {isSet: value => value !== 'internal', instead: 'use internal and authInternalUsers'},
	externalAuthenticationURL: users,
	readUser: users,
	readPass: users,
	readIPs: users,
	publishUser: users,
	publishPass: users,
	publishIPs: users,
	srtReadPassphrase: passphrase,
	srtPublishPassphrase: passphrase,
	apiEncryption: encryption,
	hlsEncryption: encryption,
	webrtcEncryption: encryption,
	metricsEncryption: encryption,
};

const hints: Readonly<Record<string, string>> = {
	apiTrustedProxies: 'use trustedProxies',
	hlsTrustedProxies: 'use trustedProxies',
	webrtcTrustedProxies: 'use trustedProxies',
	metricsTrustedProxies: 'use trustedProxies',
	apiServerKey: 'use httpServerKey',
	apiServerCert: 'use httpServerCert',
	hlsServerKey: 'use httpServerKey',
	hlsServerCert: 'use httpServerCert',
	webrtcServerKey: 'use httpServerKey',
	webrtcServerCert: 'use httpServerCert',
	metricsAddress: 'metrics are at /metrics of httpAddress',
	apiAllowOrigins: 'pages of other origins never use the API',
	rtspUDPReadBufferSize: 'the key of this name outside of paths holds for all',
};

/** Servers that this version does not have anyway: to switch them off is to have what was asked for. */
const switches = ['pprof', 'playback', 'rtsp', 'webrtc', 'srt', 'moq'];

/** What to say of a lacked key with this value; `root` is the whole file, `initial` the default in MediaMTX. */
export function judgeLack(
	{key, value, initial}: {key: string; value: unknown; initial: string | null},
	root: RawMap,
): Lack {
	const text = plainText(value);
	const limit = limits[key];
	if (limit?.isSet(text, root)) {
		return {
			type: 'error',
			text: `it limits access in MediaMTX and this version lacks it: ${limit.instead}`,
		};
	}
	const isOff = switches.includes(key) && text === 'false';
	if (text === plainText(initial) || isOff || text === '') return {type: 'default', text: ''};
	const hint = Object.hasOwn(hints, key) ? `: ${hints[key] ?? ''}` : '';
	return {type: 'warning', text: `a key of MediaMTX that this version lacks, ignored${hint}`};
}

/** As it would stand in a file in the form that lib/config/mediamtx-keys.ts uses. */
function plainText(value: unknown): string {
	if (value === null || value === undefined) return '';
	if (Array.isArray(value)) return `[${value.map(plainText).join(', ')}]`;
	if (typeof value === 'object') return '{...}';
	const text = String(value);
	return String(parseBoolean(text) ?? text);
}
