import {MediaError} from '../errors.ts';
import {redactUrls, withoutKey} from '../util/redact.ts';
import {isRawMap} from './raw.ts';

const hidden = '***';
const passwordKeys = ['pass', 'hlsCDNSecret'];

/** A copy in which `***` stands for every password, alone or within a URL. */
export function hideSecrets<Value>(value: Value): Value {
	return hide(value) as Value;
}

/**
 * A copy in which every `***` that was read from the API and written back is what is stored. Throws a MediaError
 * where nothing is stored for it, and where a URL points to another server than before: whoever may write, but
 * not read, passwords could have them sent to a server of theirs.
 */
export function restoreSecrets<Value>(value: Value, stored: unknown): Value {
	return restore(value, stored, '') as Value;
}

function hide(value: unknown, key = ''): unknown {
	if (typeof value === 'string') {
		if (key === 'push') return value.includes(hidden) ? value : withoutKey(value);
		return passwordKeys.includes(key) ? (value === '' ? '' : hidden) : hideText(value);
	}
	if (Array.isArray(value)) return value.map(item => hide(item, key === 'push' ? key : ''));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).map(([name, inner]) => [name, hide(inner, name)]),
	);
}

/** Launch lines have passwords as properties of elements as well: `user-pw=...`, `passphrase="..."`. */
const hideText = (text: string) =>
	redactUrls(text).replace(
		/([\w-]*(?:pw|pass|passwd|password|passphrase|secret|token))=("[^"]*"|'[^']*'|[^\s&?#/;_"']+)/gi,
		(whole, name: string, value: string) => (value === hidden ? whole : `${name}=${hidden}`),
	);

function restore(value: unknown, stored: unknown, key: string): unknown {
	if (typeof value === 'string') return restoreText(value, stored, key);
	if (Array.isArray(value)) {
		return value.map((item, index) =>
			restore(item, Array.isArray(stored) ? stored[index] : undefined, key),
		);
	}
	if (!isRawMap(value)) return value;
	const from = isRawMap(stored) ? stored : {};
	return Object.fromEntries(
		Object.entries(value).map(([name, inner]) => [name, restore(inner, from[name], name)]),
	);
}

function restoreText(text: string, stored: unknown, key: string): string {
	if (!text.includes(hidden)) return text;
	if (typeof stored === 'string') {
		if (text === hide(stored, key)) return stored;
		const url = restoreUrl(text, stored);
		if (url !== undefined) return url;
	}
	throw new MediaError(
		'CONFIG_INVALID',
		`expected the password itself in ${key}: ${hidden} stands for one that is stored for the same server and user`,
		{key},
	);
}

/** The stored user and password in a URL of the same scheme, user, host and port. */
function restoreUrl(text: string, stored: string): string | undefined {
	const parts = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)@([^/?#@]*)([^]*)$/i;
	const now = parts.exec(text);
	const then = parts.exec(stored);
	if (!now || !then || now[4]?.includes(hidden) !== false) return undefined;
	const server = (match: RegExpExecArray) =>
		[match[1], match[2]?.split(':', 1)[0], match[3]].join(' ');
	const isSame = server(now) === server(then) && now[2]?.endsWith(`:${hidden}`) === true;
	return isSame ? [then[1], then[2], '@', then[3], now[4]].join('') : undefined;
}
