// Which users may do what, as MediaMTX decides it: user, address and permission of the same entry.
import {parsePattern} from '../config/pattern.ts';
import type {UserConfig} from '../config/schema.ts';
import {inNetworks} from '../util/network.ts';
import {isSame, isSecret, parseSecret} from '../util/secret.ts';
import type {Secret} from '../util/secret.ts';
import type {Credentials} from './authorization.ts';
import {digestOf, digestSecret, hashOf} from './digest.ts';

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

/** Whether the credentials are this user's; `method` is that of the request. */
export const isUser = async (
	user: UserConfig,
	credentials: Credentials,
	method: string,
): Promise<boolean> => {
	const [name, pass] = secretsOf(user);
	const isName = await isSecret(name, credentials.user);
	const isPass =
		credentials.scheme === 'basic'
			? await isPassword(pass, credentials)
			: isResponse(pass, credentials, method);
	return isName && isPass;
};

/** The algorithms of Digest that can be answered for this user's password. */
export const digestsOf = (user: UserConfig): ('md5' | 'sha256')[] => {
	const [, pass] = secretsOf(user);
	if (pass.type === 'plain') return ['sha256', 'md5'];
	return pass.type === 'ha1' ? [pass.algorithm] : [];
};

const isPassword = async (
	pass: Secret,
	{user, password}: Extract<Credentials, {scheme: 'basic'}>,
): Promise<boolean> => {
	if (pass.type !== 'ha1') return isSecret(pass, password);
	const given = digestSecret(pass.algorithm, {user, realm, password});
	return isSame(Buffer.from(pass.hash), Buffer.from(given));
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

const secrets = new WeakMap<UserConfig, [name: Secret, pass: Secret]>();

/** Made once for each entry of a configuration, which is frozen and was checked. */
const secretsOf = (user: UserConfig): [name: Secret, pass: Secret] => {
	const known = secrets.get(user);
	if (known) return known;
	const made: [Secret, Secret] = [secretOf(user.user), secretOf(user.pass)];
	secrets.set(user, made);
	return made;
};

const secretOf = (text: string): Secret => {
	const secret = parseSecret(text);
	return secret.ok ? secret.value : {type: 'plain', text};
};

const isPathOf = (pattern: string, path: string): boolean => {
	if (pattern === '') return true;
	return pattern.startsWith('~') ? parsePattern(pattern)?.test(path) === true : pattern === path;
};
