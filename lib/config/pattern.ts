import {setFlagsFromString} from 'node:v8';

// A stranger chooses the name that a pattern is tried on, and (a+)+ takes years for a hundred letters. Go's
// expressions, which MediaMTX has, take linear time; V8 has such an engine as well and uses it for whatever it can
// (all but look-around and back-references) once it has gone back 50,000 times.
let isLinear = false;

/**
 * The regular expression of a name that begins with `~`, or undefined when it is none.
 * MediaMTX's are Go's: `(?P<name>...)`, `(?i)` in front, `\A` and `\z` are put into JavaScript's form, and what
 * Go has not is not taken.
 */
export function parsePattern(name: string): RegExp | undefined {
	const flags = /^~(\^?)\(\?([ims]+)\)/.exec(name);
	const body = flags ? (flags[1] ?? '') + name.slice(flags[0].length) : name.slice(1);
	if (isBeyondLinear(body)) return undefined;
	const source = body
		.replace(/\(\?P</g, '(?<')
		.replace(/\\A/g, '^')
		.replace(/\\z/g, '$');
	if (!isLinear) setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');
	isLinear = true;
	try {
		return new RegExp(source, flags?.[2] ?? '');
	} catch {
		return undefined;
	}
}

/** Look-ahead, look-behind and back-references. */
const isBeyondLinear = (body: string) => /\(\?<?[=!]|\\[1-9k]/.test(body.replace(/\\[^1-9k]/g, ''));
