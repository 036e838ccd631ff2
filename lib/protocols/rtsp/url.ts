// rtsp:// and rtsps:// URLs, and those of tunnels (rtsp+http://, rtsp+ws:// ...), as people paste them: passwords with `@ : / %` in them, cameras' own
// ideas of paths and queries kept to the letter.
import {parsed, unparsed} from '../../util/parsed.ts';
import type {Parsed} from '../../util/parsed.ts';
import type {Login} from './auth.ts';

/** What goes around RTSP. */
export type TunnelKind = 'none' | 'http' | 'websocket';

export type RtspUrl = {
	isTls: boolean;
	tunnel: TunnelKind;
	/** A name or an address; IPv6 without brackets. */
	host: string;
	/** Undefined: not said; 554, or 322 with TLS. */
	port: number | undefined;
	credentials: Login | undefined;
	/** Path and query as given, with its leading `/`; '' when there is none. */
	path: string;
};

export const parseRtspUrl = (text: string): Parsed<RtspUrl> => {
	const [, scheme, around = '', rest = ''] = urlPattern.exec(text.trim()) ?? [];
	if (!scheme) return unparsed('expected a URL that begins with rtsp:// or rtsps://');
	if (hasControlCharacter(rest)) return unparsed('expected a URL without control characters');
	const split = bestSplit(rest);
	if (!split) return unparsed('expected a host, and a port from 1 to 65535 if any, in the URL');
	const {userInfo, host, port, path} = split;
	const credentials = userInfo === undefined ? undefined : parseCredentials(userInfo);
	const isTls = scheme.toLowerCase() === 'rtsps';
	const tunnel = tunnels[around.toLowerCase()] ?? 'none';
	return parsed({isTls, tunnel, host, port, credentials, path});
};

/** As it stands on request lines: without user and password, and whatever is around it. */
export const formatRtspUrl = ({isTls, host, port, path}: RtspUrl): string =>
	`${isTls ? 'rtsps' : 'rtsp'}://${formatHost(host)}${port === undefined ? '' : `:${port}`}${path}`;

export const portOf = ({isTls, port}: RtspUrl): number => port ?? (isTls ? 322 : 554);

/**
 * Where the track controls are relative to: the path of Content-Base. Its scheme and host are never
 * believed (they are missing, doubled, or of another network), those of the request are.
 */
export const resolveBase = (request: RtspUrl, contentBase: string | undefined): RtspUrl => {
	const path = contentBase === undefined ? undefined : pathOfBase(contentBase.trim(), request);
	return path === undefined ? request : {...request, path};
};

/**
 * The URLs under which a control attribute may be meant, the likeliest first. Cameras disagree on
 * relative controls behind a query, and on a leading `/`.
 */
export const controlUrls = (bases: RtspUrl[], control: string | undefined): RtspUrl[] => {
	const paths = bases.flatMap(base => controlPaths(base.path, control?.trim() ?? ''));
	const [base] = bases;
	return base ? [...new Set(paths)].map(path => ({...base, path})) : [];
};

/** A Location header: absolute, or a path on the same host. Credentials and tunnel are those of the URL given. */
export const resolveLocation = (from: RtspUrl, location: string): Parsed<RtspUrl> => {
	if (location.startsWith('/')) return parsed({...from, path: location});
	const to = parseRtspUrl(location);
	if (!to.ok) return to;
	const credentials = to.value.credentials ?? from.credentials;
	const tunnel = to.value.tunnel === 'none' ? from.tunnel : to.value.tunnel;
	return parsed({...to.value, credentials, tunnel});
};

const urlPattern = /^(rtsps?)(?:\+(http|ws))?:\/\/(.*)$/is;
const tunnels: Readonly<Record<string, TunnelKind>> = {http: 'http', ws: 'websocket'};

type Split = {userInfo: string | undefined; host: string; port: number | undefined; path: string};

/**
 * Every `@` may be the one that ends the password. The one before the most convincing host wins
 * (address, then name with dots, then name with port, then a word), the first of equals.
 */
const bestSplit = (rest: string): Split | undefined => {
	const query = rest.indexOf('?');
	const ats = [...rest.matchAll(/@/g)].map(({index}) => index);
	const early = ats.filter(at => query < 0 || at < query);
	const candidates = [splitAt(rest, -1), ...early.map(at => splitAt(rest, at))];
	return strongest(candidates) ?? strongest(ats.map(at => splitAt(rest, at)));
};

const strongest = (candidates: (Split | undefined)[]): Split | undefined =>
	candidates
		.filter(candidate => candidate !== undefined)
		.toSorted((a, b) => strengthOf(b) - strengthOf(a))[0];

const strengthOf = ({host, port}: Split): number => {
	if (isAddress(host) || host.toLowerCase() === 'localhost') return 3;
	return host.includes('.') ? 2 : port === undefined ? 0 : 1;
};

const isAddress = (host: string): boolean =>
	/^\d+\.\d+\.\d+\.\d+$/.test(host) || host.includes(':');

const splitAt = (rest: string, at: number): Split | undefined => {
	const userInfo = at < 0 ? undefined : rest.slice(0, at);
	if (userInfo?.includes('/') && !/^[^/]*:/.test(userInfo)) return undefined;
	const after = rest.slice(at + 1);
	const match = /^(?:\[([\da-f:.%]+)\]|([^\s:/?#@[\]]+))(?::(\d*))?(?=[/?#]|$)/i.exec(after);
	if (!match) return undefined;
	const host = match[1] ?? match[2] ?? '';
	const port = match[3] ? Number(match[3]) : undefined;
	if (port !== undefined && (port < 1 || port > 65_535)) return undefined;
	const path = after.slice(match[0].length).replace(/#.*$/s, '');
	return {userInfo, host, port, path: path.startsWith('?') ? `/${path}` : path};
};

/** A password may hold colons; what is no escape (`%` and two hexadecimal digits) stays as it is. */
const parseCredentials = (userInfo: string): Login => {
	const colon = userInfo.indexOf(':');
	return colon < 0
		? {user: unescape(userInfo), password: ''}
		: {user: unescape(userInfo.slice(0, colon)), password: unescape(userInfo.slice(colon + 1))};
};

const unescape = (text: string): string =>
	text.replace(/(?:%[\da-f]{2})+/gi, escaped =>
		Buffer.from(escaped.replaceAll('%', ''), 'hex').toString(),
	);

/** Of a URL. */
export const formatHost = (host: string): string => (host.includes(':') ? `[${host}]` : host);

const hasControlCharacter = (text: string): boolean =>
	[...text].some(character => character <= ' ' || character === '\x7f');

const pathOfBase = (contentBase: string, {host}: RtspUrl): string | undefined => {
	const scheme = /^(?:rtsps?:\/\/)+/i.exec(contentBase)?.[0] ?? '';
	const rest = contentBase.slice(scheme.length);
	if (/\s/.test(rest) || rest === '') return undefined;
	if (rest.startsWith('/')) return rest;
	const [first = ''] = rest.split(/[/?]/);
	const isHost = scheme !== '' || /[.:]/.test(first) || first === host;
	return isHost ? rest.slice(first.length) : `/${rest}`;
};

const controlPaths = (base: string, control: string): string[] => {
	if (control === '' || control === '*') return [base];
	if (/^(?:rtsps?:\/\/)/i.test(control)) return [control.replace(absolutePrefix, '')];
	const [path = '', query] = splitQuery(base);
	if (control.startsWith('?')) return [`${path}${control}`];
	const behind = join(base, control);
	const before = query === undefined ? [] : [`${join(path, control)}?${query}`];
	if (!control.startsWith('/')) return [behind, ...before];
	const isWhole = path !== '' && path !== '/' && control.startsWith(withoutSlash(path));
	return isWhole ? [control, behind] : [behind, ...before, control];
};

const absolutePrefix = /^(?:rtsps?:\/\/)+(?:[^/?@]*@)?[^/?]*/i;

const splitQuery = (path: string): [path: string, query?: string] => {
	const mark = path.indexOf('?');
	return mark < 0 ? [path] : [path.slice(0, mark), path.slice(mark + 1)];
};

const join = (base: string, control: string): string =>
	`${withoutSlash(base)}/${control.replace(/^\//, '')}`;

const withoutSlash = (path: string): string => path.replace(/\/$/, '');
