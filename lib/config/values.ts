// The forms that values have in a file, as zod schemas: what a person writes in, what the program uses out.
// A file and the environment give texts only (lib/config/yaml.ts), the API gives JSON; both are read here.
import {z} from 'zod';
import {parseAddress} from '../util/address.ts';
import type {Address} from '../util/address.ts';
import {parseBoolean} from '../util/boolean.ts';
import {parseDuration} from '../util/duration.ts';
import {isRawMap} from './raw.ts';
import {nearest} from '../util/nearest.ts';
import {isNetwork} from '../util/network.ts';
import {redactUrls} from '../util/redact.ts';
import {parseRate} from '../util/rate.ts';
import {parseSize} from '../util/size.ts';

/** The longest that a timer of Node can run (2^31 - 1 ms); beyond it fires at once. */
const maxTimerMs = 2 ** 31 - 1;

/** yes, no, true, false, on or off. */
export const boolean = () =>
	value('yes or no', {type: 'boolean'}, input =>
		typeof input === 'string'
			? parseBoolean(input)
			: typeof input === 'boolean'
				? input
				: undefined,
	);

/** Milliseconds. */
export const duration = ({min = 0, max = maxTimerMs}: {min?: number; max?: number} = {}) =>
	value(
		`a duration such as "10s" or "1m30s"${min > 0 ? ` of at least ${min}ms` : ''}, at most ${max < maxTimerMs ? `${max}ms` : '24d'}`,
		{type: 'string', format: 'duration'},
		input => {
			const ms = typeof input === 'string' ? parseDuration(input) : input === 0 ? 0 : undefined;
			return ms !== undefined && ms >= min && ms <= max ? ms : undefined;
		},
	);

/** Bytes. */
export const size = ({min = 0}: {min?: number} = {}) =>
	value(
		`a size such as "50M"${min > 0 ? ` of at least ${min} bytes` : ''}`,
		{type: 'string', format: 'size'},
		input => {
			const bytes =
				typeof input === 'string' || typeof input === 'number'
					? parseSize(String(input))
					: undefined;
			return bytes !== undefined && bytes >= min ? bytes : undefined;
		},
	);

/** Bits per second. */
export const rate = () =>
	value('a bitrate such as "8Mbps"', {type: 'string', format: 'rate'}, input =>
		typeof input === 'string' || typeof input === 'number' ? parseRate(String(input)) : undefined,
	);

export const integer = ({min, max}: {min: number; max: number}) =>
	value(
		`a whole number from ${min} to ${max}`,
		{type: 'integer', minimum: min, maximum: max},
		input => {
			const number = typeof input === 'string' && /^\d+$/.test(input) ? Number(input) : input;
			return Number.isInteger(number) && Number(number) >= min && Number(number) <= max
				? Number(number)
				: undefined;
		},
	);

/** The lowest and the highest port of a range that has room for an even one and the next. */
export const portRange = () =>
	value(
		'two ports such as [32768, 60999], the lower one first, with an even one and the next between them',
		{type: 'array', items: {type: 'integer', minimum: 1, maximum: 65_535}},
		input => {
			const [first = 0, last = 0, ...rest] = portsOf(input);
			const isRange = rest.length === 0 && first >= 1 && last <= 65_535;
			return isRange && last > first + (first % 2) ? [first, last] : undefined;
		},
	);

/** One of the words, written exactly so; `off` and `no` stay words here. */
export const word = <const Word extends string>(...words: Word[]) =>
	value(
		words.length === 1 ? `the word ${words[0]}` : `one of ${words.join(', ')}`,
		{type: 'string', enum: words},
		input => words.find(candidate => candidate === input),
	);

/** Null = off. */
export const address = () =>
	value<Address | null>(
		'an address such as ":8080" or "127.0.0.1:8080", or "off"',
		{type: 'string', format: 'address'},
		input => {
			if (input === false || input === '') return null;
			if (typeof input !== 'string') return undefined;
			return parseBoolean(input) === false ? null : parseAddress(input);
		},
	);

/** Any text; a number from JSON is taken as its digits. */
export const text = () =>
	value('a text', {type: 'string'}, input =>
		typeof input === 'string' ? input : typeof input === 'number' ? String(input) : undefined,
	);

/** Any text that `check` has nothing against; the reason it gives is told instead of the text. */
export const checkedText = (check: (input: string) => string | undefined) =>
	z
		.unknown()
		.transform((input, context): string => {
			const isText = typeof input === 'string' || typeof input === 'number';
			const reason = isText ? check(String(input)) : `expected a text, got ${show(input)}`;
			if (reason === undefined) return String(input);
			context.addIssue({code: 'custom', message: reason});
			return z.NEVER;
		})
		.meta({type: 'string'});

/** A list; one text with commas stands for a list as well, which is how the environment writes it. */
export const list = <Item extends z.ZodType>(item: Item) =>
	z
		.preprocess(
			input => {
				if (typeof input === 'string') return splitList(input);
				return Array.isArray(input) ? input.map(withoutNulls) : input;
			},
			z.array(item, {error: issue => `expected a list, got ${show(issue.input)}`}),
		)
		.meta({type: 'array'});

/** A map that has these keys and no others. */
export const strictMap = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
	z.strictObject(shape, {
		error: issue => {
			if (issue.code !== 'unrecognized_keys')
				return `expected a map of keys, got ${show(issue.input)}`;
			const key = String((issue['keys'] as unknown[])[0]);
			const near = nearest(key, Object.keys(shape));
			return `unknown key ${key}${near === undefined ? '' : `, the nearest known one is ${near}`}`;
		},
	});

/** An IP address or a network. */
export const network = () =>
	value(
		'an IP address or a network such as "10.0.0.0/8"',
		{type: 'string', format: 'network'},
		input => (typeof input === 'string' && isNetwork(input) ? input : undefined),
	);

/** What was got, short, on one line, without passwords. */
export function show(input: unknown): string {
	if (input === undefined || input === null) return 'nothing';
	if (Array.isArray(input)) return 'a list';
	if (typeof input === 'object') return 'a map of keys';
	const shown = redactUrls(String(input)).replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ');
	return `"${shown.length > 80 ? `${shown.slice(0, 77)}...` : shown}"`;
}

/** `json` is what JSON Schema and the reference say about the form. */
function value<Output>(
	expected: string,
	json: {type: 'string' | 'boolean' | 'integer' | 'array'; [key: string]: unknown},
	parse: (input: unknown) => Output | undefined,
) {
	return z
		.unknown()
		.transform((input, context): Output => {
			const parsed = parse(input);
			if (parsed !== undefined) return parsed;
			context.addIssue({code: 'custom', message: `expected ${expected}, got ${show(input)}`});
			return z.NEVER;
		})
		.meta(json);
}

const portsOf = (input: unknown): number[] => {
	const items: unknown[] =
		typeof input === 'string' ? splitList(input) : Array.isArray(input) ? input : [];
	return items.map(item => (/^\d{1,5}$/.test(String(item)) ? Number(item) : 0));
};

const splitList = (input: string) =>
	input
		.split(',')
		.map(item => item.trim())
		.filter(item => item !== '');

/** `pass:` with nothing after it is as good as no `pass`. */
const withoutNulls = (item: unknown) =>
	isRawMap(item)
		? Object.fromEntries(Object.entries(item).filter(([, value]) => value !== null))
		: item;
