import {nearest} from '../util/nearest.ts';
import {globalScope, pathScope} from './keys.ts';
import type {KeyPath, Locations} from './locations.ts';
import {isRawMap, rawMap} from './raw.ts';
import type {RawMap} from './raw.ts';
import type {Report} from './report.ts';

const prefix = 'SLUICE_';
/**
 * What our own commands take from the environment beside the configuration, and what
 * Kubernetes gives every container for a service that is called `sluice`.
 */
const foreign = /^SLUICE_(ADDON$|HEALTH_URL$|TALLY$|SERVICE_|PORT$|PORT_)/;

type Target = {root: RawMap; locations: Locations; report: Report};

/** Puts what `SLUICE_...` variables say over the file; capitals do not count in their names. */
export function applyEnvironment({
	env,
	...target
}: Target & {env: Readonly<Record<string, string | undefined>>}): void {
	for (const [name, value] of Object.entries(env).sort(([a], [b]) => (a < b ? -1 : 1))) {
		if (value !== undefined && name.startsWith(prefix) && !foreign.test(name)) {
			applyVariable(name, value, target);
		}
	}
}

function applyVariable(name: string, value: string, target: Target): void {
	const words = name.slice(prefix.length).split('_');
	const path = pathOf(words, target.root);
	if (typeof path === 'string') {
		target.locations.set([name], name);
		target.report.warning([name], path);
		return;
	}
	target.locations.set(path, name);
	setAt(target.root, path, value);
}

/** Where a variable belongs in the file, or why nowhere. */
function pathOf(words: string[], root: RawMap): KeyPath | string {
	const [first = ''] = words;
	if (is(first, 'paths') && words.length > 2) return pathsKey(words.slice(1), root);
	if (is(first, 'pathDefaults') && words.length === 2)
		return withKey(['pathDefaults'], words[1] ?? '', pathScope.known);
	if (is(first, 'authInternalUsers') && words.length > 1) return usersKey(words.slice(1));
	if (words.length > 1) return unknown(words.join('_'), globalScope.known);
	return withKey([], first, globalScope.known);
}

function pathsKey(words: string[], root: RawMap): KeyPath | string {
	const names = isRawMap(root['paths']) ? Object.keys(root['paths']) : [];
	const wanted = words.slice(0, -1).join('_');
	const found = names.filter(name => is(name.replace(/[^A-Za-z0-9]/g, '_'), wanted));
	if (found.length > 1) return `ignored, it stands for the paths ${found.join(' and ')}`;
	return withKey(['paths', found[0] ?? wanted.toLowerCase()], words.at(-1) ?? '', pathScope.known);
}

/** `0_USER`, `0_PERMISSIONS_1_ACTION`: numbers are places in a list. */
function usersKey(words: string[]): KeyPath | string {
	const keys = ['user', 'pass', 'ips', 'permissions', 'action', 'path'];
	const path = words.map(word =>
		/^\d{1,3}$/.test(word) ? Number(word) : keys.find(key => is(key, word)),
	);
	return path.includes(undefined)
		? unknown(words.join('_'), keys)
		: ['authInternalUsers', ...(path as (string | number)[])];
}

function withKey(path: KeyPath, word: string, known: readonly string[]): KeyPath | string {
	const key = known.find(candidate => is(candidate, word));
	return key === undefined ? unknown(word, known) : [...path, key];
}

const is = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

function unknown(word: string, known: readonly string[]): string {
	const near = nearest(word, known);
	const hint = near === undefined ? '' : `, the nearest is ${near.toUpperCase()}`;
	return `ignored, no key is called ${word}${hint}`;
}

function setAt(root: RawMap, path: KeyPath, value: string): void {
	let map: RawMap | unknown[] = root;
	for (const [index, step] of path.slice(0, -1).entries()) {
		const inner: unknown = (map as RawMap)[String(step)];
		const next: RawMap | unknown[] =
			isRawMap(inner) || Array.isArray(inner) ? inner : empty(path[index + 1]);
		(map as RawMap)[String(step)] = next;
		map = next;
	}
	(map as RawMap)[String(path.at(-1))] = value;
}

const empty = (next: PropertyKey | undefined) => (typeof next === 'number' ? [] : rawMap());
