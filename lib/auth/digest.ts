// RFC 7616 section 3.4: what both sides of Digest compute.
import {createHash} from 'node:crypto';
import type {Algorithm} from './challenge.ts';

export type DigestFacts = {
	algorithm: Algorithm;
	nonce: string;
	qop: 'auth' | undefined;
	method: string;
	/** Exactly as in the Authorization header. */
	uri: string;
	cnonce: string;
	/** How often this nonce was used, this time included, as eight hexadecimal digits. */
	count: string;
};

/** HA1 of the plain algorithm (without `-sess`): what may be stored in the place of a password. */
export const digestSecret = (
	algorithm: 'md5' | 'sha256',
	{user, realm, password}: {user: string; realm: string; password: string},
): string => hash(algorithm, `${user}:${realm}:${password}`);

/** The value of `response=`. */
export const digestOf = (secret: string, facts: DigestFacts): string => {
	const {algorithm, nonce, qop, method, uri, cnonce, count} = facts;
	const kind = hashOf(algorithm);
	const session = algorithm.endsWith('-sess') ? hash(kind, `${secret}:${nonce}:${cnonce}`) : secret;
	const asked = hash(kind, `${method}:${uri}`);
	return qop
		? hash(kind, `${session}:${nonce}:${count}:${cnonce}:${qop}:${asked}`)
		: hash(kind, `${session}:${nonce}:${asked}`);
};

export const hashOf = (algorithm: Algorithm): 'md5' | 'sha256' =>
	algorithm.startsWith('SHA-256') ? 'sha256' : 'md5';

const hash = (algorithm: 'md5' | 'sha256', text: string): string =>
	createHash(algorithm).update(text).digest('hex');
