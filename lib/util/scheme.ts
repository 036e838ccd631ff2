/** What stands before the first colon of a source, in lower case: `rtsp`, `file`, `gstreamer` ... */
export const schemeOf = (source: string): string =>
	/^[a-z][a-z0-9+.-]*(?=:)/i.exec(source)?.[0].toLowerCase() ?? '';
