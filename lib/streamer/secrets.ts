// What nobody but the peer may know: passwords, stream keys of RTMP, and all that stands in a query: signatures, tokens,
// passphrases and stream ids of SRT.
import {redactUrl, redactUrls} from '../util/redact.ts';
import {schemeOf} from '../util/scheme.ts';

/** INPUT or OUTPUT as it may be shown. */
export const redactEndpoint = (text: string): string => {
	const hidden = redactUrl(text);
	const shown = isRtmp(text) ? hidden.replace(streamKey, '$1***') : hidden;
	return shown.replace(wholeQuery, '$1?***');
};

/** Hides the secrets of these endpoints, and those of any URL, in what is told about them. */
export const createRedactor = (endpoints: readonly string[]): ((text: string) => string) => {
	const whole = endpoints.filter(text => redactEndpoint(text) !== text);
	const pattern = patternOf(whole.flatMap(secretsOf));
	return text => {
		const shown = whole.reduce((all, one) => all.replaceAll(one, redactEndpoint(one)), text);
		const hidden = pattern ? shown.replace(pattern, '***') : shown;
		return hideQueries(redactUrls(hidden));
	};
};

const isRtmp = (text: string): boolean => schemeOf(text).startsWith('rtmp');

/** Everything after the application: the key, and what services hang on to it. */
const streamKey = /^(rtmps?:\/\/[^/]+\/[^/?#]+\/).+$/i;

/** Of servers: names of files may hold a question mark. */
const wholeQuery = /^((?!file:)[a-z][a-z0-9+.-]*:\/\/[^?#]*)[?#].+$/is;

/** The same within a text; what ends a sentence is not of the URL. */
const query = /\b((?!file:)[a-z][a-z0-9+.-]*:\/\/[^\s"'<>`?#]*)[?#][^\s"'<>`]*[^\s"'<>`:;,.)]/gi;

const hideQueries = (text: string): string => text.replace(query, '$1?***');

/** Shorter ones are words of the language sooner than secrets. */
const shortest = 4;

const secretsOf = (endpoint: string): string[] => {
	const [, ...queries] = endpoint.split(/[?#]/);
	const all = [URL.parse(endpoint)?.password, ...keysOf(endpoint), ...queries.flatMap(valuesOf)];
	return all.flatMap(secret => [secret, decoded(secret)]).filter(isSecret);
};

/** The key with and without what hangs on to it; OBS has the query of the application in front of it. */
const keysOf = (endpoint: string): (string | undefined)[] => {
	const key = /^rtmps?:\/\/[^/]+\/[^/?#]+(?:\?[^/]*)?\/(.+)$/i.exec(endpoint)?.[1];
	return [key, key?.replace(/[?#].*$/, ''), key?.replace(/^.*\//, '')];
};

const secretName = /^(?:passphrase|streamid|key|sig|signature|auth|token|password|secret)$/i;

/** A word or a number of other names is no secret: it would be missing in what is told. */
const valuesOf = (text: string): string[] => {
	const pairs = text.split('&').map(pair => /^([^=]*)=(.*)$/.exec(pair) ?? [pair, '', pair]);
	const values = pairs.filter(
		([, name = '', value = '']) =>
			secretName.test(name) || !/^(?:[a-z-]+|\d+|.{0,7})$/i.test(value),
	);
	return [text, ...values.map(([, , value = '']) => value)];
};

const isSecret = (text: string | undefined): text is string =>
	text !== undefined && text.length >= shortest;

const decoded = (text: string | undefined): string | undefined => {
	try {
		return text && decodeURIComponent(text);
	} catch {
		return undefined;
	}
};

const patternOf = (secrets: string[]): RegExp | undefined => {
	const longestFirst = [...new Set(secrets)].sort((a, b) => b.length - a.length);
	if (longestFirst.length === 0) return undefined;
	const escaped = longestFirst.map(text => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&'));
	return new RegExp(`(?<!\\w)(?:${escaped.join('|')})(?!\\w)`, 'g');
};
