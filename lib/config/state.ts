// What the API has changed, kept beside the file and put over it at start and at every reload.
import {closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync} from 'node:fs';
import {dirname} from 'node:path';
import {MediaError} from '../errors.ts';
import type {Locations} from './locations.ts';
import {overlay} from './path-keys.ts';
import {isRawMap, rawMap} from './raw.ts';
import type {RawMap} from './raw.ts';
import type {Origin} from './schema.ts';

/** What became of one path: its keys put over the file's, or in their place, or the path taken away. */
export type PathChange =
	{type: 'patch'; config: RawMap} | {type: 'replace'; config: RawMap} | {type: 'delete'};

/** All that the API has changed, by path name. */
export type State = {version: 1; paths: Readonly<Record<string, PathChange>>};

/** Nothing was changed. */
export const emptyState: State = {version: 1, paths: {}};

/** Where the state of a file is kept. */
export const stateFileOf = (file: string): string => `${file}.state.json`;

/** The same for messages; without a file it is nowhere. */
export const placeOfState = (file: string | undefined): string =>
	file === undefined ? 'API' : stateFileOf(file);

/** Empty when there is no such file; a file that is damaged stays as it is, and a MediaError says so. */
export function readState(file: string): State {
	let text: string;
	try {
		text = readFileSync(file, 'utf8');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return emptyState;
		throw new MediaError(
			'CONFIG_UNREADABLE',
			`${file}: expected a file that can be read: ${String(error)}`,
			{file},
		);
	}
	return parseState(text, file);
}

/** On disk before it returns, whole or not at all. */
export function writeState(file: string, state: State): void {
	const temporary = `${file}.${process.pid}.tmp`;
	try {
		// It may hold passwords.
		const fd = openSync(temporary, 'w', 0o600);
		try {
			writeSync(fd, `${JSON.stringify(state, null, 2)}\n`);
			fsyncSync(fd);
		} finally {
			closeSync(fd);
		}
		renameSync(temporary, file);
		syncDirectory(dirname(file));
	} catch (cause) {
		rmSync(temporary, {force: true});
		throw new MediaError(
			'FILE_UNWRITABLE',
			`${file}: expected a file that can be written: ${String(cause)}`,
			{file, cause},
		);
	}
}

/** The state after one more change; a patch goes over what was patched or replaced before. */
export function withChange(state: State, name: string, change: PathChange): State {
	const before = Object.hasOwn(state.paths, name) ? state.paths[name] : undefined;
	const merged: PathChange =
		change.type === 'patch' && before !== undefined && before.type !== 'delete'
			? {type: before.type, config: overlay(before.config, change.config)}
			: change;
	return {version: 1, paths: {...state.paths, [name]: merged}};
}

/** The state without anything about this path. */
export function withoutChange(state: State, name: string): State {
	const {[name]: _, ...paths} = state.paths;
	return {version: 1, paths};
}

/** Puts the state over the file's paths; gives where each path comes from then. */
export function applyState({
	root,
	state = emptyState,
	locations,
	place,
}: {
	root: RawMap;
	state: State | undefined;
	locations: Locations;
	/** As messages say it. */
	place: string;
}): Record<string, Origin> {
	const paths = rawMap(isRawMap(root['paths']) ? root['paths'] : {});
	const origins = rawMap() as Record<string, Origin>;
	for (const name of Object.keys(paths)) origins[name] = 'file';
	for (const [name, change] of Object.entries(state.paths)) {
		const keys = change.type === 'delete' ? [] : Object.keys(change.config);
		locations.set(['paths', name], place);
		for (const key of keys) locations.set(['paths', name, key], place);
		applyChange({paths, origins, name, change});
	}
	if (Object.keys(state.paths).length > 0) root['paths'] = paths;
	return origins;
}

function applyChange({
	paths,
	origins,
	name,
	change,
}: {
	paths: RawMap;
	origins: Record<string, Origin>;
	name: string;
	change: PathChange;
}): void {
	if (change.type === 'delete') {
		delete paths[name];
		delete origins[name];
		return;
	}
	// The file has the path no more: its patch waits until it is there again.
	if (change.type === 'patch' && !Object.hasOwn(paths, name)) return;
	const before = change.type === 'patch' && isRawMap(paths[name]) ? paths[name] : {};
	paths[name] = overlay(before, change.config);
	origins[name] = 'api';
}

function parseState(text: string, file: string): State {
	const damaged = (reason: string) =>
		new MediaError(
			'CONFIG_INVALID',
			`${file}: expected what the API wrote there (${reason}); repair it, or move it away to start without`,
			{file},
		);
	let state: unknown;
	try {
		state = JSON.parse(text);
	} catch (error) {
		throw damaged(error instanceof Error ? error.message : String(error));
	}
	if (!isRawMap(state) || state['version'] !== 1) throw damaged('version 1');
	const {paths} = state;
	if (!isRawMap(paths)) throw damaged('a map "paths"');
	const bad = Object.entries(paths).find(([, change]) => !isChange(change));
	if (bad) throw damaged(`a change of the path ${bad[0]}`);
	return {version: 1, paths: paths as Record<string, PathChange>};
}

const isChange = (change: unknown) =>
	isRawMap(change) &&
	(change['type'] === 'delete' ||
		((change['type'] === 'patch' || change['type'] === 'replace') && isRawMap(change['config'])));

/** Only then does the new name survive a power failure. */
function syncDirectory(directory: string): void {
	const fd = openSync(directory, 'r');
	try {
		fsyncSync(fd);
	} finally {
		closeSync(fd);
	}
}
