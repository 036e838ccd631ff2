// What a client says of itself: RFC 7617 (Basic) and RFC 7616 section 3.4 (Digest).
import {algorithmOf, parseAuthParameters} from './challenge.ts';
import type {Algorithm} from './challenge.ts';
import type {DigestFacts} from './digest.ts';

export type Credentials =
	| {scheme: 'basic'; user: string; password: string}
	| ({scheme: 'digest'; user: string; realm: string; response: string} & Omit<
			DigestFacts,
			'method'
	  >);

/** Undefined: nothing that could be checked. */
export const parseAuthorization = (header: string | undefined): Credentials | undefined => {
	if (header === undefined || header.length > maxLength) return undefined;
	const [, scheme = '', rest = ''] = /^\s*(\w+)\s+(\S.*)$/s.exec(header) ?? [];
	if (scheme.toLowerCase() === 'basic') return parseBasic(rest);
	return scheme.toLowerCase() === 'digest' ? parseDigest(rest) : undefined;
};

const maxLength = 4096;

const parseBasic = (encoded: string): Credentials | undefined => {
	if (!/^[\w+/=-]+\s*$/.test(encoded)) return undefined;
	const text = Buffer.from(encoded, 'base64').toString('utf8');
	const colon = text.indexOf(':');
	if (colon < 0) return undefined;
	return {scheme: 'basic', user: text.slice(0, colon), password: text.slice(colon + 1)};
};

const parseDigest = (text: string): Credentials | undefined => {
	const parameters = parseAuthParameters(text);
	const get = (key: string) => parameters.get(key) ?? '';
	const algorithm: Algorithm | undefined = algorithmOf(parameters.get('algorithm') || 'MD5');
	const response = get('response').toLowerCase();
	if (!algorithm || !/^[\da-f]+$/.test(response) || !parameters.has('username')) return undefined;
	const qop = get('qop').toLowerCase();
	if (qop !== '' && qop !== 'auth') return undefined;
	return {
		scheme: 'digest',
		user: get('username'),
		realm: get('realm'),
		nonce: get('nonce'),
		uri: get('uri'),
		response,
		algorithm,
		qop: qop === 'auth' ? 'auth' : undefined,
		cnonce: get('cnonce'),
		count: get('nc'),
	};
};
