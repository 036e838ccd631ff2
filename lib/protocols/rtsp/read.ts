import {randomBytes} from 'node:crypto';
import type {Admission, Delivery} from '../../media/delivery.ts';
import type {RtspSessionFacts} from '../../media/session-facts.ts';
import {fitOffer} from './carriage.ts';
import type {Carriage, Offer} from './carriage.ts';
import {headerOf} from './message.ts';
import type {Headers} from './message.ts';
import {formatRange, parseRange, playedRange} from './range.ts';
import type {ReaderKey} from './reader-keys.ts';
import type {ReaderWay} from './reader-way.ts';
import {startOf} from '../../readers/reading.ts';
import type {Beginning, StartMode} from '../../readers/reading.ts';
import {formatControl} from './request-url.ts';
import {formatRtpInfo} from './rtp-info.ts';
import type {ServerConnection} from './server-connection.ts';
import type {ServerRequest, ServerSession, SessionMethod} from './server-session.ts';
import {roundTripOfSocket} from '../../readers/socket-info.ts';
import type {AskKernel} from '../../readers/socket-info.ts';
import {answer} from './status.ts';
import type {RtspAnswer} from './status.ts';
import {formatTransport} from './transport.ts';
import type {Ways} from './ways.ts';

export type ReadServices = {
	/** Who reads; empty where nobody was asked for. */
	user: string;
	delivery: Pick<Delivery, 'join'>;
	ways: Pick<Ways, 'givenTo' | 'open'>;
	settings: () => {readonly rtspStart: StartMode};
	/** Milliseconds without a sign of life after which a reader is gone. */
	timeoutMs: number;
	/** The server clock in microseconds. */
	nowUs: () => number;
	tcpInfo: AskKernel;
	logger: {info(fields: object, text: string): void};
	/** Told what it sent when it is over. */
	onClosed: (facts: RtspSessionFacts) => void;
};

/** A client that reads a path. All of its tracks come the same way. */
export class ReadSession implements ServerSession {
	readonly secret = randomBytes(12).toString('hex');
	readonly timeoutMs: number;
	readonly #services: ReadServices;
	readonly #admission: Admission;
	readonly #target: ServerRequest['target'];
	readonly #userAgent: string;
	readonly #createdAt = new Date();
	#connection: ServerConnection;
	#way: ReaderWay | undefined;
	#keys: readonly ReaderKey[] | undefined;
	#isPlaying = false;
	#hasPlayed = false;
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
		this.#target = request.target;
		this.#userAgent = headerOf(request, 'User-Agent')?.slice(0, 200) ?? '';
		this.#connection = connection;
		this.#services = services;
		this.timeoutMs = services.timeoutMs;
		this.#admission = admission;
		admission.once('ended', (code, message) => this.#end(message));
	}

	get id(): string {
		return this.#admission.reader;
	}

	get address(): string {
		return this.#connection.address;
	}

	get silentMs(): number {
		return this.#way?.silentMs ?? Infinity;
	}

	get outlivesConnection(): boolean {
		return this.#isPlaying && this.#way?.carriage === 'udp';
	}

	moveTo(connection: ServerConnection): void {
		this.#connection = connection;
	}

	methods(): Readonly<Record<string, SessionMethod | undefined>> {
		const way = this.#way;
		return {
			...(this.#takesTracks && {SETUP: request => this.#setUp(request)}),
			...(way && {PLAY: request => this.#play(request, way), PAUSE: () => this.#pause()}),
		};
	}

	/** A key is used for one run of packets alone: what they are is settled with the first. */
	get #takesTracks(): boolean {
		return !this.#isPlaying && !(this.#keys && this.#hasPlayed);
	}

	interleaved(channel: number, data: Buffer): void {
		this.#way?.interleaved?.(channel, data);
	}

	check(): void {
		const reason = this.#way?.check?.();
		if (reason !== undefined) this.#end(reason);
	}

	facts(): RtspSessionFacts {
		const {path, query} = this.#target;
		const {peer, id, isTls, isClosed, socket} = this.#connection;
		const {user, tcpInfo} = this.#services;
		const facts = this.#way?.facts() ?? noFacts;
		return {
			id: this.id,
			isTls,
			created: this.#createdAt.toISOString(),
			remoteAddr: peer,
			state: this.#isPlaying ? 'read' : 'idle',
			path,
			query,
			user,
			userAgent: this.#userAgent,
			profile: this.#keys ? 'SAVP' : 'AVP',
			conns: isClosed ? [] : [id],
			packetsReceived: 0,
			packetsLost: 0,
			...facts,
			roundTripTime: facts.roundTripTime ?? roundTripOfSocket(socket, tcpInfo),
		};
	}

	close(reason: string): void {
		if (this.#isClosed) return;
		this.#isClosed = true;
		if (this.#isPlaying) this.#log(`stopped reading: ${reason}`);
		this.#isPlaying = false;
		this.#way?.close();
		this.#admission.leave();
		this.#services.onClosed(this.facts());
	}

	#end(reason: string): void {
		this.close(reason);
		this.#connection.close(reason);
	}

	#setUp(request: ServerRequest): RtspAnswer {
		const {target} = request;
		const {tracks} = this.#admission;
		if (target.path !== this.#target.path) return answer(459);
		const offer = this.#fit(request);
		if (!offer) return answer(461);
		const way = this.#way ?? this.#openWay(offer.carriage);
		const track = target.track ?? tracks.findIndex((_, index) => !way.tracks.includes(index));
		if (!tracks[track]) return answer(404);
		const granted = way.setUp(track, offer.transport);
		if (!granted) return answer(461);
		this.#way = way;
		return answer(200, [['Transport', formatTransport(granted)]]);
	}

	/** All tracks come the same way, encrypted or not. */
	#fit(request: ServerRequest): Offer | undefined {
		const {ways} = this.#services;
		const connection = this.#connection;
		const {path} = this.#target;
		if (this.#way)
			return fitOffer(request, [this.#way.carriage], {isEncrypted: this.#keys !== undefined});
		const isEncrypted = true;
		const encrypted = fitOffer(request, ways.givenTo(connection, {isEncrypted}), {isEncrypted});
		if (encrypted && connection.offeredKeys.has(path)) {
			this.#keys = connection.offeredKeys.take(path);
			return encrypted;
		}
		return fitOffer(request, ways.givenTo(connection));
	}

	#openWay(carriage: Carriage): ReaderWay {
		return this.#services.ways.open(carriage, {
			connection: this.#connection,
			path: this.#target.path,
			place: this.#admission,
			keys: this.#keys,
			onEnded: () => this.#end('the tracks of the path are others now'),
		});
	}

	async #play(request: ServerRequest, way: ReaderWay): Promise<RtspAnswer> {
		const range = parseRange(headerOf(request, 'Range') ?? 'npt=now-');
		if (!range.ok) return answer(457);
		const played = (wallUs = this.#services.nowUs()): Headers => [
			['Range', formatRange(playedRange(range.value, wallUs))],
		];
		if (this.#isPlaying) return answer(200, played());
		const {starts, captureUs} = await this.#start(way);
		const base = baseOf(request);
		const infos = way.tracks.map((track, index) => ({
			url: `${base}/${formatControl(track)}`,
			sequence: starts[index]?.sequence,
			timestamp: starts[index]?.timestamp,
		}));
		const {transport} = way.facts();
		const count = `${way.tracks.length} of ${this.#admission.tracks.length}`;
		this.#log(`reads ${count} tracks over RTSP (${transport ?? ''})`);
		const headers: Headers = [...played(captureUs), ['RTP-Info', formatRtpInfo(infos)]];
		return {status: 200, headers, afterwards: () => way.start()};
	}

	async #start(way: ReaderWay): Promise<Beginning> {
		const playing = way.play(this.#mode());
		this.#isPlaying = this.#hasPlayed = true;
		try {
			return await playing;
		} catch (error) {
			this.#isPlaying = false;
			throw error;
		}
	}

	#pause(): RtspAnswer {
		this.#way?.pause();
		this.#isPlaying = false;
		return answer(200);
	}

	#mode(): StartMode {
		const asked = startOf(this.#target.query);
		return (asked.ok ? asked.value : undefined) ?? this.#services.settings().rtspStart;
	}

	#log(text: string): void {
		const {path} = this.#target;
		this.#services.logger.info({path, peer: this.#connection.peer, reader: this.id}, text);
	}
}

const noFacts = {
	transport: null,
	bytesReceived: 0,
	bytesSent: 0,
	packetsSent: 0,
	packetsDropped: 0,
	reportedLost: null,
	jitter: null,
	roundTripTime: null,
};

/** The URL of the path as the client calls this server. */
const baseOf = ({url, target}: ServerRequest): string =>
	`${/^rtsps?:\/\/[^/]*/i.exec(url)?.[0] ?? ''}/${target.path}`;
