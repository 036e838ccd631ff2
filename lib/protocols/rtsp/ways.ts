import type {RateLimited} from '../../observe/rate-limited.ts';
import type {Carriage} from './carriage.ts';
import {FanOuts} from './fan-out.ts';
import type {RtpNative} from './fan-out.ts';
import type {MulticastGroups} from './multicast-groups.ts';
import {MulticastWay} from './read-multicast.ts';
import {TcpWay} from './read-tcp.ts';
import type {TcpReadServices, TcpReadSettings} from './read-tcp.ts';
import {UdpWay} from './read-udp.ts';
import type {UdpReadServices} from './read-udp.ts';
import type {ReaderWay, WayContext} from './reader-way.ts';
import type {ServerConnection} from './server-connection.ts';
import {serverClock} from '../../readers/server-clock.ts';
import type {AskKernel} from '../../readers/socket-info.ts';
import {UdpFanOuts} from './udp-fan-out.ts';
import type {UdpNative} from './udp-fan-out.ts';
import type {UdpPorts} from './udp-ports.ts';

export type WaysOptions = {
	native: RtpNative & UdpNative & {nowUs(): number; tcpInfo: AskKernel};
	settings: () => TcpReadSettings & {readonly rtspTransports: readonly Carriage[]};
	/** Undefined: nothing goes over UDP. */
	ports: UdpPorts | undefined;
	/** Undefined: nothing goes to groups. */
	groups: MulticastGroups | undefined;
	late: RateLimited;
};

/** By which ways media goes to readers here. */
export class Ways {
	readonly #settings: WaysOptions['settings'];
	readonly #tcp: TcpReadServices;
	readonly #udp: UdpReadServices | undefined;
	readonly #groups: MulticastGroups | undefined;

	constructor({native, settings, ports, groups, late}: WaysOptions) {
		this.#settings = settings;
		this.#groups = groups;
		const nowUs = serverClock(native);
		const tcpInfo = (fd: number) => native.tcpInfo(fd);
		this.#tcp = {fanOuts: new FanOuts(native, late), settings, nowUs, tcpInfo};
		this.#udp = ports && {ports, fanOuts: new UdpFanOuts(native, ports, late), nowUs};
	}

	/** What a client may have: what came by TLS or a tunnel goes back by it, unless it is encrypted itself. */
	givenTo(
		{isTls, tunnel}: Pick<ServerConnection, 'isTls' | 'tunnel'>,
		{isEncrypted = false} = {},
	): Carriage[] {
		const hasGroups = this.#groups !== undefined && !isEncrypted;
		const has = {tcp: true, udp: this.#udp !== undefined, multicast: hasGroups};
		const isPlain = (!isTls || isEncrypted) && tunnel === 'none';
		return this.#settings().rtspTransports.filter(
			carriage => has[carriage] && (carriage === 'tcp' || isPlain),
		);
	}

	/** One of those that were given. */
	open(carriage: Carriage, context: WayContext): ReaderWay {
		if (carriage === 'udp' && this.#udp) return new UdpWay(context, this.#udp);
		if (carriage === 'multicast' && this.#groups) return new MulticastWay(context, this.#groups);
		return new TcpWay(context, this.#tcp);
	}
}
