import {redactUrl} from '../util/redact.ts';
import {schemeOf} from '../util/scheme.ts';
import {buildConfig} from './build.ts';
import {applyEnvironment} from './environment.ts';
import {Locations} from './locations.ts';
import {checkPathName} from './path-name.ts';
import {rawMap} from './raw.ts';
import type {RawMap} from './raw.ts';
import {Report, invalidConfig} from './report.ts';
import type {ConfigParts} from './load.ts';
import type {Config} from './schema.ts';
import {lackOfSource} from './sources.ts';
import {applyState, placeOfState} from './state.ts';

/** Whether a word of the command line is a source with or without a name, not a file. */
export const isSourceArgument = (argument: string): boolean =>
	/^([^:=]*=)?[a-z][a-z0-9+.-]*:/i.test(argument);

/** Why such a word is no source that this version can start, or undefined. */
export const lackOfSourceArgument = (argument: string): string | undefined =>
	lackOfSource(splitName(argument).source);

/**
 * The configuration of `sluice [NAME=]URL...`: one path each, and any other name may be published.
 * Unnamed ones are called after their host. Throws a MediaError that lists what is wrong.
 */
export function configFromUrls(
	args: readonly string[],
	{env = {}, state}: Partial<Pick<ConfigParts, 'env' | 'state'>> = {},
): Config {
	const locations = new Locations();
	const report = new Report(locations);
	const paths = namePaths(args);
	const root = rawMap({paths});
	for (const name of Object.keys(paths)) locations.set(['paths', name], 'command line');
	paths['all_others'] = null;
	applyEnvironment({root, env, locations, report});
	const origins = applyState({root, state, locations, place: placeOfState(undefined)});
	return buildConfig({root, origins, report}).config;
}

function namePaths(args: readonly string[]): RawMap {
	const paths = rawMap();
	const problems: string[] = [];
	// Names that were chosen come first, so that no invented one takes them.
	const sources = args.map(splitName);
	for (const {name, source} of sources.filter(({name}) => name !== undefined)) {
		const reason =
			name !== undefined && name in paths ? 'expected each name once' : checkPathName(name ?? '');
		if (reason === undefined) paths[name ?? ''] = {source};
		else problems.push(`${name ?? ''}=${redactUrl(source)}: ${reason}`);
	}
	for (const {source} of sources.filter(({name}) => name === undefined)) {
		paths[freeName(nameOf(source), paths)] = {source};
	}
	if (problems.length > 0) throw invalidConfig(problems);
	return paths;
}

function splitName(argument: string): {name: string | undefined; source: string} {
	const match = /^([^:=]*)=(.*)$/s.exec(argument);
	return match ? {name: match[1], source: match[2] ?? ''} : {name: undefined, source: argument};
}

function nameOf(source: string): string {
	const scheme = schemeOf(source);
	const authority = /^[^:]*:\/\/([^/?#]*)/.exec(source)?.[1] ?? '';
	const host = authority.replace(/^.*@/, '').replace(/:\d*$/, '');
	const file = source.replace(/^.*\//, '').replace(/\.[^.]*$/, '');
	const words = [host, scheme === 'file' ? file : '', scheme].map(clean);
	return words.find(word => word !== '') ?? 'stream';
}

const clean = (word: string) =>
	word.replace(/[^A-Za-z0-9_.~-]/g, '-').replace(/^[-.~]+|[-.]+$/g, '');

function freeName(name: string, taken: RawMap): string {
	let free = name;
	for (let number = 2; free in taken || checkPathName(free) !== undefined; number++) {
		free = `${name.slice(0, 200)}-${number}`;
	}
	return free;
}
