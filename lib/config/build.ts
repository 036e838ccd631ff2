// From what was written to what the program uses: keys sorted, defaults filled in, every value checked.
import type {z} from 'zod';
import {freezeDeep} from './freeze.ts';
import {keyFacts} from './key.ts';
import {globalScope, pathScope, sortKeys} from './keys.ts';
import type {KeyPath} from './locations.ts';
import {overlay, pathKeys} from './path-keys.ts';
import {checkPathKey, isPattern} from './path-name.ts';
import {isRawMap, rawMap} from './raw.ts';
import type {RawMap} from './raw.ts';
import type {Report} from './report.ts';
import {configSchema} from './schema.ts';
import type {Config, Origin, PathConfig} from './schema.ts';
import {lackOfSource} from './sources.ts';
import {checkUsers, warnOfDigest} from './users.ts';

type Entries = Record<string, RawMap>;

/** Throws a MediaError with every problem that the report has gathered. */
export function buildConfig({
	root,
	origins,
	report,
}: {
	root: RawMap;
	origins: Readonly<Record<string, Origin>>;
	report: Report;
}): {config: Config; warnings: string[]} {
	const {paths, pathDefaults, ...rest} = root;
	const common = sortKeys(rest, {scope: globalScope, path: [], root, report});
	const defaults = pathEntry(pathDefaults, ['pathDefaults'], {root, report});
	const entries = pathEntries(paths, {root, report});
	const parsed = configSchema.safeParse({
		...common,
		pathDefaults: defaults,
		paths: withDefaults(entries, defaults),
	});
	if (!parsed.success) throw issuesOf(parsed.error, entries, report);
	const config: Config = {
		...parsed.data,
		paths: rawMap(parsed.data.paths) as Config['paths'],
		origins: rawMap(origins) as Config['origins'],
	};
	checkRules(config, entries, report);
	warnOfPending({common, defaults, entries}, config, report);
	const warnings = report.finish();
	return {config: freezeDeep(config), warnings};
}

type Context = {root: RawMap; report: Report};

function pathEntries(paths: unknown, context: Context): Entries {
	if (!isRawMap(paths)) {
		if (paths !== null && paths !== undefined) {
			context.report.error(['paths'], 'expected a map of path names');
		}
		return {};
	}
	const entries = rawMap() as Entries;
	for (const [key, entry] of Object.entries(paths)) {
		const reason = checkPathKey(key);
		if (reason !== undefined) context.report.error(['paths', key], reason);
		else entries[key] = pathEntry(entry, ['paths', key], context);
	}
	return entries;
}

function pathEntry(entry: unknown, path: KeyPath, {root, report}: Context): RawMap {
	if (isRawMap(entry)) return sortKeys(entry, {scope: pathScope, path, root, report});
	if (entry !== null && entry !== undefined)
		report.error(path, 'expected a map of keys such as "source:"');
	return rawMap();
}

function withDefaults(entries: Entries, defaults: RawMap): Entries {
	const merged = rawMap() as Entries;
	for (const [key, entry] of Object.entries(entries)) {
		merged[key] = overlay(defaults, entry);
	}
	return merged;
}

function issuesOf(error: z.ZodError, entries: Entries, report: Report): unknown {
	for (const issue of error.issues) {
		const [section, name, key] = issue.path;
		const isInherited =
			section === 'paths' && key !== undefined && !(String(key) in (entries[String(name)] ?? {}));
		if (isInherited) continue;
		const inner = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
		report.error([...issue.path, ...inner], issue.message);
	}
	return report.failure();
}

function checkRules(config: Config, entries: Entries, report: Report): void {
	checkUsers(config, report);
	warnOfDigest(config, report);
	checkUdpPorts(config, report);
	for (const [name, entry] of Object.entries(entries)) {
		const path = config.paths[name];
		if (path) checkPath({name, path, entry}, report);
	}
}

/** RFC 3550 section 11, and players that take the second port for granted. */
function checkUdpPorts({rtpAddress: rtp, rtcpAddress: rtcp}: Config, report: Report): void {
	if (!rtp || !rtcp) return;
	const isAny = rtp.port === 0 && rtcp.port === 0;
	if (isAny || (rtp.port > 0 && rtp.port % 2 === 0 && rtcp.port === rtp.port + 1)) return;
	report.error(
		['rtcpAddress'],
		`expected an even port in rtpAddress and the next one here, got ${rtp.port} and ${rtcp.port}`,
	);
}

function checkPath(
	{name, path, entry}: {name: string; path: PathConfig; entry: RawMap},
	report: Report,
): void {
	const at: KeyPath = ['paths', name];
	const isPulled = path.source !== 'publisher' && path.source !== 'redirect';
	const lack = lackOfSource(path.source);
	if (lack !== undefined) report.warning([...at, 'source'], `${lack}, the path will fail`);
	if (isPulled && isPattern(name) && !path.sourceOnDemand) {
		report.error(at, 'expected sourceOnDemand: yes, because the name stands for many paths');
	}
	if (!isPulled && path.sourceOnDemand && 'sourceOnDemand' in entry) {
		report.error(
			[...at, 'sourceOnDemand'],
			`expected a source that can be started, not ${path.source}`,
		);
	}
}

function warnOfPending(
	{common, defaults, entries}: {common: RawMap; defaults: RawMap; entries: Entries},
	config: Config,
	report: Report,
): void {
	const warn = (written: RawMap, at: KeyPath, values: object, shape: Record<string, z.ZodType>) => {
		for (const key of Object.keys(written)) {
			const value = (values as RawMap)[key];
			const schema = shape[key];
			const text = schema && keyFacts.get(schema)?.pending?.(value);
			if (text !== undefined) report.warning([...at, key], text);
		}
	};
	warn(common, [], config, configSchema.shape);
	warn(defaults, ['pathDefaults'], config.pathDefaults, pathKeys);
	for (const [name, entry] of Object.entries(entries)) {
		warn(entry, ['paths', name], config.paths[name] ?? {}, pathKeys);
	}
}
