// Master keys of SRTP (RFC 3711), and how SDP carries them in plain text (RFC 4568).
import {randomBytes} from 'node:crypto';

export type SrtpSuite = 'AES_CM_128_HMAC_SHA1_80' | 'AES_CM_128_HMAC_SHA1_32';

export type SrtpKey = {
	suite: SrtpSuite;
	/** The key and its salt, one behind the other. */
	key: Uint8Array;
};

/** 128 bits of key and 112 of salt. */
export const keyBytes = 30;

export const makeSrtpKey = (suite: SrtpSuite = 'AES_CM_128_HMAC_SHA1_80'): SrtpKey => ({
	suite,
	key: randomBytes(keyBytes),
});

/** The value of `a=crypto`; undefined: a suite or a form that is not understood. */
export const parseCrypto = (value: string): SrtpKey | undefined => {
	const [, suite = '', inline = '', more = ''] = cryptoPattern.exec(value) ?? [];
	const key = Buffer.from(inline, 'base64');
	if (!isSuite(suite) || key.length !== keyBytes) return undefined;
	// Keys with a number of their own (MKI), and streams that are half protected, are not understood.
	if (/\|\d+:\d+/.test(more) || /UNENCRYPTED|UNAUTHENTICATED/.test(more)) return undefined;
	return {suite, key};
};

export const formatCrypto = ({suite, key}: SrtpKey): string =>
	`1 ${suite} inline:${Buffer.from(key).toString('base64')}`;

const cryptoPattern = /^\d{1,9}\s+(\w{1,40})\s+inline:([A-Za-z0-9+/=]{40})((?:[|\s].*)?)$/s;

const isSuite = (text: string): text is SrtpSuite =>
	text === 'AES_CM_128_HMAC_SHA1_80' || text === 'AES_CM_128_HMAC_SHA1_32';
