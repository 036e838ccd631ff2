import {createHash, timingSafeEqual} from 'node:crypto';
import {inNetworks} from '../util/network.ts';
import {parsePattern} from './pattern.ts';
import type {Report} from './report.ts';
import type {Config, UserConfig} from './schema.ts';

/** What somebody wants to do, and who they say they are; `user` and `pass` are empty without credentials. */
export type AccessRequest = {
	action: UserConfig['permissions'][number]['action'];
	/** The path it is about, empty when it is about none. */
	path: string;
	user: string;
	pass: string;
	/** Address of the peer. */
	ip: string;
};

/** Whether one of the users may do this, as MediaMTX decides it: user, address and permission of the same entry. */
export const isAllowed = (users: readonly UserConfig[], request: AccessRequest): boolean =>
	users.some(
		user => isUser(user, request) && isFrom(user, request) && hasPermission(user, request),
	);

/** Whether these are the credentials of a user other than `any`. */
export const isKnown = (
	users: readonly UserConfig[],
	request: Pick<AccessRequest, 'user' | 'pass'>,
) => users.some(user => user.user !== 'any' && isUser(user, request));

/** Forms in which files say: every path. */
const wholePatterns = ['', '~', '~.*', '~^.*$', '~^'];

/** Readers are not asked for a password by this version: to ignore that a file wants it would open it to all. */
export function checkUsers({authInternalUsers}: Config, report: Report): void {
	authInternalUsers.forEach((user, index) => {
		if (user.user === 'any' && user.pass !== '') {
			report.error(
				['authInternalUsers', index, 'pass'],
				'expected no password, the user any is everybody',
			);
		}
	});
	const isOpen = authInternalUsers.some(
		({user, ips, permissions}) =>
			user === 'any' &&
			(ips.length === 0 || ips.includes('0.0.0.0/0')) &&
			permissions.some(({action, path}) => action === 'read' && wholePatterns.includes(path)),
	);
	if (isOpen || authInternalUsers.length === 0) return;
	report.error(
		['authInternalUsers'],
		'it limits who may read and this version cannot: expected an entry {user: any, permissions: [{action: read}]}',
	);
}

function isUser(entry: UserConfig, {user, pass}: Pick<AccessRequest, 'user' | 'pass'>): boolean {
	if (entry.user === 'any') return true;
	const isName = matches(entry.user, user);
	const isPass = matches(entry.pass, pass);
	return isName && isPass;
}

/** Takes as long whether they are alike or not. */
function matches(credential: string, given: string): boolean {
	const wanted = credential.startsWith('sha256:')
		? Buffer.from(credential.slice('sha256:'.length), 'base64')
		: sha256(credential);
	return wanted.length === 32 && timingSafeEqual(wanted, sha256(given));
}

const sha256 = (text: string) => createHash('sha256').update(text).digest();

const isFrom = ({ips}: UserConfig, {ip}: AccessRequest) => ips.length === 0 || inNetworks(ip, ips);

const hasPermission = ({permissions}: UserConfig, request: AccessRequest) =>
	permissions.some(({action, path}) => action === request.action && isPathOf(path, request.path));

function isPathOf(pattern: string, path: string): boolean {
	if (pattern === '') return true;
	return pattern.startsWith('~') ? parsePattern(pattern)?.test(path) === true : pattern === path;
}
