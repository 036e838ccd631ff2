import {chooseChannels} from './channels.ts';
import {payloadTypeOf} from './describe.ts';
import type {FanOuts, Layout} from './fan-out.ts';
import type {FanOut, Member} from '../../readers/fan-out.ts';
import {ReaderQueue} from '../../readers/reader-queue.ts';
import {Reading} from '../../readers/reading.ts';
import type {Beginning, StartMode} from '../../readers/reading.ts';
import {markOf} from './reader-way.ts';
import type {ReaderWay, WayContext, WayFacts} from './reader-way.ts';
import {SessionReports} from './session-reports.ts';
import type {AskKernel} from '../../readers/socket-info.ts';
import {socketSink} from '../../readers/socket-sink.ts';
import {noTransport} from './transport.ts';
import type {Pair, Transport} from './transport.ts';
import {WriteWatch} from '../../readers/write-watch.ts';

export type TcpReadSettings = {
	/** Milliseconds in which a reader has to take something. */
	readonly writeTimeout: number;
	/** Bytes that may wait for one reader. */
	readonly readerQueueMaxSize: number;
};

export type TcpReadServices = {
	fanOuts: FanOuts;
	settings: () => TcpReadSettings;
	/** The server clock in microseconds. */
	nowUs: () => number;
	tcpInfo: AskKernel;
};

/** Media between the answers on the RTSP connection. */
export class TcpWay implements ReaderWay {
	readonly carriage = 'tcp';
	readonly #context: WayContext;
	readonly #services: TcpReadServices;
	readonly #channels = new Map<number, Pair>();
	readonly #queue: ReaderQueue;
	readonly #writes: WriteWatch;
	readonly #reports: SessionReports;
	#reading: Reading | undefined;
	/** Where it was when it paused, so that packets are numbered on there; they stand still where they are its own (SRTP). */
	#paused: FanOut | undefined;

	constructor(context: WayContext, services: TcpReadServices) {
		this.#context = context;
		this.#services = services;
		const {nowUs, settings, tcpInfo} = services;
		const {socket} = context.connection;
		this.#queue = new ReaderQueue({
			sink: socketSink(socket, tcpInfo),
			nowUs,
			maxBytes: settings().readerQueueMaxSize,
		});
		this.#writes = new WriteWatch(socket, this.#queue, tcpInfo);
		this.#reports = new SessionReports(nowUs);
	}

	get tracks(): readonly number[] {
		return [...this.#channels.keys()].toSorted((a, b) => a - b);
	}

	get silentMs(): number {
		return this.#reading ? 0 : Infinity;
	}

	setUp(track: number, {profile, mode, interleaved: wanted}: Transport): Transport | undefined {
		this.#channels.delete(track);
		const interleaved = chooseChannels(wanted, [...this.#channels.values()]);
		if (!interleaved) return undefined;
		this.#channels.set(track, interleaved);
		const {ssrc} = markOf(this.#context, track);
		return {...noTransport, profile, lower: 'TCP', cast: 'unicast', interleaved, ssrc, mode};
	}

	async play(mode: StartMode): Promise<Beginning> {
		this.#paused?.play();
		const {onEnded} = this.#context;
		const {nowUs} = this.#services;
		this.#reading = new Reading({
			join: member => this.#join(member),
			queue: this.#queue,
			mode,
			nowUs,
			onEnded,
		});
		this.#leavePaused();
		return this.#reading.prepare();
	}

	start(): void {
		this.#reading?.start();
	}

	pause(): void {
		if (this.#reading) this.#paused ??= this.#join(this.#idle);
		this.#stop();
		if (this.#context.keys) this.#paused?.pause();
	}

	interleaved(channel: number, data: Buffer): void {
		// Encrypted, by a key of the reader's own.
		if (this.#context.keys) return;
		for (const [track, [, rtcp]] of this.#channels) {
			const {clockRateHz = 90_000} = this.#context.place.tracks[track] ?? {};
			if (rtcp === channel) this.#reports.take(data, () => clockRateHz);
		}
	}

	check(): string | undefined {
		const {writeTimeout} = this.#services.settings();
		if (!this.#writes.isStuckFor(writeTimeout)) return undefined;
		return `it took nothing in ${writeTimeout / 1000} s`;
	}

	facts(): WayFacts {
		const {bytes, packets, dropped} = this.#queue.stats;
		return {
			transport: 'TCP',
			bytesReceived: this.#context.connection.socket.bytesRead,
			bytesSent: bytes,
			packetsSent: packets,
			packetsDropped: dropped,
			...this.#reports.facts(),
		};
	}

	close(): void {
		this.#stop();
		this.#leavePaused();
		this.#queue.close();
	}

	#stop(): void {
		this.#reading?.stop();
		this.#reading = undefined;
	}

	readonly #idle: Member = {
		take: () => {},
		missed: () => {},
		ended: () => {
			this.#paused = undefined;
			this.#context.onEnded();
		},
	};

	#leavePaused(): void {
		this.#paused?.leave(this.#idle);
		this.#paused = undefined;
	}

	#join(member: Member): FanOut {
		const {place, connection} = this.#context;
		const {address} = connection;
		const joining = {layout: this.#layout(), trackCount: place.tracks.length, address, member};
		return this.#services.fanOuts.join(joining);
	}

	/** In the order of the tracks, so that readers with the same ones share it. */
	#layout(): Layout {
		const {stream, tracks} = this.#context.place;
		return {
			stream,
			tracks: this.tracks.flatMap(track => {
				const [channel = 0, rtcpChannel = 1] = this.#channels.get(track) ?? [];
				const payloadType = payloadTypeOf(tracks, track);
				return [{track, channel, rtcpChannel, payloadType, ...markOf(this.#context, track)}];
			}),
		};
	}
}
