// Who may ask the API for what. Reading needs what the users of the configuration allow; changing needs a user, or
// somebody who sits at this machine and whom no web page has sent.
import type {IncomingMessage} from 'node:http';
import {isIP} from 'node:net';
import type {Gatekeeper} from '../auth/gatekeeper.ts';
import type {Config} from '../config/schema.ts';
import {accessRequest} from '../http/access.ts';
import {MediaError} from '../errors.ts';
import {isLoopback, socketAddress} from '../http/peer.ts';
import {inNetworks} from '../util/network.ts';

/** Without `authInternalUsers` there are no users, and can be none. */
export type GuardConfig = Pick<Config, 'trustedProxies'> &
	Partial<Pick<Config, 'authInternalUsers'>> & {gatekeeper?: Pick<Gatekeeper, 'judge'>};

export type Access = {
	/** The permission that a user needs. */
	action: 'api' | 'metrics';
	/** True: the request changes something. */
	isChange: boolean;
};

/** Resolves when the request is allowed; throws API_UNAUTHORIZED or API_FORBIDDEN with the reason. */
export const guard = async (
	request: IncomingMessage,
	{action, isChange}: Access,
	config: GuardConfig,
): Promise<void> => {
	if (isChange) checkOrigin(request, config);
	const {authInternalUsers: all = [], gatekeeper} = config;
	if (!isChange && all.length === 0) return;
	// The user `any` is whoever a stranger's web page makes send something: that is no user to change things.
	const users = isChange ? all.filter(({user}) => user !== 'any') : all;
	const asked = accessRequest(request, {action, path: ''}, config);
	const verdict = await gatekeeper?.judge(asked, users);
	if (verdict?.type === 'allowed') return;
	if (verdict && verdict.type !== 'nobody') refuseUser(verdict.type === 'denied', action);
	const reason = whyNotLocal(request);
	if (reason === undefined) return;
	if (users.some(({permissions}) => permissions.some(permission => permission.action === action)))
		throw new MediaError('API_UNAUTHORIZED', `Expected a user with the permission ${action}`);
	if (!config.authInternalUsers) throw new MediaError('API_FORBIDDEN', reason);
	throw new MediaError(
		'API_FORBIDDEN',
		`${reason}; a user in authInternalUsers with the permission ${action} may do this from anywhere`,
		{key: 'authInternalUsers'},
	);
};

/** Why this is not somebody at this machine; undefined: it is. */
const whyNotLocal = (request: IncomingMessage): string | undefined => {
	const address = socketAddress(request);
	if (!isLoopback(address)) return `Expected a request from this machine, got one from ${address}`;
	const forwarded = Object.keys(request.headers).find(
		name => name === 'forwarded' || name === 'via' || name.startsWith('x-forwarded-'),
	);
	if (forwarded) return `Expected a request without a proxy, got the header ${forwarded}`;
	// Another name may be one that a stranger's web page made lead here (DNS rebinding).
	return isLocalHost(request.headers.host)
		? undefined
		: 'Expected the Host to be an IP address or localhost';
};

/** A browser says whose page sends it; only our own may change something, even with a password it remembers. */
const checkOrigin = (
	request: IncomingMessage,
	{trustedProxies, authInternalUsers}: GuardConfig,
): void => {
	const {origin} = request.headers;
	if (origin === undefined || ownHosts(request, trustedProxies).includes(hostOfOrigin(origin)))
		return;
	throw new MediaError(
		'API_FORBIDDEN',
		'Expected the Origin to be absent or this server; other pages may not change anything',
		{origin: origin.slice(0, 200), ...(authInternalUsers && {key: 'authInternalUsers'})},
	);
};

/** What `Host` may be called by our own pages; a trusted proxy may have its own name for us. */
const ownHosts = (request: IncomingMessage, trustedProxies: readonly string[]) => {
	const forwarded = request.headers['x-forwarded-host'];
	const isTrusted = inNetworks(socketAddress(request), trustedProxies);
	return [request.headers.host, isTrusted ? String(forwarded ?? '') : undefined]
		.filter(host => host !== undefined && host !== '')
		.map(host => host?.toLowerCase());
};

const hostOfOrigin = (origin: string): string =>
	/^https?:\/\/([^/]+)$/i.exec(origin)?.[1]?.toLowerCase() ?? 'none';

const isLocalHost = (host: string | undefined): boolean => {
	const name = host?.replace(/:\d+$/, '') ?? '';
	const literal = /^\[(.*)\]$/.exec(name)?.[1];
	return literal === undefined
		? name.toLowerCase() === 'localhost' || isIP(name) === 4
		: isIP(literal) === 6;
};

const refuseUser = (isKnownUser: boolean, action: string): never => {
	if (isKnownUser)
		throw new MediaError(
			'API_FORBIDDEN',
			`This user may not do it: expected the permission ${action}`,
			{
				key: 'authInternalUsers',
			},
		);
	throw new MediaError('API_UNAUTHORIZED', 'Expected the name and password of a user');
};
