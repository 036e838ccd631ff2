// What stands for a user's name or password in a configuration: plain, `sha256:` and the hash in base64, `argon2:`
// and the hash as the reference implementation writes it, or `ha1:` and the hash of Digest in hexadecimal.
import * as crypto from 'node:crypto';
import {parsed, unparsed} from './parsed.ts';
import type {Parsed} from './parsed.ts';

export type Secret =
	| {type: 'plain'; text: string}
	| {type: 'sha256'; hash: Buffer}
	/** Of `user:realm:password`, RFC 7616 section 3.4.2. */
	| {type: 'ha1'; algorithm: 'md5' | 'sha256'; hash: string}
	| ({type: 'argon2'; hash: Buffer} & Argon2);

export type Argon2 = {
	algorithm: 'argon2d' | 'argon2i' | 'argon2id';
	/** In KiB. */
	memory: number;
	passes: number;
	parallelism: number;
	salt: Buffer;
};

export const parseSecret = (text: string): Parsed<Secret> => {
	const [, kind = '', rest = ''] = /^(sha256|argon2|ha1):(.*)$/s.exec(text) ?? [];
	return parsers[kind]?.(rest) ?? parsed({type: 'plain', text});
};

/** Whether this is what the secret was made of; takes as long whether it is or not. An `ha1:` stands for no text. */
export const isSecret = async (secret: Secret, given: string): Promise<boolean> => {
	switch (secret.type) {
		case 'plain':
			return isSame(sha256(secret.text), sha256(given));
		case 'sha256':
			return isSame(secret.hash, sha256(given));
		case 'argon2':
			return isSame(secret.hash, await deriveArgon2(secret, given));
		case 'ha1':
			return false;
		default:
			return secret satisfies never;
	}
};

export const isSame = (wanted: Buffer, given: Buffer): boolean =>
	wanted.length === given.length && crypto.timingSafeEqual(wanted, given);

const sha256 = (text: string): Buffer => crypto.createHash('sha256').update(text).digest();

const parsers: Readonly<Record<string, (text: string) => Parsed<Secret>>> = {
	sha256: text =>
		/^[A-Za-z0-9+/]{43}=$/.test(text)
			? parsed({type: 'sha256', hash: Buffer.from(text, 'base64')})
			: unparsed('expected 32 bytes in base64 after sha256:'),
	ha1: text => {
		if (!/^(?:[\da-f]{32}|[\da-f]{64})$/i.test(text))
			return unparsed('expected 16 bytes (MD5) or 32 (SHA-256) in hexadecimal after ha1:');
		const algorithm = text.length === 32 ? 'md5' : 'sha256';
		return parsed({type: 'ha1', algorithm, hash: text.toLowerCase()});
	},
	argon2: text => parseArgon2(text),
};

const argon2Pattern =
	/^\$(argon2(?:id|i|d))\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{16,86})$/;

const parseArgon2 = (text: string): Parsed<Secret> => {
	const match = argon2Pattern.exec(text);
	if (!match) return unparsed('expected $argon2id$v=19$m=...,t=...,p=...$salt$hash after argon2:');
	if (typeof crypto.argon2 !== 'function')
		return unparsed('argon2: needs Node 24.7 or newer, use sha256: here');
	const [, algorithm = 'argon2id', m, t, p, salt = '', hash = ''] = match;
	const [memory, passes, parallelism] = [Number(m), Number(t), Number(p)];
	if (
		memory > maxMemory ||
		memory < 8 * parallelism ||
		passes < 1 ||
		passes > 20 ||
		parallelism < 1
	)
		return unparsed(
			`expected argon2: with m of at most ${maxMemory}, at least 8 p, and t of 1 to 20`,
		);
	return parsed({
		type: 'argon2',
		algorithm: algorithm as Argon2['algorithm'],
		memory,
		passes,
		parallelism,
		salt: Buffer.from(salt, 'base64'),
		hash: Buffer.from(hash, 'base64'),
	});
};

/** In KiB: whoever guesses passwords makes the server take so much. */
const maxMemory = 262_144;

const deriveArgon2 = async (
	{algorithm, memory, passes, parallelism, salt, hash}: Argon2 & {hash: Buffer},
	given: string,
): Promise<Buffer> =>
	new Promise((resolve, reject) => {
		const tagLength = hash.length;
		const options = {message: given, nonce: salt, memory, passes, parallelism, tagLength};
		crypto.argon2(algorithm, options, (error, derived) => {
			if (error) reject(error);
			else resolve(derived);
		});
	});
