import type {IncomingMessage} from 'node:http';
import {isIP} from 'node:net';
import {inNetworks, plainAddress} from '../util/network.ts';

/** What tells where a request comes from. */
type Sent = {
	readonly headers: {readonly [name: string]: string | string[] | undefined};
	readonly socket: {readonly remoteAddress?: string | undefined};
};

/** The address that the connection itself comes from. */
export const socketAddress = (request: Sent): string =>
	plainAddress(request.socket.remoteAddress ?? '');

/**
 * Whom a request comes from: the connection's address, or the nearest forwarded one that no trusted
 * proxy has. `X-Forwarded-For` of anybody else is not believed.
 */
export const peerAddress = (request: Sent, trustedProxies: readonly string[]): string => {
	const hops = forwardedFor(request);
	let peer = socketAddress(request);
	while (inNetworks(peer, trustedProxies)) {
		const hop = hops.pop();
		// Behind what is no address nothing is believed: a stranger may have written it.
		if (hop === undefined || isIP(hop) === 0) break;
		peer = hop;
	}
	return peer;
};

/** Address and port of the connection, as readers are listed. */
export const peerName = (request: IncomingMessage): string => {
	const address = socketAddress(request);
	const host = address.includes(':') ? `[${address}]` : address;
	return `${host}:${request.socket.remotePort ?? 0}`;
};

/** True for the machine itself. */
export const isLoopback = (address: string): boolean =>
	plainAddress(address) === '::1' || /^127(\.\d{1,3}){3}$/.test(plainAddress(address));

const forwardedFor = (request: Sent): string[] => {
	const header = request.headers['x-forwarded-for'];
	const hops = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',');
	return hops.map(hop => plainAddress(withoutPort(hop.trim())));
};

/** Some proxies tell the port as well: `10.1.1.1:5060`, `[::1]:5060`. */
const withoutPort = (hop: string): string =>
	hop.replace(/^\[([^\]]*)\](:\d+)?$/, '$1').replace(/^([\d.]+):\d+$/, '$1');
