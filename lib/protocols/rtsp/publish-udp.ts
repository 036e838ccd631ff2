import {isIP} from 'node:net';
import type {UdpTrackSpec} from '../../native/binding.ts';
import type {Ingest} from '../../native/native.ts';
import {specOf} from './publisher-way.ts';
import type {PublisherContext, PublisherWay} from './publisher-way.ts';
import {noTransport} from './transport.ts';
import type {Pair, Transport} from './transport.ts';
import type {PairRoom} from './pair-room.ts';
import {bindPair} from './udp-pair.ts';
import type {Binder, UdpPair} from './udp-pair.ts';

/** What UDP needs of us. */
export type UdpPublishMeans = {
	binder: Binder;
	portRange: readonly number[];
	/** Of each socket; 0 = as the system has it. */
	receiveBufferBytes: number;
	/** Of all publishers. */
	room: PairRoom;
};

/** A track that is set up: our ports, and those that its publisher names. */
type Place = {pair: UdpPair; clientPort: Pair};

/** Media over UDP, each track to a pair of ports of its own, from the address that the requests come from and no other. */
export class UdpPublisherWay implements PublisherWay {
	readonly carriage = 'udp';
	readonly #context: PublisherContext;
	readonly #means: UdpPublishMeans;
	/** By index of the track. */
	readonly #places = new Map<number, Place>();
	#taken = 0;

	constructor(context: PublisherContext, means: UdpPublishMeans) {
		this.#context = context;
		this.#means = means;
	}

	has(track: number): boolean {
		return this.#places.has(track);
	}

	/** Asked again for the same track, it keeps its ports. */
	setUp(track: number, {profile, lower, clientPort}: Transport): Transport | undefined {
		if (!clientPort) return undefined;
		const pair = this.#places.get(track)?.pair ?? this.#bindPair();
		this.#places.set(track, {pair, clientPort});
		const ports = {clientPort, serverPort: pair.ports};
		return {...noTransport, profile, lower, cast: 'unicast', ...ports, mode: 'record'};
	}

	/** What came before waits in the sockets; the ingest has its own hold on them. */
	open(): Ingest {
		const {tracks, openIngest} = this.#context;
		const {receiveBufferBytes} = this.#means;
		const taken = tracks.flatMap((_, index) => {
			const place = this.#places.get(index);
			return place ? specOf(this.#context, index).map(spec => ({spec, place})) : [];
		});
		const ingest = openIngest(
			taken.map(({spec}) => ({...spec, channel: 0, rtcpChannel: 0})),
			{tracks: taken.map(({place}) => this.#socketsOf(place)), receiveBufferBytes},
		);
		this.#closePairs();
		return ingest;
	}

	close(): void {
		this.#closePairs();
		this.#means.room.giveBack(this.#taken);
		this.#taken = 0;
	}

	#closePairs(): void {
		for (const {pair} of this.#places.values()) pair.close();
	}

	#bindPair(): UdpPair {
		const {binder, portRange: range, room} = this.#means;
		const host = isIP(this.#context.connection.address) === 6 ? '::' : '0.0.0.0';
		room.take();
		try {
			const pair = bindPair(binder, {host, range, key: 'rtspUDPPublisherPortRange'});
			this.#taken++;
			return pair;
		} catch (error) {
			room.giveBack(1);
			throw error;
		}
	}

	#socketsOf({pair, clientPort: [rtpPort, rtcpPort]}: Place): UdpTrackSpec {
		const {rtpFd, rtcpFd} = pair;
		const {address: host} = this.#context.connection;
		return {rtpFd, rtcpFd, host, rtpPort, rtcpPort, group: '', interface: ''};
	}
}
