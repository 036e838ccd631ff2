import {MediaError} from '../errors.ts';

/** The one with this id; throws SESSION_NOT_FOUND. */
export const existing = <Item extends {id: string}>(items: Item[], id: string): Item => {
	const found = items.find(item => item.id === id);
	if (found) return found;
	throw missing(id);
};

export const missing = (id: string): MediaError =>
	new MediaError('SESSION_NOT_FOUND', `There is no ${id.slice(0, 80)} now`);
