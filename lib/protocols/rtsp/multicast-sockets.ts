import {createSocket} from 'node:dgram';
import type {Socket} from 'node:dgram';
import {once} from 'node:events';
import {isIPv4} from 'node:net';
import {networkInterfaces} from 'node:os';
import {MediaError} from '../../errors.ts';
import type {Binder} from './udp-pair.ts';

/** The two sockets that all groups are sent to from. */
export class MulticastSockets {
	readonly ttl: number;
	readonly rtpFd: number;
	readonly rtcpFd: number;
	readonly #sockets: readonly Socket[];

	private constructor(ttl: number, bound: readonly {fd: number; socket: Socket}[]) {
		const [rtpFd = -1, rtcpFd = -1] = bound.map(({fd}) => fd);
		this.ttl = ttl;
		this.rtpFd = rtpFd;
		this.rtcpFd = rtcpFd;
		this.#sockets = bound.map(({socket}) => socket);
	}

	/** `via` names a network interface or one of its addresses; empty: the system chooses. Rejects with CONFIG_INVALID. */
	static async open(
		binder: Binder,
		{ttl, interface: via}: {ttl: number; interface: string},
	): Promise<MulticastSockets> {
		const address = via === '' ? undefined : addressOf(via);
		const bound = [await bind(binder), await bind(binder)];
		for (const {socket} of bound) {
			socket.setMulticastTTL(ttl);
			if (address !== undefined) socket.setMulticastInterface(address);
		}
		return new MulticastSockets(ttl, bound);
	}

	close(): void {
		for (const socket of this.#sockets) socket.close();
	}
}

const bind = async (binder: Binder) => {
	const spec = {host: '0.0.0.0', port: 0, notSentLowWater: 0, reusePort: false};
	const {fd} = binder.listen({protocol: 'udp', ...spec});
	const socket = createSocket('udp4');
	socket.on('error', () => {});
	const bound = once(socket, 'listening');
	socket.bind({fd});
	await bound;
	socket.unref();
	return {fd, socket};
};

const addressOf = (via: string): string => {
	const all = Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
		addresses.filter(({address}) => isIPv4(address)).map(({address}) => ({name, address})),
	);
	const found = all.find(({name, address}) => name === via || address === via);
	if (found) return found.address;
	const known = all.map(({name, address}) => `${name} (${address})`).join(', ');
	throw new MediaError(
		'CONFIG_INVALID',
		`Expected multicastInterface to be one of ${known}, got ${via}`,
		{key: 'multicastInterface'},
	);
};
