import {MediaError} from '../../errors.ts';

export type SnapshotFormat = 'jpg' | 'png' | 'webp';

/** By format, the type of the answer's content. */
export const snapshotTypes: Readonly<Record<SnapshotFormat, string>> = {
	jpg: 'image/jpeg',
	png: 'image/png',
	webp: 'image/webp',
};

/** What is asked for; 0 pixels = as the picture is, or by the aspect ratio. */
export type SnapshotWish = {
	format: SnapshotFormat;
	width: number;
	height: number;
	quality: number;
	/** False: never starts a source; what was taken last is good enough. */
	start: boolean;
};

/** The format by the last segment of a URL's path; undefined: no snapshot. */
export const parseSnapshotName = (file: string): SnapshotFormat | undefined => {
	const match = /^snapshot\.(?:(jpg|jpeg)|(png)|(webp))$/.exec(file);
	if (!match) return undefined;
	return match[1] ? 'jpg' : match[2] ? 'png' : 'webp';
};

/** Reads the query; throws what is answered when a value is out of range. */
export const parseWish = (format: SnapshotFormat, query: URLSearchParams): SnapshotWish => ({
	format,
	width: integer(query, 'width', {min: 16, max: 4096, otherwise: 0}),
	height: integer(query, 'height', {min: 16, max: 4096, otherwise: 0}),
	quality: format === 'png' ? 0 : integer(query, 'quality', {min: 1, max: 100, otherwise: 85}),
	start: yes(query, 'start'),
});

/** The same for all wishes that are met by the same picture. */
export const wishKey = ({format, width, height, quality}: SnapshotWish): string =>
	`${format}-${width}x${height}-${quality}`;

const integer = (
	query: URLSearchParams,
	key: string,
	{min, max, otherwise}: {min: number; max: number; otherwise: number},
): number => {
	const text = query.get(key);
	if (text === null || text === '') return otherwise;
	const number = /^\d{1,6}$/.test(text) ? Number(text) : NaN;
	if (number >= min && number <= max) return number;
	throw new MediaError(
		'SNAPSHOT_INVALID',
		`Expected \`${key}\` to be a whole number from ${min} to ${max}, got "${text.slice(0, 40)}"`,
		{key},
	);
};

const yes = (query: URLSearchParams, key: string): boolean => {
	const text = query.get(key) ?? '';
	if (['', 'yes', 'true', 'on', '1'].includes(text)) return true;
	if (['no', 'false', 'off', '0'].includes(text)) return false;
	throw new MediaError(
		'SNAPSHOT_INVALID',
		`Expected \`${key}\` to be yes or no, got "${text.slice(0, 40)}"`,
		{key},
	);
};
