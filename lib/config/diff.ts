import {isDeepStrictEqual} from 'node:util';
import type {z} from 'zod';
import {keyFacts} from './key.ts';
import {pathKeys} from './path-keys.ts';
import {configSchema} from './schema.ts';
import type {Config, PathConfig} from './schema.ts';

/** A path whose keys differ; live: none of them needs its source to be started anew. */
export type PathDiff = {name: string; keys: string[]; isLive: boolean};

/** What a reload changes. Keys outside of paths that are not live need what uses them to be opened anew. */
export type ConfigDiff = {
	global: {key: string; isLive: boolean}[];
	paths: {added: string[]; removed: string[]; changed: PathDiff[]};
};

/** Compares two configurations as they take effect: a change of `pathDefaults` is one of each path that takes it. */
export function diffConfig(before: Config, after: Config): ConfigDiff {
	const names = Object.keys(after.paths);
	return {
		global: changedKeys(before, after, Object.keys(configSchema.shape))
			.filter(key => key !== 'paths' && key !== 'pathDefaults')
			.map(key => ({key, isLive: isLive(key, configSchema.shape)})),
		paths: {
			added: names.filter(name => !Object.hasOwn(before.paths, name)),
			removed: Object.keys(before.paths).filter(name => !Object.hasOwn(after.paths, name)),
			changed: names.flatMap(name => diffPath(name, before.paths[name], after.paths[name])),
		},
	};
}

function diffPath(name: string, before?: PathConfig, after?: PathConfig): PathDiff[] {
	if (!before || !after) return [];
	const keys = changedKeys(before, after, Object.keys(pathKeys));
	return keys.length === 0 ? [] : [{name, keys, isLive: keys.every(key => isLive(key, pathKeys))}];
}

const changedKeys = (before: object, after: object, keys: string[]) =>
	keys.filter(
		key =>
			!isDeepStrictEqual(
				(before as Record<string, unknown>)[key],
				(after as Record<string, unknown>)[key],
			),
	);

function isLive(key: string, shape: Readonly<Record<string, z.ZodType>>): boolean {
	const schema = shape[key];
	return schema !== undefined && keyFacts.get(schema)?.isLive === true;
}
