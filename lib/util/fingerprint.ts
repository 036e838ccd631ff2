/** The SHA-256 of a certificate in hexadecimal, with colons or without. */
export const isFingerprint = (text: string): boolean =>
	/^[0-9a-f]{64}$/i.test(text.replaceAll(':', ''));

/** As it is written to compare: small letters, no colons. */
export const plainFingerprint = (text: string): string => text.replaceAll(':', '').toLowerCase();
