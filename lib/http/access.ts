import type {IncomingMessage} from 'node:http';
import type {AccessRequest} from '../auth/gatekeeper.ts';
import {peerAddress} from './peer.ts';

/** Resolves when whoever sent the request may have the media of this path; rejects with the reason. */
export type ReadAccess = (request: IncomingMessage, path: string) => Promise<void>;

/** A request for media, as the gatekeeper looks at it. */
export const readAccess =
	(
		gatekeeper: {admit(request: AccessRequest): Promise<unknown>},
		settings: () => {readonly trustedProxies: readonly string[]},
	): ReadAccess =>
	async (request, path) => {
		await gatekeeper.admit(accessRequest(request, {action: 'read', path}, settings()));
	};

/** Whom a request comes from, and who they say they are. */
export const accessRequest = (
	request: IncomingMessage,
	access: Pick<AccessRequest, 'action' | 'path'>,
	{trustedProxies}: {readonly trustedProxies: readonly string[]},
): AccessRequest => ({
	...access,
	ip: peerAddress(request, trustedProxies),
	authorization: request.headers.authorization,
	method: request.method ?? '',
	isUri: uri => uri === request.url,
});
