import {MediaError} from '../errors.ts';
import {diffConfig} from './diff.ts';
import type {ConfigDiff} from './diff.ts';
import {formatPathConfig} from './form.ts';
import {configFromUrls} from './from-urls.ts';
import {loadConfig, readConfigText} from './load.ts';
import type {RawMap} from './raw.ts';
import {checkReload} from './reload-guard.ts';
import type {Config} from './schema.ts';
import {restoreSecrets} from './secrets.ts';
import {isLocalSource} from './sources.ts';
import {
	emptyState,
	readState,
	stateFileOf,
	withChange,
	withoutChange,
	writeState,
} from './state.ts';
import type {State} from './state.ts';

/** Where a configuration comes from: a file, sources of the command line, or neither. */
export type ConfigOrigin = {
	file?: string | undefined;
	/** YAML in the place of a file. */
	text?: string | undefined;
	urls?: readonly string[] | undefined;
	env: Readonly<Record<string, string | undefined>>;
};

/** A configuration that is in force now, and what it changed. */
export type ConfigChange = {config: Config; diff: ConfigDiff; warnings: string[]};

/** What the API asks for. */
export type PathRequest =
	| {type: 'add' | 'patch' | 'replace'; name: string; config: RawMap}
	| {type: 'delete'; name: string};

/**
 * The configuration in force. Whatever is refused leaves it as it was and throws a MediaError.
 * Without a file, what the API changes lasts as long as the process.
 */
export class ConfigStore {
	config: Config;
	/** Of the first load. */
	readonly warnings: string[];
	readonly #origin: ConfigOrigin;
	#text: string | undefined;
	#state: State;

	constructor(origin: ConfigOrigin) {
		this.#origin = origin;
		this.#text = readText(origin);
		this.#state = readStateOf(origin);
		({config: this.config, warnings: this.warnings} = this.#load(this.#text, this.#state));
	}

	/** Reads file and state again; an empty file, and one that takes away the last user, are refused. */
	reload(): ConfigChange {
		const text = readText(this.#origin);
		const state = this.#origin.file === undefined ? this.#state : readStateOf(this.#origin);
		const loaded = this.#load(text, state);
		checkReload({text: this.#text, config: this.config}, {text, config: loaded.config});
		[this.#text, this.#state] = [text, state];
		return this.#adopt(loaded);
	}

	/** Takes a change by the API and keeps it; the file as it was last read stays under it. */
	changePath(request: PathRequest): ConfigChange {
		this.#checkRequest(request);
		const state = this.#stateAfter(request);
		const loaded = this.#load(this.#text, state, 'API');
		if (this.#origin.file !== undefined) writeState(stateFileOf(this.#origin.file), state);
		this.#state = state;
		return this.#adopt(loaded);
	}

	#load(
		text: string | undefined,
		state: State,
		statePlace?: string,
	): {config: Config; warnings: string[]} {
		const {file, urls, env} = this.#origin;
		if (urls !== undefined) return {config: configFromUrls(urls, {env, state}), warnings: []};
		return loadConfig({file, text, env, state, statePlace});
	}

	#adopt({config, warnings}: {config: Config; warnings: string[]}): ConfigChange {
		const diff = diffConfig(this.config, config);
		this.config = config;
		return {config, diff, warnings};
	}

	#checkRequest({type, name}: PathRequest): void {
		const isThere = Object.hasOwn(this.config.paths, name);
		if (type === 'add' && isThere) {
			throw new MediaError('PATH_EXISTS', `Expected a new path, ${name} is there already`, {
				path: name,
			});
		}
		if ((type === 'patch' || type === 'delete') && !isThere) {
			throw new MediaError('PATH_NOT_FOUND', `Expected a configured path, ${name} is none`, {
				path: name,
			});
		}
	}

	#stateAfter(request: PathRequest): State {
		const {name} = request;
		if (request.type === 'delete') {
			const isInFile = Object.hasOwn(this.#load(this.#text, emptyState).config.paths, name);
			return isInFile
				? withChange(this.#state, name, {type: 'delete'})
				: withoutChange(this.#state, name);
		}
		const type = request.type === 'patch' ? 'patch' : 'replace';
		return withChange(this.#state, name, {type, config: this.#accept(name, request.config)});
	}

	/** Passwords put back in; what runs on this machine only as far as the file allows. */
	#accept(name: string, config: RawMap): RawMap {
		const before = this.config.paths[name];
		const stored = before ? formatPathConfig(before) : {};
		const accepted = restoreSecrets(config, stored);
		if (this.config.apiAllowCommands) return accepted;
		for (const key of ['gstreamer', 'source']) {
			const value = accepted[key];
			if (value === stored[key] || !isLocal(key, value)) continue;
			throw new MediaError(
				'API_FORBIDDEN',
				`Expected no ${key} that runs or opens something on this machine; apiAllowCommands: yes in the file lets the API set it`,
				{path: name, key},
			);
		}
		return accepted;
	}
}

const isLocal = (key: string, value: unknown) =>
	key === 'gstreamer'
		? value !== undefined && value !== null && value !== ''
		: isLocalSource(value);

const readText = ({file, text}: ConfigOrigin) => (file === undefined ? text : readConfigText(file));

const readStateOf = ({file}: ConfigOrigin) =>
	file === undefined ? emptyState : readState(stateFileOf(file));
