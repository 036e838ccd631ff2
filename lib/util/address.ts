import {isIP} from 'node:net';

/** Where to listen: an IP literal (`::` takes IPv4 as well) and a port, 0 = any. */
export type Address = {host: string; port: number};

/** `:8080`, `127.0.0.1:8080`, `[::1]:8080` or `localhost:8080`. */
export function parseAddress(text: string): Address | undefined {
	const match = /^(?:\[([0-9a-f:.]+)\]|([0-9.]+|localhost))?:(\d{1,5})$/i.exec(text);
	if (!match) return undefined;
	const host = match[1] ?? match[2]?.toLowerCase().replace('localhost', '127.0.0.1') ?? '::';
	const port = Number(match[3]);
	if (isIP(host) !== (match[1] === undefined && host !== '::' ? 4 : 6)) return undefined;
	return port <= 65535 ? {host, port} : undefined;
}

/** The form that `parseAddress` reads. */
export function formatAddress({host, port}: Address): string {
	if (host === '::') return `:${port}`;
	return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** As it stands in a URL; an address that says "any" is reached by this machine's own. */
export function reachableHost(host: string): string {
	if (host === '::' || host === '0.0.0.0') return '127.0.0.1';
	return host.includes(':') ? `[${host}]` : host;
}
