const schemes = /[a-z][a-z0-9+.-]*:\/\//gi;

/** A URL with `***` in the place of its password; the user stays. What is no URL comes back as it is. */
export const redactUrl = (url: string): string => redactUrls(url);

/** The same for every URL within a text: the safety net under everything that is logged. */
export function redactUrls(text: string): string {
	if (!text.includes('://')) return text;
	let result = '';
	let done = 0;
	for (const match of text.matchAll(schemes)) {
		const start = match.index + match[0].length;
		if (match.index < done) continue;
		const end = endOfUrl(text, start);
		result += text.slice(done, start) + redactQuery(redactUser(text.slice(start, end)));
		done = end;
	}
	return result + text.slice(done);
}

/** White space and quotes end a URL in a text; a password that contains one was not a URL to begin with. */
function endOfUrl(text: string, start: number): number {
	const length = text.slice(start).search(/[\s"'<>`]/);
	return length < 0 ? text.length : start + length;
}

function redactUser(rest: string): string {
	const at = endOfUser(rest);
	const colon = rest.indexOf(':');
	return at < 0 || colon < 0 || colon > at ? rest : `${rest.slice(0, colon)}:***${rest.slice(at)}`;
}

const server = /^(\[[^\]]*\]|[^:[\]]+)(:(\d*|\$G\d+))?$/;

/** Index of the `@` that ends user and password, -1 = none. */
function endOfUser(rest: string): number {
	const authority = rest.split(/[/?#]/, 1)[0] ?? '';
	const at = authority.lastIndexOf('@');
	// A password with / ? or # that nobody encoded: what stands there is then no host and port.
	return server.test(authority.slice(at + 1)) ? at : Math.max(at, rest.lastIndexOf('@'));
}

/** Cameras take passwords as `?user=admin&password=x`, or `/user=admin_password=x_channel=1` in the path. */
const redactQuery = (rest: string) =>
	rest.replace(
		/(^|[?&/;_])(pass|passwd|password|pwd|secret|token)=[^&?#/;]*?(?=_[a-z]+=|[&?#/;]|$)/gi,
		'$1$2=***',
	);

/** The URL of a stream that is sent away, without what is secret of it: of RTMP the key, of all the password and the query. */
export const withoutKey = (url: string): string => {
	const [place = ''] = redactUrl(url).split(/[?#]/, 1);
	const query = /[?#]/.test(url) ? '?***' : '';
	return /^rtmps?:/i.test(url) ? place.replace(/\/[^/]*$/, '/***') : place + query;
};
