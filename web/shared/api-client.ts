import type {ApiError, PathList, PathView} from '../../lib/api/types.ts';

/** An answer of the server that is not what was asked for. */
export class ServerError extends Error {
	readonly status: number;
	readonly code: string;

	constructor(status: number, {error, code}: {error: string; code: string}) {
		super(error);
		this.status = status;
		this.code = code;
	}
}

/** All paths, however many pages of the list they fill. */
export const fetchPaths = async (signal?: AbortSignal): Promise<PathView[]> => {
	const paths: PathView[] = [];
	for (let page = 0; ; page++) {
		const list = await fetchJson<PathList>(`/v3/paths/list?itemsPerPage=500&page=${page}`, signal);
		paths.push(...list.items);
		if (page + 1 >= list.pageCount) return paths;
	}
};

/** One path. */
export const fetchPath = (name: string, signal?: AbortSignal): Promise<PathView> =>
	fetchJson(`/v3/paths/get/${encodeName(name)}`, signal);

/** A path's name as a part of a URL; its slashes stay. */
export const encodeName = (name: string): string =>
	name.split('/').map(encodeURIComponent).join('/');

/** The error in a body, if it is one of ours. */
export const parseError = (status: number, text: string): ServerError => {
	try {
		const body = JSON.parse(text) as Partial<ApiError>;
		return new ServerError(status, {error: body.error ?? text, code: body.code ?? ''});
	} catch {
		return new ServerError(status, {error: `The server answered ${status}`, code: ''});
	}
};

const fetchJson = async <Body>(url: string, signal?: AbortSignal): Promise<Body> => {
	const response = await fetch(url, {cache: 'no-store', ...(signal && {signal})});
	if (!response.ok) throw parseError(response.status, await response.text());
	return (await response.json()) as Body;
};
