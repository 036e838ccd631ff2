// What the names of paths are made of, and which of them the server's own addresses take.

/** One segment between slashes; `.` and `..` are refused where names are chosen, URLs have none. */
export const isSegment = (text: string): boolean => /^[A-Za-z0-9_.~-]+$/.test(text);

/** First segments that are the server's own pages. */
export const isFirstTaken = (segment: string): boolean =>
	['v3', 'metrics', 'healthz', 'readyz', 'stats', 'wall', 'assets'].includes(segment);

/** Last segments behind a path's name that are the stream itself. */
export const isLastTaken = (segment: string): boolean =>
	/^(live|whep|whip|index\.m3u8|live\.flv|snapshot\..*)$/.test(segment);
