// How long answers may be kept by caches (draft-pantos-hls-rfc8216bis section 6.2.5.1 and appendix B): all in target
// durations, so that many viewers behind one cache are one to the server.
import {MediaError} from '../../errors.ts';

export type Caching = 'waited' | 'plain' | 'error' | 'media';

const targets: Readonly<Record<Caching, number>> = {waited: 6, plain: 0.5, error: 1, media: 6};

/** Cache-Control of an answer; names of media stand for the same bytes for ever. */
export const cacheControl = (caching: Caching, targetDuration: number): string => {
	const seconds = Math.floor(targets[caching] * targetDuration);
	return `public, max-age=${seconds}${caching === 'media' ? ', immutable' : ''}`;
};

/** An answer that holds for everybody who asks the same, and for a while. */
export const isShared = (error: unknown): boolean =>
	error instanceof MediaError && shared.has(error.code);

const shared: ReadonlySet<string> = new Set(['HLS_GONE', 'HLS_NO_NEWS', 'HLS_RELOAD_INVALID']);
