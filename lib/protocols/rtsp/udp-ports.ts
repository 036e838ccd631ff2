import {closeSync} from 'node:fs';
import {createSocket} from 'node:dgram';
import type {Socket} from 'node:dgram';
import {once} from 'node:events';
import {isIPv6} from 'node:net';
import type {Address} from '../../util/address.ts';
import {plainAddress} from '../../util/network.ts';
import {Flood} from '../../util/flood.ts';
import type {Pair} from './transport.ts';
import {bindPair} from './udp-pair.ts';
import type {Binder} from './udp-pair.ts';

/** Takes what came to the RTCP port. */
type Listener = (data: Buffer) => void;
type Hearing = {ports: readonly number[]; take: Listener; flood: Flood};

/** The two UDP sockets that all readers of all paths are sent to from; what they report comes in by the second. */
export class UdpPorts {
	readonly pair: Pair;
	readonly rtpFd: number;
	readonly rtcpFd: number;
	readonly #rtcp: Socket;
	/** By address. */
	readonly #hearings = new Map<string, OfAddress>();

	private constructor(sockets: {pair: Pair; rtpFd: number; rtcpFd: number; rtcp: Socket}) {
		this.pair = sockets.pair;
		this.rtpFd = sockets.rtpFd;
		this.rtcpFd = sockets.rtcpFd;
		this.#rtcp = sockets.rtcp;
		// An answer that says that nobody listens at a port.
		this.#rtcp.on('error', () => {});
		this.#rtcp.on('message', (data, from) => this.#take(data, from));
	}

	/** Throws as `binder.listen` does. Ports 0 = a pair that is free. */
	static async open(binder: Binder, {rtp, rtcp}: {rtp: Address; rtcp: Address}): Promise<UdpPorts> {
		const {rtpFd, rtcpFd, ports} =
			rtp.port === 0
				? bindPair(binder, {host: rtp.host, range: anyPorts, key: 'rtpAddress'})
				: bindBoth(binder, {rtp, rtcp});
		const socket = createSocket(isIPv6(rtcp.host) ? 'udp6' : 'udp4');
		const bound = once(socket, 'listening');
		socket.bind({fd: rtcpFd});
		await bound;
		socket.unref();
		return new UdpPorts({pair: ports, rtpFd, rtcpFd, rtcp: socket});
	}

	/** What comes from these ports of an address, until the result is called. */
	hear({address, ports}: {address: string; ports: readonly number[]}, take: Listener): () => void {
		const hearing = {ports, take, flood: new Flood(maxASecond)};
		const ofAddress = this.#hearings.get(address) ?? {all: new Set(), byPort: new Map()};
		this.#hearings.set(address, ofAddress);
		ofAddress.all.add(hearing);
		for (const port of ports) ofAddress.byPort.set(port, hearing);
		return () => {
			remove(ofAddress, hearing);
			if (ofAddress.all.size === 0 && this.#hearings.get(address) === ofAddress)
				this.#hearings.delete(address);
		};
	}

	close(): void {
		this.#hearings.clear();
		this.#rtcp.close();
		closeSync(this.rtpFd);
	}

	/** From another port than was told (a NAT) only where there is no doubt. */
	#take(data: Buffer, {address, port}: {address: string; port: number}): void {
		const ofAddress = this.#hearings.get(plainAddress(address));
		if (!ofAddress) return;
		const lone = ofAddress.all.size === 1 ? [...ofAddress.all][0] : undefined;
		const hearing = ofAddress.byPort.get(port) ?? lone;
		if (hearing && !hearing.flood.note()) hearing.take(data);
	}
}

type OfAddress = {all: Set<Hearing>; byPort: Map<number, Hearing>};

const remove = ({all, byPort}: OfAddress, hearing: Hearing): void => {
	all.delete(hearing);
	for (const port of hearing.ports) if (byPort.get(port) === hearing) byPort.delete(port);
};

/** Of one reader; more of them say nothing new. */
const maxASecond = 100;

/** Of the range that systems give out by themselves. */
const anyPorts = [32_768, 60_999];

const bindBoth = (binder: Binder, {rtp, rtcp}: {rtp: Address; rtcp: Address}) => {
	const listen = ({host, port}: Address) =>
		binder.listen({protocol: 'udp', host, port, notSentLowWater: 0, reusePort: false});
	const {fd: rtpFd, port: rtpPort} = listen(rtp);
	try {
		const {fd: rtcpFd, port: rtcpPort} = listen(rtcp);
		const ports: Pair = [rtpPort, rtcpPort];
		return {rtpFd, rtcpFd, ports};
	} catch (error) {
		closeSync(rtpFd);
		throw error;
	}
};
