import {MediaError} from '../errors.ts';

type Kind = 'session' | 'connection';

/** The one with this id; throws SESSION_NOT_FOUND. */
export const existing = <Item extends {id: string}>(
	kind: Kind,
	items: Item[],
	id: string,
): Item => {
	const found = items.find(item => item.id === id);
	if (found) return found;
	throw missing(kind, id);
};

export const missing = (kind: Kind, id: string): MediaError =>
	new MediaError('SESSION_NOT_FOUND', `There is no ${kind} ${id.slice(0, 80)} now`);
