import {payloadTypeOf} from './describe.ts';
import type {Beginning, StartMode} from '../../readers/reading.ts';
import {markOf, ssrcOf} from './reader-way.ts';
import type {ReaderWay, WayContext, WayFacts} from './reader-way.ts';
import {SessionReports} from './session-reports.ts';
import {noTransport} from './transport.ts';
import type {Pair, Transport} from './transport.ts';
import {nothingSent} from './udp-fan-out.ts';
import type {UdpFanOuts, UdpPlace, UdpSent} from './udp-fan-out.ts';
import type {UdpPorts} from './udp-ports.ts';

export type UdpReadServices = {
	ports: UdpPorts;
	fanOuts: UdpFanOuts;
	/** The server clock in microseconds. */
	nowUs: () => number;
};

/** Media over UDP, to the address that the requests come from and to no other. */
export class UdpWay implements ReaderWay {
	readonly carriage = 'udp';
	readonly #context: WayContext;
	readonly #services: UdpReadServices;
	readonly #clientPorts = new Map<number, Pair>();
	readonly #reports: SessionReports;
	#place: UdpPlace | undefined;
	/** Where it was when it paused, so that packets are numbered on there; they stand still where they are its own (SRTP). */
	#paused: UdpPlace | undefined;
	#stopHearing: () => void = () => {};
	/** Of readings that are over. */
	#sent = nothingSent;
	#bytesReceived = 0;
	#heardMs: number | undefined;

	constructor(context: WayContext, services: UdpReadServices) {
		this.#context = context;
		this.#services = services;
		this.#reports = new SessionReports(services.nowUs);
	}

	get tracks(): readonly number[] {
		return [...this.#clientPorts.keys()].toSorted((a, b) => a - b);
	}

	get silentMs(): number {
		return this.#heardMs === undefined ? Infinity : performance.now() - this.#heardMs;
	}

	setUp(track: number, offer: Transport): Transport | undefined {
		const {profile, lower, mode, clientPort} = offer;
		if (!clientPort || this.#isOfAnother(track, clientPort)) return undefined;
		this.#clientPorts.set(track, clientPort);
		this.#hear();
		const {ssrc} = markOf(this.#context, track);
		const ports = {clientPort, serverPort: this.#services.ports.pair};
		return {...noTransport, profile, lower, cast: 'unicast', ...ports, ssrc, mode};
	}

	async play(begin: StartMode): Promise<Beginning> {
		const {connection, place, onEnded} = this.#context;
		this.#paused?.resume();
		const {stream, tracks} = place;
		this.#place = this.#services.fanOuts.join({
			layout: {
				stream,
				tracks: this.tracks.map(track => ({
					track,
					payloadType: payloadTypeOf(tracks, track),
					...markOf(this.#context, track),
				})),
			},
			trackCount: tracks.length,
			destinations: this.tracks.map(track => {
				const [rtpPort = 0, rtcpPort = 0] = this.#clientPorts.get(track) ?? [];
				return {host: connection.address, rtpPort, rtcpPort};
			}),
			begin,
			onEnded,
		});
		this.#leavePaused();
		return this.#place.beginning;
	}

	/** Packets do not wait for the answer to PLAY: nothing puts UDP and TCP in an order. */
	start(): void {}

	pause(): void {
		this.#sent = this.#sentSoFar();
		this.#place?.stop({rests: this.#context.keys !== undefined});
		this.#paused ??= this.#place;
		this.#place = undefined;
	}

	facts(): WayFacts {
		const {packets, bytes, dropped} = this.#sentSoFar();
		return {
			transport: 'UDP',
			bytesReceived: this.#bytesReceived,
			bytesSent: bytes,
			packetsSent: packets,
			packetsDropped: dropped,
			...this.#reports.facts(),
		};
	}

	close(): void {
		this.pause();
		this.#leavePaused();
		this.#stopHearing();
	}

	#leavePaused(): void {
		this.#paused?.leave();
		this.#paused = undefined;
	}

	#sentSoFar(): UdpSent {
		const {packets, bytes, dropped} = this.#place?.sent ?? nothingSent;
		return {
			packets: this.#sent.packets + packets,
			bytes: this.#sent.bytes + bytes,
			dropped: this.#sent.dropped + dropped,
		};
	}

	/** The client could not tell the packets of two tracks apart. */
	#isOfAnother(track: number, ports: Pair): boolean {
		const others = [...this.#clientPorts].filter(([other]) => other !== track);
		return others.some(([, pair]) => pair.some(port => ports.includes(port)));
	}

	#hear(): void {
		this.#stopHearing();
		const {address} = this.#context.connection;
		const ports = [...this.#clientPorts.values()].map(([, rtcpPort]) => rtcpPort);
		const take = (data: Buffer) => this.#take(data);
		this.#stopHearing = this.#services.ports.hear({address, ports}, take);
	}

	#take(data: Buffer): void {
		const {stream, tracks} = this.#context.place;
		this.#heardMs = performance.now();
		this.#bytesReceived += data.length;
		// Encrypted, by a key of the reader's own: no more than a sign of life.
		if (this.#context.keys) return;
		this.#reports.take(data, ssrc => {
			const track = this.tracks.find(index => ssrcOf(stream, index) === ssrc);
			return track === undefined ? undefined : tracks[track]?.clockRateHz;
		});
	}
}
