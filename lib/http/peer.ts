import type {IncomingMessage} from 'node:http';
import {BlockList, isIP} from 'node:net';

/** An address without the form that IPv4 takes on an IPv6 socket. */
export const plainAddress = (address: string): string =>
	address.replace(/^::ffff:(?=[\d.]+$)/i, '').replace(/%.*$/, '');

/** The address that the connection itself comes from. */
export const socketAddress = (request: IncomingMessage): string =>
	plainAddress(request.socket.remoteAddress ?? '');

/**
 * Whom a request comes from: the connection's address, or the nearest forwarded one that no trusted
 * proxy has. `X-Forwarded-For` of anybody else is not believed.
 */
export const peerAddress = (
	request: IncomingMessage,
	trustedProxies: readonly string[],
): string => {
	const address = socketAddress(request);
	if (trustedProxies.length === 0) return address;
	const isTrusted = inNetworks(trustedProxies);
	const hops = [...forwardedFor(request), address];
	let peer = hops.pop() ?? '';
	while (hops.length > 0 && isTrusted(peer)) peer = hops.pop() ?? '';
	return peer;
};

/** Address and port of the connection, as readers are listed. */
export const peerName = (request: IncomingMessage): string => {
	const address = socketAddress(request);
	const host = address.includes(':') ? `[${address}]` : address;
	return `${host}:${request.socket.remotePort ?? 0}`;
};

/** True for addresses in one of the networks (`10.0.0.0/8`, `::1`). */
export const inNetworks = (networks: readonly string[]): ((address: string) => boolean) => {
	const list = new BlockList();
	for (const network of networks) add(list, network);
	return address => {
		const plain = plainAddress(address);
		const version = isIP(plain);
		return version !== 0 && list.check(plain, version === 4 ? 'ipv4' : 'ipv6');
	};
};

/** True for the machine itself. */
export const isLoopback = (address: string): boolean =>
	plainAddress(address) === '::1' || /^127(\.\d{1,3}){3}$/.test(plainAddress(address));

const forwardedFor = (request: IncomingMessage): string[] => {
	const header = request.headers['x-forwarded-for'];
	const hops = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',');
	return hops.map(hop => plainAddress(hop.trim())).filter(hop => isIP(hop) !== 0);
};

const add = (list: BlockList, network: string): void => {
	const [address = '', prefix] = network.split('/');
	const version = isIP(address);
	if (version === 0) return;
	const family = version === 4 ? 'ipv4' : 'ipv6';
	if (prefix === undefined) list.addAddress(address, family);
	else list.addSubnet(address, Number(prefix), family);
};
