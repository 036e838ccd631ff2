import {MediaError} from '../errors.ts';
import type {Address} from '../util/address.ts';
import {formatAddress} from '../util/address.ts';
import type {HttpListener, SocketMaker} from './server.ts';

/** The listeners of those addresses that are not off, by the key of the configuration. */
export const httpListeners = (
	addresses: Readonly<Record<string, Readonly<Address> | null>>,
): HttpListener[] =>
	Object.entries(addresses).flatMap(([name, address]) => (address ? [{name, ...address}] : []));

/** Makes sockets, and says of one that cannot be made which key of the configuration asked for it. */
export const namingSockets = (
	native: SocketMaker,
	listeners: readonly HttpListener[],
): SocketMaker => ({
	listen(spec) {
		try {
			return native.listen(spec);
		} catch (cause) {
			const {name} = listeners.find(it => it.host === spec.host && it.port === spec.port) ?? {};
			throw refusal({key: name ?? 'httpAddress', address: formatAddress(spec), cause});
		}
	},
});

type Refused = {key: string; address: string; cause: unknown};

const refusal = ({key, address, cause}: Refused): MediaError => {
	const {code = '', message = String(cause)} = cause as {code?: string; message?: string};
	const reason = reasons[code] ?? message;
	const sentence = `Cannot listen on ${address}: ${reason}; set ${key} to another address`;
	return new MediaError('LISTEN_REFUSED', sentence, {key, address, cause});
};

const reasons: Record<string, string> = {
	EADDRINUSE: 'another program listens there',
	EADDRNOTAVAIL: 'this machine has no such address',
	EACCES: 'this user may not',
};
