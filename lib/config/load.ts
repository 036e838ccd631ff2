import {readFileSync} from 'node:fs';
import {MediaError} from '../errors.ts';
import {buildConfig} from './build.ts';
import {applyEnvironment} from './environment.ts';
import {isRawMap, rawMap} from './raw.ts';
import type {RawMap} from './raw.ts';
import {Report, invalidConfig} from './report.ts';
import type {Config} from './schema.ts';
import {applyState, placeOfState} from './state.ts';
import type {State} from './state.ts';
import {parseYaml} from './yaml.ts';

/** What a configuration is made of; each later one goes over the earlier: file, environment, state. */
export type ConfigParts = {
	/** Name of the file; read unless `text` is given, and named in messages. */
	file?: string | undefined;
	/** YAML in the place of the file's content. */
	text?: string | undefined;
	/** Variables whose names begin with `SLUICE_`; the others are ignored. */
	env: Readonly<Record<string, string | undefined>>;
	/** What the API has changed. */
	state?: State | undefined;
	/** Where messages say that it stands; usually in the file beside `file`. */
	statePlace?: string | undefined;
};

/**
 * Reads, checks and completes a configuration; without file and text it is the defaults.
 * Throws a MediaError whose message has a line for every problem, `file:line: sentence`.
 */
export function loadConfig(parts: ConfigParts): {config: Config; warnings: string[]} {
	const {file} = parts;
	const text = parts.text ?? (file === undefined ? '' : readConfigText(file));
	const {raw, locations, problems} = parseYaml(text, file ?? 'configuration');
	if (problems.length > 0) throw invalidConfig(problems);
	const report = new Report(locations);
	const root = toMap(raw, report);
	if (!('paths' in root)) root['paths'] = rawMap({all_others: null});
	applyEnvironment({root, env: parts.env, locations, report});
	const origins = applyState({
		root,
		state: parts.state,
		locations,
		place: parts.statePlace ?? placeOfState(file),
	});
	return buildConfig({root, origins, report});
}

/** The content of a configuration file. */
export function readConfigText(file: string): string {
	try {
		return readFileSync(file, 'utf8');
	} catch (cause) {
		const reason = cause instanceof Error ? cause.message : String(cause);
		throw new MediaError(
			'CONFIG_UNREADABLE',
			`${file}: expected a file that can be read: ${reason}`,
			{
				file,
				cause,
			},
		);
	}
}

function toMap(raw: unknown, report: Report): RawMap {
	if (isRawMap(raw)) return raw;
	if (raw !== null && raw !== undefined)
		report.error([], 'expected a map of keys such as "paths:"');
	return rawMap();
}
