// What a peer says that is no RTSP server, or not in plain, in words.

/** By what it said first; undefined: it may be RTSP. */
export const otherLanguage = (bytes: Buffer): string | undefined => {
	const [http] = /^HTTP\/\d\.\d \d{3}/.exec(bytes.toString('latin1', 0, 12)) ?? [];
	if (http !== undefined)
		return `The peer speaks HTTP (answered ${http}), expected RTSP: is the port right?`;
	return isTlsAlert(bytes) ? 'The peer speaks TLS, expected RTSP: it may want rtsps://' : undefined;
};

/** RFC 8446 section 5.1. */
const isTlsAlert = ([type, major]: Buffer): boolean => type === 0x15 && major === 3;
