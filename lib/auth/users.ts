// Which users may do what, as MediaMTX decides it: user, address and permission of the same entry.
import {parsePattern} from '../config/pattern.ts';
import type {UserConfig} from '../config/schema.ts';
import {inNetworks, placeOf} from '../util/network.ts';
import {isSame, parseSecret} from '../util/secret.ts';
import type {Secret} from '../util/secret.ts';
import type {Credentials} from './authorization.ts';
import {digestOf, digestSecret, hashOf} from './digest.ts';
import type {Passwords} from './passwords.ts';

export type Action = UserConfig['permissions'][number]['action'];

/** What somebody wants to do. */
export type Access = {
	action: Action;
	/** The path it is about, empty when it is about none. */
	path: string;
	/** Address of the peer. */
	ip: string;
};

/** The realm of all challenges, and of `ha1:` in the configuration. */
export const realm = 'sluice';

/** Whether whoever this user is may do it. */
export const mayDo = ({ips, permissions}: UserConfig, {action, path, ip}: Access): boolean =>
	(ips.length === 0 || inNetworks(ip, ips)) &&
	permissions.some(permission => permission.action === action && isPathOf(permission.path, path));

/** Everybody, with whatever credentials. */
export const isAnybody = ({user}: UserConfig): boolean => user === 'any';

/** Whether no entry has this name; one that is stored as a hash may be anybody's. */
export const isStranger = (users: readonly UserConfig[], name: string): boolean =>
	users.every(({user}) => {
		const secret = secretOf(user);
		return secret.type === 'plain' && secret.text !== name;
	});

/** Who says to be whom. */
export type Claim = {credentials: Credentials; method: string; ip: string};

/**
 * The entries that name and password belong to. Passwords are looked at where the name fits, and once each; a wrong one
 * takes as long for a name that there is as for one that there is not.
 */
export const findUsers = async (
	users: readonly UserConfig[],
	claim: Claim,
	passwords: Passwords,
): Promise<UserConfig[]> => {
	const {user} = claim.credentials;
	const named = await filterBy(users, 'user', async text => isText(text, user, {claim, passwords}));
	const found = await filterBy(named, 'pass', async text => isPass(text, {claim, passwords}));
	if (found.length === 0) await pretend(users, named, {claim, passwords});
	return found;
};

type Asked = {claim: Claim; passwords: Passwords};

/** Those whose field is right; a text that several have is looked at once. */
const filterBy = async (
	users: readonly UserConfig[],
	field: 'user' | 'pass',
	isRight: (text: string) => Promise<boolean>,
): Promise<UserConfig[]> => {
	const right = new Set<string>();
	for (const text of new Set(users.map(user => user[field])))
		if (await isRight(text)) right.add(text);
	return users.filter(user => right.has(user[field]));
};

const isText = async (text: string, given: string, {claim, passwords}: Asked): Promise<boolean> =>
	passwords.isRight({text, secret: secretOf(text), given, place: placeOf(claim.ip)});

const isPass = async (text: string, asked: Asked): Promise<boolean> => {
	const {credentials, method} = asked.claim;
	const secret = secretOf(text);
	if (credentials.scheme === 'digest') return isResponse(secret, credentials, method);
	if (secret.type !== 'ha1') return isText(text, credentials.password, asked);
	const {user, password} = credentials;
	const given = digestSecret(secret.algorithm, {user, realm, password});
	return isSame(Buffer.from(secret.hash), Buffer.from(given));
};

/** Does what it takes to look at the slowest password there is, unless that was done. */
const pretend = async (
	users: readonly UserConfig[],
	named: readonly UserConfig[],
	asked: Asked,
): Promise<void> => {
	const {credentials} = asked.claim;
	const isSlow = ({pass}: UserConfig) => secretOf(pass).type === 'argon2';
	const slow = users.find(isSlow);
	if (credentials.scheme === 'digest' || !slow || named.some(isSlow)) return;
	await isText(slow.pass, credentials.password, asked);
};

/** The algorithms of Digest that can be answered for this user's password. */
export const digestsOf = (user: UserConfig): ('md5' | 'sha256')[] => {
	const pass = secretOf(user.pass);
	if (pass.type === 'plain') return ['sha256', 'md5'];
	return pass.type === 'ha1' ? [pass.algorithm] : [];
};

const isResponse = (
	pass: Secret,
	{user, response, ...facts}: Extract<Credentials, {scheme: 'digest'}>,
	method: string,
): boolean => {
	const algorithm = hashOf(facts.algorithm);
	const secret =
		pass.type === 'plain'
			? digestSecret(algorithm, {user, realm, password: pass.text})
			: pass.type === 'ha1' && pass.algorithm === algorithm
				? pass.hash
				: undefined;
	if (secret === undefined || facts.realm !== realm) return false;
	return isSame(Buffer.from(digestOf(secret, {...facts, method})), Buffer.from(response));
};

const secretOf = (text: string): Secret => {
	const secret = parseSecret(text);
	return secret.ok ? secret.value : {type: 'plain', text};
};

const isPathOf = (pattern: string, path: string): boolean => {
	if (pattern === '') return true;
	return pattern.startsWith('~') ? parsePattern(pattern)?.test(path) === true : pattern === path;
};
