import {randomBytes} from 'node:crypto';
import {MediaError, toMediaError} from '../../errors.ts';
import type {Delivery} from '../../media/delivery.ts';
import type {Publication} from '../../media/publication.ts';
import type {RtspSessionFacts} from '../../media/session-facts.ts';
import type {RtpTrackSpec, StreamStats, UdpIngestSpec} from '../../native/binding.ts';
import type {Ingest, IngestOptions} from '../../native/native.ts';
import {announcedTracks, findAnnounced} from './announced.ts';
import {fitOffer} from './carriage.ts';
import type {Carriage} from './carriage.ts';
import {Goodbye} from './goodbye.ts';
import {formatKeyMgmtHeader} from './key-management.ts';
import {headerOf} from './message.ts';
import type {PairRoom} from './pair-room.ts';
import {TcpPublisherWay} from './publish-tcp.ts';
import {UdpPublisherWay} from './publish-udp.ts';
import type {PublisherWay} from './publisher-way.ts';
import type {ServerConnection} from './server-connection.ts';
import type {ServerRequest, ServerSession, SessionMethod} from './server-session.ts';
import {roundTripOfSocket} from '../../readers/socket-info.ts';
import type {AskKernel} from '../../readers/socket-info.ts';
import {answer, explained, statusOf} from './status.ts';
import type {RtspAnswer} from './status.ts';
import {isEncrypted, srtpOf} from './srtp-track.ts';
import type {SrtpTrack} from './srtp-track.ts';
import type {DescribedTrack} from './tracks.ts';
import {formatTransport} from './transport.ts';
import type {Binder} from './udp-pair.ts';

export type PublishServices = {
	/** Who publishes; empty where nobody was asked for. */
	user: string;
	delivery: Pick<Delivery, 'publish'>;
	native: Binder & {
		openIngest(stream: number, tracks: RtpTrackSpec[], options?: IngestOptions): Ingest;
		streamStats(stream: number): StreamStats | undefined;
		tcpInfo: AskKernel;
	};
	/** Milliseconds without a request after which a publisher is gone that does not record. */
	timeoutMs: number;
	/** Undefined: nothing comes over UDP, whatever the settings say. */
	room: PairRoom | undefined;
	settings: () => {
		readonly rtspTransports: readonly Carriage[];
		readonly rtspUDPPublisherPortRange: readonly number[];
		/** Bytes. */
		readonly rtspUDPReadBufferSize: number;
	};
};

type Opened = {session: PublishSession} | {refusal: RtspAnswer};

/**
 * A client that publishes to a path (RFC 2326 sections 10.3 and 10.11). All of its tracks come the same way, and it is gone
 * with its connection, over UDP as well: so its place is free at once for the one that comes back.
 */
export class PublishSession implements ServerSession {
	readonly secret = randomBytes(12).toString('hex');
	readonly timeoutMs: number;
	readonly outlivesConnection = false;
	readonly #connection: ServerConnection;
	readonly #services: PublishServices;
	readonly #publication: Publication;
	readonly #announce: ServerRequest;
	readonly #createdAt = new Date();
	readonly #tracks: DescribedTrack[];
	readonly #srtp: (SrtpTrack | undefined)[];
	readonly #statsBefore: StreamStats | undefined;
	readonly #goodbye = new Goodbye({
		packets: () => this.#stats()?.packets ?? 0,
		onMeant: () => this.#hearGoodbye(),
	});
	#way: PublisherWay | undefined;
	#ingest: Ingest | undefined;
	#isRecording = false;
	#isClosed = false;

	/** Takes the place of the path's publisher, or tells why not. */
	static async open(
		request: ServerRequest,
		connection: ServerConnection,
		services: PublishServices,
	): Promise<Opened> {
		const tracks = announcedTracks(request.body);
		if (!tracks.ok) return {refusal: explained(400, tracks.reason)};
		if (tracks.value.some(track => isEncrypted(track) && !track.encryption))
			return {refusal: explained(400, 'expected a key of SRTP (AES-CM 128, HMAC-SHA1)')};
		const {peer, protocol} = connection;
		const {path} = request.target;
		try {
			const publication = await services.delivery.publish({path, protocol, peer});
			const found = {publication, tracks: tracks.value};
			return {session: new PublishSession(request, connection, {...services, ...found})};
		} catch (thrown) {
			const error = toMediaError(thrown);
			return {refusal: explained(statusOf(error), error.message)};
		}
	}

	private constructor(
		request: ServerRequest,
		connection: ServerConnection,
		{
			publication,
			tracks,
			...services
		}: PublishServices & {publication: Publication; tracks: DescribedTrack[]},
	) {
		this.#announce = request;
		this.#connection = connection;
		this.#services = services;
		this.timeoutMs = services.timeoutMs;
		this.#publication = publication;
		this.#tracks = tracks;
		this.#srtp = tracks.map(srtpOf);
		this.#statsBefore = services.native.streamStats(publication.stream);
		publication.once('ended', (code, message) => connection.close(message));
	}

	get id(): string {
		return this.#publication.publisher;
	}

	get address(): string {
		return this.#connection.address;
	}

	/** A path sends a publisher away that sends nothing. */
	get silentMs(): number {
		return this.#isRecording ? 0 : Infinity;
	}

	methods(): Readonly<Record<string, SessionMethod | undefined>> {
		return {
			...(!this.#ingest && {SETUP: request => this.#setUp(request)}),
			...(this.#way && {RECORD: () => this.#record()}),
			...(this.#ingest && {PAUSE: () => this.#pause()}),
		};
	}

	interleaved(channel: number, data: Buffer): void {
		this.#way?.interleaved?.(channel, data);
	}

	check(): void {}

	facts(): RtspSessionFacts {
		const {target} = this.#announce;
		const {peer, id, isTls, socket} = this.#connection;
		const {user, native} = this.#services;
		const now = this.#stats();
		const isUdp = this.#way?.carriage === 'udp';
		const since = (counter: 'bytes' | 'packets' | 'lostPackets') =>
			(now?.[counter] ?? 0) - (this.#statsBefore?.[counter] ?? 0);
		return {
			id: this.id,
			isTls,
			created: this.#createdAt.toISOString(),
			remoteAddr: peer,
			state: this.#isRecording ? 'publish' : 'idle',
			path: target.path,
			query: target.query,
			user,
			userAgent: headerOf(this.#announce, 'User-Agent')?.slice(0, 200) ?? '',
			transport: isUdp ? 'UDP' : 'TCP',
			profile: this.#tracks.some(isEncrypted) ? 'SAVP' : 'AVP',
			conns: [id],
			bytesReceived: isUdp ? since('bytes') : socket.bytesRead,
			packetsReceived: since('packets'),
			packetsLost: since('lostPackets'),
			bytesSent: 0,
			packetsSent: 0,
			packetsDropped: 0,
			reportedLost: null,
			jitter: now && this.#isRecording ? now.jitterUs / 1e6 : null,
			roundTripTime: roundTripOfSocket(socket, fd => native.tcpInfo(fd)),
		};
	}

	close(reason: string): void {
		if (this.#isClosed) return;
		this.#isClosed = true;
		this.#isRecording = false;
		this.#goodbye.close();
		this.#publication.leave(new MediaError('SOURCE_ENDED', `Publisher is gone: ${reason}`));
		this.#way?.close();
		this.#ingest?.close();
	}

	#setUp(request: ServerRequest): RtspAnswer {
		const given = this.#way ? [this.#way.carriage] : this.#given();
		const offer = fitOffer(request, given, {isEncrypted: true}) ?? fitOffer(request, given);
		if (!offer) return answer(461);
		if (offer.transport.mode?.toLowerCase() === 'play')
			return explained(400, 'expected mode=record');
		const way = this.#way ?? this.#wayOf(offer.carriage);
		const track = findAnnounced(request.url, this.#tracks, index => !way.has(index));
		if (track === undefined) return answer(404);
		const srtp = this.#srtp[track];
		const isSealed = offer.transport.profile.startsWith('RTP/S');
		const granted = isSealed === (srtp !== undefined) && way.setUp(track, offer.transport);
		if (!granted) return answer(461);
		this.#way = way;
		const key = srtp?.own ? [['KeyMgmt', formatKeyMgmtHeader(request.url, srtp.own)] as const] : [];
		return answer(200, [['Transport', formatTransport(granted)], ...key]);
	}

	#record(): RtspAnswer {
		this.#isRecording = true;
		this.#ingest ??= this.#way?.open().on('left', () => this.#goodbye.said());
		return answer(200);
	}

	/** A publisher that is gone, and has not said TEARDOWN. */
	#hearGoodbye(): void {
		if (this.#isRecording) this.#connection.close('it said goodbye (RTCP BYE)');
	}

	#stats(): StreamStats | undefined {
		return this.#services.native.streamStats(this.#publication.stream);
	}

	/** It keeps its place, until the path finds it too silent. */
	#pause(): RtspAnswer {
		this.#isRecording = false;
		return answer(200);
	}

	/** What comes by TLS or a tunnel comes by it alone, unless it is encrypted itself. */
	#given(): Carriage[] {
		const {room, settings} = this.#services;
		const {isTls, tunnel} = this.#connection;
		const mayLeave = !isTls || this.#tracks.every(isEncrypted);
		const mayUdp = room !== undefined && mayLeave && tunnel === 'none';
		return settings().rtspTransports.filter(
			carriage => carriage === 'tcp' || (carriage === 'udp' && mayUdp),
		);
	}

	#wayOf(carriage: Carriage): PublisherWay {
		const {native, settings, room} = this.#services;
		const {stream} = this.#publication;
		const context = {
			connection: this.#connection,
			tracks: this.#tracks,
			srtp: this.#srtp,
			openIngest: (tracks: RtpTrackSpec[], udp?: UdpIngestSpec) =>
				native.openIngest(stream, tracks, {udp}),
		};
		if (carriage === 'tcp' || !room) return new TcpPublisherWay(context);
		const {rtspUDPPublisherPortRange: portRange, rtspUDPReadBufferSize} = settings();
		const means = {binder: native, portRange, receiveBufferBytes: rtspUDPReadBufferSize, room};
		return new UdpPublisherWay(context, means);
	}
}
