import {checkPathName, isPattern} from './path-name.ts';
import {parsePattern} from './pattern.ts';
import type {Config, PathConfig} from './schema.ts';

export {checkPathName} from './path-name.ts';

/** What holds for one name: `key` is its entry of `paths`, `groups` what a regular expression caught ($G1 first). */
export type FoundPath = {config: PathConfig; key: string; groups: readonly string[]};

type Pattern = {key: string; expression: RegExp};

const patternsOf = new WeakMap<Config, Pattern[]>();

/**
 * The entry of that very name, else the first regular expression that fits (in alphabetical order, as in MediaMTX),
 * else `all_others`; `$G1`... in source, redirect and launch line are filled in. Undefined: no such path, or no such name.
 */
export function findPath(config: Config, name: string): FoundPath | undefined {
	if (checkPathName(name) !== undefined) return undefined;
	const own = config.paths[name];
	if (own !== undefined && !isPattern(name)) return {config: own, key: name, groups: []};
	for (const {key, expression} of patterns(config)) {
		const match = expression.exec(name);
		const pattern = config.paths[key];
		if (match && pattern) return fill(pattern, key, match.slice(1));
	}
	return undefined;
}

/** Where the readers of a path are sent instead; undefined: it is here, or nowhere. */
export function redirectOf(config: Config, name: string): string | undefined {
	const path = findPath(config, name)?.config;
	return path?.source === 'redirect' ? path.sourceRedirect : undefined;
}

function patterns(config: Config): Pattern[] {
	const known = patternsOf.get(config);
	if (known) return known;
	const keys = Object.keys(config.paths).filter(isPattern);
	const ordered = [
		...keys.filter(key => key.startsWith('~')).sort(),
		...keys.filter(key => !key.startsWith('~')),
	];
	const compiled = ordered.flatMap(key => {
		const expression = key.startsWith('~') ? parsePattern(key) : /^/;
		return expression ? [{key, expression}] : [];
	});
	patternsOf.set(config, compiled);
	return compiled;
}

/** The groups come from a stranger's path name, whose letters can end no part of a URL or launch line. */
function fill(config: PathConfig, key: string, caught: (string | undefined)[]): FoundPath {
	const groups = caught.map(group => group ?? '');
	const put = (text: string) =>
		text.replace(/\$G(\d+)/g, (whole, digits: string) => putGroup(digits, groups) ?? whole);
	const source = put(config.source);
	const gstreamer = put(config.gstreamer);
	const sourceRedirect = put(config.sourceRedirect);
	const push = config.push.map(put);
	const filled = {...config, source, gstreamer, sourceRedirect, push};
	const isSame = [source, gstreamer, sourceRedirect, ...push].every(text => !isPut(text, config));
	return {config: isSame ? config : Object.freeze(filled), key, groups};
}

/** The text is not one of the pattern's own. */
const isPut = (text: string, {source, gstreamer, sourceRedirect, push}: PathConfig): boolean =>
	![source, gstreamer, sourceRedirect, ...push].includes(text);

/** `$G102` is group 1 and the text 02 where there are fewer than ten groups, as in MediaMTX. */
function putGroup(digits: string, groups: string[]): string | undefined {
	for (let length = digits.length; length > 0; length--) {
		const group = groups[Number(digits.slice(0, length)) - 1];
		if (group !== undefined) return group + digits.slice(length);
	}
	return undefined;
}
