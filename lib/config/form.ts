import {z} from 'zod';
import {formatAddress} from '../util/address.ts';
import type {Address} from '../util/address.ts';
import {formatDuration} from '../util/duration.ts';
import {formatRate} from '../util/rate.ts';
import {formatSize} from '../util/size.ts';
import {pathKeys} from './path-keys.ts';
import {configSchema} from './schema.ts';
import type {Config, PathConfig} from './schema.ts';

/** The form of a key's value: JSON Schema's words, and `format` for our value types. */
export type Form = {
	type?: string;
	format?: string;
	enum?: string[];
	minimum?: number;
	maximum?: number;
};

/** What the schema of a key says about the form of its value. */
export function formOf(schema: z.ZodType): Form {
	const inner = schema instanceof z.ZodPrefault ? (schema.unwrap() as z.ZodType) : schema;
	return (inner.meta() ?? {}) as Form;
}

/** A path as a file would say it (`10s`, `20M`): what the API shows, and takes back. */
export const formatPathConfig = (config: PathConfig): Record<string, unknown> =>
	formatMap(config, pathKeys);

/** All keys outside of paths as a file would say them. */
export const formatGlobalConfig = (config: Config): Record<string, unknown> => {
	const {paths: _, pathDefaults: __, ...shape} = configSchema.shape;
	return formatMap(config, shape);
};

function formatMap(
	values: object,
	shape: Readonly<Record<string, z.ZodType>>,
): Record<string, unknown> {
	const entries = Object.entries(shape).map(([key, schema]) => [
		key,
		formatValue((values as Record<string, unknown>)[key], formOf(schema)),
	]);
	return Object.fromEntries(entries) as Record<string, unknown>;
}

function formatValue(value: unknown, {format}: Form): unknown {
	if (format === 'duration') return formatDuration(Number(value));
	if (format === 'size') return formatSize(Number(value));
	if (format === 'rate') return formatRate(Number(value));
	if (format === 'address') return value === null ? 'off' : formatAddress(value as Address);
	return value;
}
