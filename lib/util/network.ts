import {BlockList, isIP} from 'node:net';

/** Whether this is an IP address, or a network such as `10.0.0.0/8` or `fd00::/8`. */
export function isNetwork(text: string): boolean {
	const [ip = '', prefix, ...rest] = text.split('/');
	const version = isIP(ip);
	if (version === 0 || ip.includes('%') || rest.length > 0) return false;
	return (
		prefix === undefined ||
		(/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128))
	);
}

/** An address without the form that IPv4 takes on an IPv6 socket (`::ffff:10.0.0.1`), and without a zone. */
export const plainAddress = (ip: string): string =>
	ip.replace(/^::ffff:(?=[\d.]+$)/i, '').replace(/%.*$/, '');

/**
 * What stands for everybody who may share an address: itself, or the first half of one of IPv6, because whoever has one
 * of those has its whole network (RFC 6177).
 */
export const placeOf = (address: string): string => {
	if (!address.includes(':')) return address;
	const [front = [], back = []] = address
		.split('::')
		.map(half => half.split(':').filter(group => group !== ''));
	const zeros = Array.from({length: Math.max(0, 8 - front.length - back.length)}, () => '0');
	return [...front, ...zeros, ...back]
		.slice(0, 4)
		.map(group => Number.parseInt(group, 16))
		.join(':');
};

/** Whether an address of a peer is in one of the networks; IPv4 inside IPv6 counts as IPv4. */
export function inNetworks(ip: string, networks: readonly string[]): boolean {
	const plain = plainAddress(ip);
	const version = isIP(plain);
	return version !== 0 && listOf(networks).check(plain, version === 4 ? 'ipv4' : 'ipv6');
}

const lists = new WeakMap<readonly string[], BlockList>();

/** Made once for each list of a configuration, which is frozen. */
function listOf(networks: readonly string[]): BlockList {
	const known = lists.get(networks);
	if (known) return known;
	const list = new BlockList();
	for (const network of networks) add(list, network);
	lists.set(networks, list);
	return list;
}

function add(list: BlockList, network: string): void {
	if (!isNetwork(network)) return;
	const [ip = '', prefix] = network.split('/');
	const family = isIP(ip) === 4 ? 'ipv4' : 'ipv6';
	if (prefix === undefined) list.addAddress(ip, family);
	else list.addSubnet(ip, Number(prefix), family);
}
