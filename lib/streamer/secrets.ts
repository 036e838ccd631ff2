// What nobody but the peer may know: passwords, stream keys of RTMP, passphrases and stream ids of SRT.
import {redactUrl, redactUrls} from '../util/redact.ts';
import {schemeOf} from '../util/scheme.ts';

/** INPUT or OUTPUT as it may be shown. */
export const redactEndpoint = (text: string): string => {
	const hidden = redactUrl(text).replace(secretQuery, '$1$2=***');
	return schemeOf(text).startsWith('rtmp') ? hidden.replace(streamKey, '$1***') : hidden;
};

/** Hides the secrets of these endpoints, and those of any URL, in what is told about them. */
export const createRedactor = (endpoints: readonly string[]): ((text: string) => string) => {
	const whole = endpoints.filter(text => redactEndpoint(text) !== text);
	const pattern = patternOf(whole.flatMap(secretsOf));
	return text => {
		const shown = whole.reduce((all, one) => all.replaceAll(one, redactEndpoint(one)), text);
		const hidden = pattern ? shown.replace(pattern, '***') : shown;
		return redactUrls(hidden).replace(secretQuery, '$1$2=***');
	};
};

const secretQuery = /([?&])(passphrase|streamid|key|sig|signature|auth)=[^&#\s"']*/gi;
/** Everything after the application: the key, and what services hang on to it. */
const streamKey = /^(rtmps?:\/\/[^/]+\/[^/?#]+\/).+$/i;

/** Shorter ones are words of the language sooner than secrets. */
const shortest = 4;

const secretsOf = (endpoint: string): string[] => {
	const url = URL.parse(endpoint);
	const key = /^rtmps?:\/\/[^/]+\/[^/?#]+\/(.+)$/i.exec(endpoint)?.[1];
	const values = [...endpoint.matchAll(secretQuery)].map(([text]) => text.replace(/^[^=]*=/, ''));
	const all = [url?.password, key, key?.replace(/[?#].*$/, ''), ...values];
	return all.flatMap(secret => [secret, decoded(secret)]).filter(isSecret);
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
