// RFC 7616 (Digest) and RFC 7617 (Basic), the asking side.
import {randomBytes} from 'node:crypto';
import {
	byStrength,
	kindOf,
	parseAuthParameters,
	parseChallenges,
	quote,
} from '../../auth/challenge.ts';
import type {Challenge, ChallengeKind} from '../../auth/challenge.ts';
import {digestOf, digestSecret, hashOf} from '../../auth/digest.ts';
import {headersOf} from './message.ts';
import type {RtspResponse} from './message.ts';

export type Login = {user: string; password: string};

export type DigestInput = Login & {
	challenge: Extract<Challenge, {scheme: 'digest'}>;
	method: string;
	/** Exactly as on the request line: cameras compare it as text. */
	uri: string;
	cnonce: string;
	/** How often this nonce was used, this time included. */
	count: number;
};

/** The value of `response=`. */
export const digestResponse = (input: DigestInput): string => {
	const {challenge, user, password, method, uri, cnonce} = input;
	const {realm, nonce, algorithm, qop} = challenge;
	const secret = digestSecret(hashOf(algorithm), {user, realm, password});
	return digestOf(secret, {algorithm, nonce, qop, method, uri, cnonce, count: countOf(input)});
};

/** The value of an Authorization header. */
export const formatDigest = (input: DigestInput): string => {
	const {challenge, user, uri, cnonce} = input;
	const {realm, nonce, opaque, algorithm, isAlgorithmNamed, qop} = challenge;
	const isCnonceNeeded = qop !== undefined || algorithm.endsWith('-sess');
	const parts = [
		`username=${quote(user)}`,
		`realm=${quote(realm)}`,
		`nonce=${quote(nonce)}`,
		`uri=${quote(uri)}`,
		`response="${digestResponse(input)}"`,
		...(opaque === undefined ? [] : [`opaque=${quote(opaque)}`]),
		...(isAlgorithmNamed ? [`algorithm=${algorithm}`] : []),
		...(qop ? [`qop=${qop}`, `nc=${countOf(input)}`] : []),
		...(isCnonceNeeded ? [`cnonce=${quote(cnonce)}`] : []),
	];
	return `Digest ${parts.join(', ')}`;
};

export const formatBasic = ({user, password}: Login): string =>
	`Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

export type AuthenticatorOptions = {
	/** False: the password went to another host before, so it is never said in plain words here. */
	allowBasic?: boolean;
};

/**
 * Answers a camera's challenges with one user's credentials: the strongest kind first, the next one
 * when that is refused, a new nonce whenever the camera gives one.
 */
export class Authenticator {
	readonly #credentials: Login | undefined;
	readonly #allowBasic: boolean;
	readonly #refused = new Set<ChallengeKind>();
	#challenge: Challenge | undefined;
	#cnonce = newCnonce();
	#count = 0;
	#isTried = false;
	#isAccepted = false;

	constructor(credentials?: Login, {allowBasic = true}: AuthenticatorOptions = {}) {
		this.#credentials = credentials;
		this.#allowBasic = allowBasic;
	}

	/** The Authorization header of the next request; undefined as long as nobody asked for one. */
	authorize(method: string, uri: string): string | undefined {
		const challenge = this.#challenge;
		if (!challenge || !this.#credentials) return undefined;
		this.#isTried = true;
		if (challenge.scheme === 'basic') return formatBasic(this.#credentials);
		const count = ++this.#count;
		const cnonce = this.#cnonce;
		return formatDigest({...this.#credentials, challenge, method, uri, cnonce, count});
	}

	/** Takes a 401. False: there is no other answer left to try. */
	challenged(response: RtspResponse): boolean {
		if (!this.#credentials) return false;
		const offered = byStrength(parseChallenges(headersOf(response, 'WWW-Authenticate')));
		const challenge = this.#renewed(offered) ?? this.#next(offered);
		if (!challenge) return false;
		this.#take(challenge);
		return true;
	}

	/** Takes an answer that is no 401: what was sent was good, and the next nonce may come with it. */
	accepted(response: RtspResponse): void {
		if (!this.#isTried) return;
		this.#isAccepted = true;
		const [given] = this.#sameKind(parseChallenges(headersOf(response, 'WWW-Authenticate')));
		const [info] = headersOf(response, 'Authentication-Info');
		const nonce = info && parseAuthParameters(info).get('nextnonce');
		if (given) this.#take(given, true);
		else if (nonce && this.#challenge?.scheme === 'digest')
			this.#take({...this.#challenge, nonce}, true);
	}

	/** The same kind again: its nonce went stale, or it was good before and the nonce is a new one. */
	#renewed(offered: Challenge[]): Challenge | undefined {
		const current = this.#challenge;
		if (!this.#isTried || current?.scheme !== 'digest') return undefined;
		return this.#sameKind(offered).find(
			challenge =>
				challenge.scheme === 'digest' &&
				challenge.nonce !== current.nonce &&
				(challenge.isStale || this.#isAccepted),
		);
	}

	#sameKind(offered: Challenge[]): Challenge[] {
		const current = this.#challenge;
		return current ? offered.filter(challenge => kindOf(challenge) === kindOf(current)) : [];
	}

	#next(offered: Challenge[]): Challenge | undefined {
		if (this.#challenge && this.#isTried) this.#refused.add(kindOf(this.#challenge));
		return offered.find(
			challenge =>
				!this.#refused.has(kindOf(challenge)) && (this.#allowBasic || challenge.scheme !== 'basic'),
		);
	}

	#take(challenge: Challenge, isAccepted = false): void {
		const current = this.#challenge;
		const isSameNonce =
			challenge.scheme === 'digest' &&
			current?.scheme === 'digest' &&
			current.nonce === challenge.nonce;
		if (!isSameNonce) {
			this.#count = 0;
			this.#cnonce = newCnonce();
		}
		this.#challenge = challenge;
		this.#isTried = isAccepted;
		this.#isAccepted = isAccepted;
	}
}

const newCnonce = (): string => randomBytes(8).toString('hex');

const countOf = ({count}: DigestInput): string => count.toString(16).padStart(8, '0');
