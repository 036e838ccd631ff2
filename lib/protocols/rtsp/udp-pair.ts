import {closeSync} from 'node:fs';
import {randomInt} from 'node:crypto';
import {MediaError} from '../../errors.ts';
import type {Native} from '../../native/native.ts';
import type {Pair} from './transport.ts';

/** Binds sockets. */
export type Binder = Pick<Native, 'listen'>;

/** Two bound UDP sockets, of RTP and of RTCP; whoever got them closes them. */
export type UdpPair = {ports: Pair; rtpFd: number; rtcpFd: number; close: () => void};

/** Where a pair may be bound; `key` names the range in the configuration. */
export type PairRange = {host: string; range: readonly number[]; key: string};

/** On an even port of the range and the odd one above it (RFC 3550 section 11). Throws RTSP_NO_PORTS. */
export const bindPair = (binder: Binder, {host, range, key}: PairRange): UdpPair => {
	const [first = 0, last = 0] = range;
	const lowest = first + (first % 2);
	const count = Math.floor((last - lowest + 1) / 2);
	const start = count > 0 ? randomInt(count) : 0;
	for (let tries = 0; tries < Math.min(count, maxTries); tries++) {
		const port = lowest + 2 * ((start + tries) % count);
		const pair = tryPair(binder, {host, ports: [port, port + 1], isShared: false});
		if (pair) return pair;
	}
	const message = `Expected two free UDP ports from ${first} to ${last} (${key}), got none`;
	throw new MediaError('RTSP_NO_PORTS', message);
};

/** On the ports of a multicast group; others on this machine may listen there as well. */
export const bindGroup = (binder: Binder, {host, ports}: {host: string; ports: Pair}): UdpPair => {
	const pair = tryPair(binder, {host, ports, isShared: true});
	if (pair) return pair;
	const message = `Expected to listen at ${host} on UDP ports ${ports.join(' and ')}, got: they are taken`;
	throw new MediaError('RTSP_NO_PORTS', message);
};

/** A range may be full of other programs' sockets: to try all would take long. */
const maxTries = 256;

type Place = {host: string; ports: Pair; isShared: boolean};

/** Undefined: one of the ports is taken. */
const tryPair = (binder: Binder, {host, ports, isShared}: Place): UdpPair | undefined => {
	const fds: number[] = [];
	const close = () => fds.splice(0).forEach(fd => closeSync(fd));
	try {
		for (const port of ports) {
			const spec = {host, port, notSentLowWater: 0, reusePort: isShared};
			fds.push(binder.listen({protocol: 'udp', ...spec}).fd);
		}
	} catch (error) {
		close();
		if (isTaken(error)) return undefined;
		throw error;
	}
	const [rtpFd = -1, rtcpFd = -1] = fds;
	return {ports, rtpFd, rtcpFd, close};
};

const isTaken = (error: unknown): boolean =>
	error instanceof Error &&
	'code' in error &&
	['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL'].includes(String(error.code));
