import {MediaError} from '../errors.ts';
import type {Page} from './types.ts';

/** One page of a list, with the counts of MediaMTX's lists. */
export const paginate = <Item>(
	items: readonly Item[],
	{page, itemsPerPage}: {page: number; itemsPerPage: number},
): Page<Item> => ({
	itemCount: items.length,
	pageCount: Math.ceil(items.length / itemsPerPage),
	items: items.slice(page * itemsPerPage, (page + 1) * itemsPerPage),
});

/** Reads `page` (from 0) and `itemsPerPage` (100) of a query. */
export const parsePaging = (query: URLSearchParams): {page: number; itemsPerPage: number} => ({
	page: integer(query, 'page', {min: 0, otherwise: 0}),
	itemsPerPage: integer(query, 'itemsPerPage', {min: 1, otherwise: 100}),
});

const integer = (
	query: URLSearchParams,
	key: string,
	{min, otherwise}: {min: number; otherwise: number},
): number => {
	const text = query.get(key) ?? '';
	if (text === '') return otherwise;
	const number = /^\d{1,9}$/.test(text) ? Number(text) : -1;
	if (number >= min) return number;
	throw new MediaError(
		'API_INVALID',
		`Expected \`${key}\` to be a whole number from ${min} to 999999999, got "${text.slice(0, 40)}"`,
		{key},
	);
};
