/**
 * The regular expression of a name that begins with `~`, or undefined when it is none.
 * MediaMTX's are Go's: `(?P<name>...)`, `(?i)` in front, `\A` and `\z` are put into JavaScript's form.
 */
export function parsePattern(name: string): RegExp | undefined {
	const flags = /^~(\^?)\(\?([ims]+)\)/.exec(name);
	const body = flags ? (flags[1] ?? '') + name.slice(flags[0].length) : name.slice(1);
	const source = body
		.replace(/\(\?P</g, '(?<')
		.replace(/\\A/g, '^')
		.replace(/\\z/g, '$');
	try {
		return new RegExp(source, flags?.[2] ?? '');
	} catch {
		return undefined;
	}
}
