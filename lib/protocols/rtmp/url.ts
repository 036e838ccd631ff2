import {parsed, unparsed} from '../../util/parsed.ts';
import type {Parsed} from '../../util/parsed.ts';
import {redactUrl} from '../../util/redact.ts';

/** Where to push to. */
export type RtmpUrl = {
	isTls: boolean;
	/** Without the brackets of IPv6. */
	host: string;
	port: number;
	/** Everything between the host and the last part of the path. */
	application: string;
	/** The last part, and the query behind it: the key. */
	name: string;
	/** As `connect` tells it. */
	applicationUrl: string;
};

const defaultPorts = {rtmp: 1935, rtmps: 443} as const;

/** As it may be told: without what services hang on to the application, and without the key. */
export const shownUrl = ({applicationUrl}: Pick<RtmpUrl, 'applicationUrl'>): string =>
	applicationUrl.replace(/\?.*$/s, '');

/** What is played may have an application alone. */
export const parsePlayedUrl = (text: string): Parsed<RtmpUrl> => {
	const [, place = '', query = ''] =
		/^(rtmps?:\/\/[^/?#]+\/[^/?#]+)\/?(\?[^#]*)?$/i.exec(text) ?? [];
	if (place === '') return parseRtmpUrl(text);
	const url = parseRtmpUrl(`${place}/-${query}`);
	return url.ok ? parsed({...url.value, name: query}) : url;
};

/**
 * Where a server asks its client to connect anew (Enhanced RTMP version 2, reconnect request): `tcUrl` is whole or relative to
 * the one before, and without one it is the same place. The key goes along; encryption is never given up.
 */
export const resolveReconnect = (now: RtmpUrl, tcUrl: string): Parsed<RtmpUrl> => {
	if (tcUrl === '') return parsed(now);
	const found = URL.parse(tcUrl, now.applicationUrl);
	if (!found || found.username !== '')
		return unparsed(`expected a URL of RTMP without a user, got ${redactUrl(tcUrl.slice(0, 100))}`);
	const place = `${found.protocol}//${found.host}${found.pathname.replace(/\/+$/, '')}`;
	const next = parseRtmpUrl(`${place}/-`);
	if (!next.ok) return next;
	if (now.isTls && !next.value.isTls) return unparsed('expected rtmps, since the server had it');
	return parsed({
		...next.value,
		name: now.name,
		application: next.value.application + found.search,
		applicationUrl: next.value.applicationUrl + found.search,
	});
};

/** `rtmp://host/application/key`; a user and a password have no place in it. */
export const parseRtmpUrl = (text: string): Parsed<RtmpUrl> => {
	const match = /^(rtmps?):\/\/([^/?#]+)\/([^?#]*)(\?[^#]*)?/i.exec(text);
	const authority = match?.[2] ?? '';
	const url = URL.parse(`http://${authority}/`);
	if (!match || !url || authority.includes('@'))
		return unparsed('expected a URL such as rtmp://server/application/key');
	const [, scheme = '', , path = '', query = ''] = match;
	const slash = path.lastIndexOf('/');
	if (slash < 1 || slash === path.length - 1)
		return unparsed('expected an application and a key, as in rtmp://server/application/key');
	const isTls = scheme.toLowerCase() === 'rtmps';
	const application = path.slice(0, slash);
	return parsed({
		isTls,
		host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
		// What URL leaves out is the port of HTTP.
		port: Number(/:(\d+)$/.exec(authority)?.[1] ?? defaultPorts[isTls ? 'rtmps' : 'rtmp']),
		application,
		name: path.slice(slash + 1) + query,
		applicationUrl: `${scheme.toLowerCase()}://${authority}/${application}`,
	});
};
