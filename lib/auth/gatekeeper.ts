import type {Logger} from 'pino';
import type {UserConfig} from '../config/schema.ts';
import {MediaError} from '../errors.ts';
import {RateLimited} from '../observe/rate-limited.ts';
import {parseAuthorization} from './authorization.ts';
import type {Credentials} from './authorization.ts';
import {formatChallenge} from './challenge.ts';
import type {Algorithm} from './challenge.ts';
import {Failures} from './failures.ts';
import {Known} from './known.ts';
import {Nonces} from './nonces.ts';
import {Passwords} from './passwords.ts';
import {digestsOf, findUsers, isAnybody, mayDo, realm} from './users.ts';
import type {Access} from './users.ts';

export type AccessRequest = Access & {
	/** The Authorization header. */
	authorization: string | undefined;
	method: string;
	/** Whether the URI within Digest credentials is about this request. */
	isUri: (uri: string) => boolean;
	/** Credentials of another are none; all unless told. */
	schemes?: readonly Scheme[];
};

export type Verdict =
	/** `user` is empty where nobody was asked for. */
	| {type: 'allowed'; user: string}
	/** Nobody in particular asks; `isStale`: with a nonce that is too old. */
	| {type: 'nobody'; isStale: boolean}
	/** A user, but not one who may. */
	| {type: 'denied'}
	| {type: 'wrong'};

export type GatekeeperOptions = {
	/** Asked anew each time, so that a reload takes effect at once. None: everybody may everything. */
	users: () => readonly UserConfig[];
	logger: Logger;
	failures?: Failures;
	nonces?: Nonces;
	passwords?: Passwords;
};

type Claim = {
	credentials: Credentials;
	request: AccessRequest;
	/** Those who may do it. */
	able: readonly UserConfig[];
	users: readonly UserConfig[];
};

export type Scheme = 'basic' | 'digest';

/** Knows the users and who they say they are; the same one for all protocols. */
export class Gatekeeper {
	readonly #users: () => readonly UserConfig[];
	readonly #failures: Failures;
	readonly #known = new Known();
	readonly #nonces: Nonces;
	readonly #passwords: Passwords;
	readonly #refused: RateLimited;

	constructor({
		users,
		logger,
		failures = new Failures(),
		nonces = new Nonces(),
		passwords = new Passwords(),
	}: GatekeeperOptions) {
		this.#users = users;
		this.#failures = failures;
		this.#nonces = nonces;
		this.#passwords = passwords;
		this.#refused = new RateLimited({logger, periodMs: 60_000});
	}

	/** The user's name; throws AUTH_REQUIRED, AUTH_FAILED, AUTH_DENIED or AUTH_TOO_OFTEN. */
	async admit(request: AccessRequest): Promise<string> {
		if (this.#users().length === 0) return '';
		const {action, path} = request;
		const verdict = await this.judge(request);
		switch (verdict.type) {
			case 'allowed':
				return verdict.user;
			case 'nobody': {
				const {isStale} = verdict;
				const message = `Expected a user with the permission ${action}`;
				throw new MediaError('AUTH_REQUIRED', message, {path, isStale});
			}
			case 'wrong':
				throw new MediaError('AUTH_FAILED', 'Expected the name and password of a user', {path});
			case 'denied':
				throw new MediaError('AUTH_DENIED', `Expected a user with the permission ${action}`, {
					path,
				});
			default:
				return verdict satisfies never;
		}
	}

	/**
	 * Finds out who asks among `users`. A wrong password is answered late, and later each time; who was right before from
	 * the same place does not wait for it.
	 */
	async judge(request: AccessRequest, users = this.#users()): Promise<Verdict> {
		const able = users.filter(user => mayDo(user, request));
		const credentials = parseAuthorization(request.authorization);
		// Nobody looked whether it is the user's name.
		if (able.some(isAnybody)) return {type: 'allowed', user: ''};
		if (!credentials || request.schemes?.includes(credentials.scheme) === false)
			return {type: 'nobody', isStale: false};
		if (!this.#isFresh(credentials, request)) return {type: 'nobody', isStale: true};
		const claim = {credentials, request, able, users};
		const verdict = (await this.#recognize(claim)) ?? (await this.#checkInTurn(claim));
		if (verdict.type !== 'wrong') this.#known.add(request.ip, credentials);
		return verdict;
	}

	/** Undefined: whoever it is, it was not so before. */
	async #recognize(claim: Claim): Promise<Verdict | undefined> {
		const {credentials, request} = claim;
		const {ip} = request;
		if (!this.#known.has(ip, credentials) || this.#failures.isFlooded(ip)) return undefined;
		const verdict = await this.#check(claim);
		return verdict.type === 'wrong' ? undefined : verdict;
	}

	async #checkInTurn(claim: Claim): Promise<Verdict> {
		const {credentials, request} = claim;
		await this.#failures.turn(request.ip);
		const verdict = await this.#check(claim);
		if (verdict.type === 'wrong') this.#note(credentials, request);
		else this.#failures.succeeded(request.ip, credentials.user);
		return verdict;
	}

	async #check({credentials, request, able, users}: Claim): Promise<Verdict> {
		const {method, ip, isUri} = request;
		if (credentials.scheme === 'digest' && !isUri(credentials.uri)) return {type: 'wrong'};
		const named = users.filter(user => !isAnybody(user));
		const found = await findUsers(named, {credentials, method, ip}, this.#passwords);
		if (found.some(user => able.includes(user))) return {type: 'allowed', user: credentials.user};
		return {type: found.length > 0 ? 'denied' : 'wrong'};
	}

	/**
	 * What WWW-Authenticate says to a request, the strongest first. Beside Basic, Digest is offered where every user could
	 * answer it, without where any could. None: there is no way for any of them.
	 */
	challenges(access: Access, schemes: readonly Scheme[], isStale = false): string[] {
		const able = this.#users().filter(user => mayDo(user, access) && !isAnybody(user));
		const nonce = this.#nonces.make(access.ip);
		const hasBasic = schemes.includes('basic');
		const isOffered = (algorithm: 'md5' | 'sha256') => {
			const can = able.map(user => digestsOf(user).includes(algorithm));
			return schemes.includes('digest') && (hasBasic ? !can.includes(false) : can.includes(true));
		};
		const digest = (algorithm: Algorithm, isAlgorithmNamed: boolean) =>
			formatChallenge({
				...{scheme: 'digest', realm, nonce, opaque: undefined, qop: undefined},
				...{algorithm, isAlgorithmNamed, isStale},
			});
		return [
			// Clients that know one kind of Digest take the last (ffmpeg, live555).
			...(isOffered('sha256') ? [digest('SHA-256', true)] : []),
			...(isOffered('md5') ? [digest('MD5', false)] : []),
			...(hasBasic ? [formatChallenge({scheme: 'basic', realm})] : []),
		];
	}

	close(): void {
		this.#refused.close();
	}

	/** A nonce of another process is as good as an old one: the client asks again with a new one. */
	#isFresh(credentials: Credentials, {ip}: AccessRequest): boolean {
		return credentials.scheme === 'basic' || this.#nonces.check(credentials.nonce, ip) === 'fresh';
	}

	#note({user}: Credentials, {ip, action, path}: AccessRequest): void {
		this.#failures.failed(ip, user);
		const what = path === '' ? action : `${action} ${path}`;
		this.#refused.note(
			`wrong user or password from ${ip}: ${JSON.stringify(user.slice(0, 40))}, to ${what}`,
		);
	}
}
