import {createHmac, randomBytes} from 'node:crypto';
import type {Logger} from 'pino';
import type {Admission, Delivery} from '../../media/delivery.ts';
import type {RtspSessionFacts} from '../../media/session-facts.ts';
import type {TcpInfo} from '../../native/binding.ts';
import {chooseChannels, tcpOffer} from './channels.ts';
import {payloadTypeOf} from './describe.ts';
import type {FanOuts, Layout} from './fan-out.ts';
import {headerOf} from './message.ts';
import type {Headers} from './message.ts';
import {formatRange, parseRange} from './range.ts';
import {ReaderQueue} from './reader-queue.ts';
import type {Sink} from './reader-queue.ts';
import {Reading, startOf} from './reading.ts';
import type {StartMode} from './reading.ts';
import {formatControl} from './request-url.ts';
import {formatRtpInfo} from './rtp-info.ts';
import type {ServerConnection} from './server-connection.ts';
import type {ServerRequest, ServerSession, SessionMethod} from './server-session.ts';
import {SessionReports} from './session-reports.ts';
import {answer} from './status.ts';
import type {RtspAnswer} from './status.ts';
import {formatTransport, noTransport, parseTransports} from './transport.ts';
import type {Pair, Transport} from './transport.ts';
import {socketInfo, WriteWatch} from './write-watch.ts';

export type ReadSettings = {
	readonly rtspStart: StartMode;
	/** Milliseconds in which a reader has to take something. */
	readonly writeTimeout: number;
	/** Bytes that may wait for one reader. */
	readonly readerQueueMaxSize: number;
	readonly rtspTransports: readonly string[];
};

export type ReadServices = {
	/** Who reads; empty where nobody was asked for. */
	user: string;
	delivery: Pick<Delivery, 'join'>;
	fanOuts: FanOuts;
	settings: () => ReadSettings;
	/** The server clock in microseconds. */
	nowUs: () => number;
	tcpInfo: (fd: number) => TcpInfo | undefined;
	logger: Logger;
	/** Told what it sent when it is over. */
	onClosed: (facts: RtspSessionFacts) => void;
};

/** What a request to set up a track offers that can be served; undefined: 461. */
export const fitTransport = (
	request: ServerRequest,
	{rtspTransports}: Pick<ReadSettings, 'rtspTransports'>,
): Transport | undefined =>
	rtspTransports.includes('tcp')
		? tcpOffer(parseTransports(headerOf(request, 'Transport') ?? ''))
		: undefined;

/** A client that reads a path over its RTSP connection. */
export class ReadSession implements ServerSession {
	readonly secret = randomBytes(12).toString('hex');
	readonly timeoutMs = 60_000;
	readonly #connection: ServerConnection;
	readonly #services: ReadServices;
	readonly #admission: Admission;
	readonly #target: ServerRequest['target'];
	readonly #userAgent: string;
	readonly #createdAt = new Date();
	readonly #channels = new Map<number, Pair>();
	readonly #queue: ReaderQueue;
	readonly #writes: WriteWatch;
	readonly #reports: SessionReports;
	#reading: Reading | undefined;
	#isClosed = false;

	/** Waits for a place at the path. Rejects with what control says. */
	static async open(
		request: ServerRequest,
		connection: ServerConnection,
		services: ReadServices,
	): Promise<ReadSession> {
		const {peer, protocol, signal} = connection;
		const {path} = request.target;
		const wish = {path, protocol, peer, start: true, counted: true, holds: true};
		const admission = await services.delivery.join(wish, signal);
		return new ReadSession(request, connection, {...services, admission});
	}

	private constructor(
		request: ServerRequest,
		connection: ServerConnection,
		{admission, ...services}: ReadServices & {admission: Admission},
	) {
		const {nowUs, settings, tcpInfo} = services;
		const {socket} = connection;
		this.#target = request.target;
		this.#userAgent = headerOf(request, 'User-Agent')?.slice(0, 200) ?? '';
		this.#connection = connection;
		this.#services = services;
		this.#admission = admission;
		const sink: Sink = {
			write: (block, done) => block.writeTo(socket, done),
			cork: () => socket.cork(),
			uncork: () => socket.uncork(),
			unsentBytes: () => socketInfo(socket, tcpInfo)?.unsentBytes ?? 0,
		};
		this.#queue = new ReaderQueue({sink, nowUs, maxBytes: settings().readerQueueMaxSize});
		this.#writes = new WriteWatch(socket, this.#queue, tcpInfo);
		this.#reports = new SessionReports(nowUs);
		admission.once('ended', (code, message) => this.#connection.close(message));
	}

	get id(): string {
		return this.#admission.reader;
	}

	get livesByItself(): boolean {
		return this.#reading !== undefined;
	}

	methods(): Readonly<Record<string, SessionMethod | undefined>> {
		const isSetUp = this.#channels.size > 0;
		return {
			...(!this.#reading && {SETUP: request => this.#setUp(request)}),
			...(isSetUp && {PLAY: request => this.#play(request), PAUSE: () => this.#pause()}),
		};
	}

	interleaved(channel: number, data: Buffer): void {
		for (const [track, [, rtcp]] of this.#channels) {
			const {clockRateHz = 90_000} = this.#admission.tracks[track] ?? {};
			if (rtcp === channel) this.#reports.take(data, clockRateHz);
		}
	}

	check(): void {
		const {writeTimeout} = this.#services.settings();
		if (this.#writes.isStuckFor(writeTimeout))
			this.#connection.close(`it took nothing in ${writeTimeout / 1000} s`);
	}

	facts(): RtspSessionFacts {
		const {path, query} = this.#target;
		const {peer, id, isTls, socket} = this.#connection;
		const {bytes, packets, dropped} = this.#queue.stats;
		return {
			id: this.id,
			isTls,
			created: this.#createdAt.toISOString(),
			remoteAddr: peer,
			state: this.#reading ? 'read' : 'idle',
			path,
			query,
			user: this.#services.user,
			userAgent: this.#userAgent,
			transport: 'TCP',
			profile: 'AVP',
			conns: [id],
			bytesReceived: socket.bytesRead,
			packetsReceived: 0,
			packetsLost: 0,
			bytesSent: bytes,
			packetsSent: packets,
			packetsDropped: dropped,
			...this.#reports.facts(),
		};
	}

	close(reason: string): void {
		if (this.#isClosed) return;
		this.#isClosed = true;
		if (this.#reading) this.#log(`stopped reading: ${reason}`);
		this.#reading?.stop();
		this.#reading = undefined;
		this.#queue.close();
		this.#admission.leave();
		this.#services.onClosed(this.facts());
	}

	#setUp(request: ServerRequest): RtspAnswer {
		const {target} = request;
		const {tracks} = this.#admission;
		if (target.path !== this.#target.path) return answer(459);
		const transport = fitTransport(request, this.#services.settings());
		if (!transport) return answer(461);
		const track = target.track ?? tracks.findIndex((_, index) => !this.#channels.has(index));
		if (!tracks[track]) return answer(404);
		this.#channels.delete(track);
		const interleaved = chooseChannels(transport.interleaved, [...this.#channels.values()]);
		if (!interleaved) return answer(461);
		this.#channels.set(track, interleaved);
		return answer(200, [
			['Transport', formatTransport(this.#granted(transport, track, interleaved))],
		]);
	}

	#granted({profile, mode}: Transport, track: number, interleaved: Pair): Transport {
		const ssrc = ssrcOf(this.#admission.stream, track);
		return {...noTransport, profile, lower: 'TCP', cast: 'unicast', interleaved, ssrc, mode};
	}

	async #play(request: ServerRequest): Promise<RtspAnswer> {
		const range = parseRange(headerOf(request, 'Range') ?? 'npt=now-');
		if (!range.ok) return answer(457);
		const headers: Headers = [['Range', formatRange({unit: 'npt', from: 'now', to: ''})]];
		if (this.#reading) return answer(200, headers);
		const layout = this.#layout();
		const {fanOuts, nowUs} = this.#services;
		const trackCount = this.#admission.tracks.length;
		const reading = new Reading({
			fanOuts,
			choice: {layout, trackCount, address: this.#connection.address},
			queue: this.#queue,
			mode: this.#mode(),
			nowUs,
			onEnded: () => this.#connection.close('the tracks of the path are others now'),
		});
		this.#reading = reading;
		const starts = await reading.prepare();
		const base = baseOf(request);
		const infos = layout.tracks.map(({track}, index) => ({
			url: `${base}/${formatControl(track)}`,
			sequence: starts[index]?.sequence,
			timestamp: starts[index]?.timestamp,
		}));
		this.#log(`reads ${layout.tracks.length} of ${trackCount} tracks over RTSP`);
		headers.push(['RTP-Info', formatRtpInfo(infos)]);
		return {status: 200, headers, afterwards: () => reading.start()};
	}

	#pause(): RtspAnswer {
		this.#reading?.stop();
		this.#reading = undefined;
		return answer(200);
	}

	#mode(): StartMode {
		const asked = startOf(this.#target.query);
		return (asked.ok ? asked.value : undefined) ?? this.#services.settings().rtspStart;
	}

	/** In the order of the tracks, so that readers with the same ones share it. */
	#layout(): Layout {
		const {stream, tracks} = this.#admission;
		const chosen = [...this.#channels].toSorted(([a], [b]) => a - b);
		return {
			stream,
			tracks: chosen.map(([track, [channel, rtcpChannel]]) => ({
				track,
				channel,
				rtcpChannel,
				payloadType: payloadTypeOf(tracks, track),
				ssrc: ssrcOf(stream, track),
			})),
		};
	}

	#log(text: string): void {
		const {path} = this.#target;
		this.#services.logger.info({path, peer: this.#connection.peer, reader: this.id}, text);
	}
}

const key = randomBytes(16);

/** The same for all readers of a track, and not to be guessed (RFC 3550 section 8.1). */
const ssrcOf = (stream: number, track: number): number =>
	createHmac('sha256', key).update(`${stream} ${track}`).digest().readUInt32BE();

/** The URL of the path as the client calls this server. */
const baseOf = ({url, target}: ServerRequest): string =>
	`${/^rtsps?:\/\/[^/]*/i.exec(url)?.[0] ?? ''}/${target.path}`;
