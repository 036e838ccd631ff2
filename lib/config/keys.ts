import {parseBoolean} from '../util/boolean.ts';
import {nearest} from '../util/nearest.ts';
import {judgeLack} from './lacks.ts';
import {lackedGlobalKeys, lackedPathKeys} from './mediamtx-keys.ts';
import {pathKeys} from './path-keys.ts';
import type {KeyPath} from './locations.ts';
import {rawMap} from './raw.ts';
import type {RawMap} from './raw.ts';
import type {Report} from './report.ts';
import {configSchema} from './schema.ts';

type Rename = {to: string; isQuiet?: boolean; value?: (value: unknown) => unknown};

type Scope = {
	known: readonly string[];
	renamed: Readonly<Record<string, Rename>>;
	lacked: Readonly<Record<string, string | null>>;
	/** Keys of the other scope, and where they belong. */
	elsewhere: readonly string[];
	place: string;
};

const isYes = (value: unknown) => value === true || parseBoolean(String(value)) === true;
const globalKeys = Object.keys(configSchema.shape);

export const globalScope: Scope = {
	known: globalKeys,
	renamed: {
		encryption: {to: 'rtspEncryption'},
		hlsAllowOrigin: {to: 'hlsAllowOrigins', value: value => [value]},
		hlsDisable: {to: 'hls', value: value => !isYes(value)},
		logStructured: {
			to: 'logFormat',
			isQuiet: true,
			value: value => (isYes(value) ? 'json' : 'auto'),
		},
		protocols: {to: 'rtspTransports'},
		readBufferCount: {to: 'writeQueueSize'},
		rtspDisable: {to: 'rtsp', value: value => !isYes(value)},
		rtmpDisable: {to: 'rtmp', value: value => !isYes(value)},
		serverCert: {to: 'rtspServerCert'},
		serverKey: {to: 'rtspServerKey'},
		udpReadBufferSize: {to: 'rtspUDPReadBufferSize', isQuiet: true},
	},
	lacked: lackedGlobalKeys,
	elsewhere: Object.keys(pathKeys),
	place: 'in an entry of paths, or in pathDefaults',
};

export const pathScope: Scope = {
	known: Object.keys(pathKeys),
	renamed: {
		sourceProtocol: {to: 'rtspTransport'},
		disablePublisherOverride: {to: 'overridePublisher', value: value => !isYes(value)},
	},
	lacked: lackedPathKeys,
	elsewhere: globalKeys,
	place: 'at the top of the file',
};

/** The keys that are ours, under their present names; all others go into the report. */
export function sortKeys(
	raw: RawMap,
	{
		scope,
		path,
		root,
		report,
	}: {
		scope: Scope;
		path: KeyPath;
		root: RawMap;
		report: Report;
	},
): RawMap {
	const known = rawMap();
	for (const [key, value] of Object.entries(raw)) {
		if (report.isFull) break;
		if (scope.known.includes(key)) {
			if (value !== null) known[key] = value;
		} else if (Object.hasOwn(scope.renamed, key)) {
			rename({raw, known, key, rename: scope.renamed[key] as Rename, path, report});
		} else if (Object.hasOwn(scope.lacked, key)) {
			const lack = judgeLack({key, value, initial: scope.lacked[key] ?? null}, root);
			if (lack.type === 'default') report.atDefault([...path, key]);
			else report[lack.type]([...path, key], lack.text);
		} else {
			report.error([...path, key], unknownKey(key, scope));
		}
	}
	return known;
}

function rename({
	raw,
	known,
	key,
	rename: {to, isQuiet, value = same},
	path,
	report,
}: {
	raw: RawMap;
	known: RawMap;
	key: string;
	rename: Rename;
	path: KeyPath;
	report: Report;
}): void {
	const isOver = to in raw;
	if (!isOver && raw[key] !== null) known[to] = value(raw[key]);
	report.rename([...path, key], [...path, to]);
	if (isOver) report.warning([...path, key], `ignored, ${to} is there as well`);
	else if (isQuiet !== true) report.warning([...path, key], `is called ${to} now`);
}

const same = (value: unknown) => value;

function unknownKey(key: string, scope: Scope): string {
	if (scope.elsewhere.includes(key)) return `expected ${scope.place}, not here`;
	const near = nearest(key, [...scope.known, ...Object.keys(scope.lacked)]);
	return near === undefined ? 'unknown key' : `unknown key, the nearest known one is ${near}`;
}
