import {encodeName} from './api-client.ts';

/** The newest picture of a path; `ageSeconds` is undefined when it is live. */
export type Thumbnail = {url: string; ageSeconds: number | undefined};

/** Fetches the picture without starting the source; undefined: there is none. The URL is to be revoked. */
export const fetchThumbnail = async (
	name: string,
	width: number,
	signal: AbortSignal,
): Promise<Thumbnail | undefined> => {
	const url = `/${encodeName(name)}/snapshot.jpg?start=no&quality=75&width=${width}`;
	const response = await fetch(url, {signal});
	if (!response.ok) return undefined;
	const isKept = response.headers.get('x-sluice-state') === 'kept';
	return {
		url: URL.createObjectURL(await response.blob()),
		ageSeconds: isKept ? Number(response.headers.get('age') ?? 0) : undefined,
	};
};
