import {parseBoolean} from '../../util/boolean.ts';
import {parsed, unparsed} from '../../util/parsed.ts';
import type {Parsed} from '../../util/parsed.ts';
import {parseRate} from '../../util/rate.ts';

/** What `test:` shows; light enough for a small machine unless told otherwise. */
export type TestOptions = {
	width: number;
	height: number;
	/** Pictures a second. */
	frameRate: number;
	/** Pictures from one key frame to the next. */
	gop: number;
	audio: boolean;
	bitrateBps: number;
};

/**
 * Reads `test:?size=1280x720&rate=25&gop=50&audio=no&bitrate=2M`; what is not said is 640x360 at 25,
 * a key frame a second, with a tone, at 800 kbit/s.
 */
export const parseTestSource = (source: string): Parsed<TestOptions> => {
	const query = new URLSearchParams(source.replace(/^[^?]*\??/, ''));
	const options: TestOptions = {...defaults};
	for (const [key, value] of query) {
		const read = Object.hasOwn(readers, key) ? readers[key] : undefined;
		if (!read) return unparsed(`expected one of ${Object.keys(readers).join(', ')}, got ${key}`);
		const found = read(value);
		if (typeof found === 'string') return unparsed(`expected ${key} to be ${found}, got ${value}`);
		Object.assign(options, found);
	}
	if (!query.has('gop')) options.gop = options.frameRate;
	return parsed(options);
};

const defaults: TestOptions = {
	width: 640,
	height: 360,
	frameRate: 25,
	gop: 25,
	audio: true,
	bitrateBps: 800_000,
};

/** By key of the query: the options that a value stands for, or what was expected. */
const readers: Record<string, (value: string) => Partial<TestOptions> | string> = {
	size: readSize,
	rate: value => within(value, {min: 1, max: 120}, frameRate => ({frameRate})),
	gop: value => within(value, {min: 1, max: 3000}, gop => ({gop})),
	audio: value => {
		const audio = parseBoolean(value);
		return audio === undefined ? 'yes or no' : {audio};
	},
	bitrate: value => {
		const bitrateBps = parseRate(value);
		const fits = bitrateBps !== undefined && bitrateBps >= 1000 && bitrateBps <= 100_000_000;
		return fits ? {bitrateBps} : 'a rate such as 2M, at most 100M';
	},
};

/** Encoders want even numbers. */
function readSize(value: string): Partial<TestOptions> | string {
	const [width = 0, height = 0] = /^\d{1,4}x\d{1,4}$/.test(value)
		? value.split('x').map(Number)
		: [];
	const fits = [width, height].every(side => side >= 16 && side <= 4096 && side % 2 === 0);
	return fits ? {width, height} : 'two even numbers from 16 to 4096 such as 1280x720';
}

const within = (
	value: string,
	{min, max}: {min: number; max: number},
	options: (number: number) => Partial<TestOptions>,
): Partial<TestOptions> | string => {
	const number = /^\d{1,6}$/.test(value) ? Number(value) : NaN;
	return number >= min && number <= max ? options(number) : `a number from ${min} to ${max}`;
};
