import {randomBytes} from 'node:crypto';
import {MediaError, toMediaError} from '../../errors.ts';
import type {Delivery} from '../../media/delivery.ts';
import type {Publication} from '../../media/publication.ts';
import type {RtspSessionFacts} from '../../media/session-facts.ts';
import type {RtpTrackSpec, StreamStats} from '../../native/binding.ts';
import type {Ingest} from '../../native/native.ts';
import {announcedTracks, findAnnounced} from './announced.ts';
import {fitOffer} from './carriage.ts';
import type {Carriage} from './carriage.ts';
import {chooseChannels} from './channels.ts';
import {headerOf} from './message.ts';
import type {ServerConnection} from './server-connection.ts';
import type {ServerRequest, ServerSession, SessionMethod} from './server-session.ts';
import {answer, explained, statusOf} from './status.ts';
import type {RtspAnswer} from './status.ts';
import type {DescribedTrack} from './tracks.ts';
import {formatTransport, noTransport} from './transport.ts';
import type {Pair, Transport} from './transport.ts';

export type PublishServices = {
	/** Who publishes; empty where nobody was asked for. */
	user: string;
	delivery: Pick<Delivery, 'publish'>;
	native: {
		openIngest(stream: number, tracks: RtpTrackSpec[]): Ingest;
		streamStats(stream: number): StreamStats | undefined;
	};
	settings: () => {readonly rtspTransports: readonly Carriage[]};
};

type Opened = {session: PublishSession} | {refusal: RtspAnswer};

/** A client that publishes to a path over its RTSP connection (RFC 2326 sections 10.3 and 10.11). */
export class PublishSession implements ServerSession {
	readonly secret = randomBytes(12).toString('hex');
	readonly timeoutMs = 60_000;
	readonly outlivesConnection = false;
	readonly #connection: ServerConnection;
	readonly #services: PublishServices;
	readonly #publication: Publication;
	readonly #announce: ServerRequest;
	readonly #createdAt = new Date();
	readonly #tracks: DescribedTrack[];
	/** By index of the track. */
	readonly #channels = new Map<number, Pair>();
	readonly #statsBefore: StreamStats | undefined;
	/** What came before RECORD was understood, with its frames. */
	readonly #early: Buffer[] = [];
	#earlyBytes = 0;
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
		this.#publication = publication;
		this.#tracks = tracks;
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
			...(this.#channels.size > 0 && {RECORD: () => this.#record()}),
			...(this.#ingest && {PAUSE: () => this.#pause()}),
		};
	}

	interleaved(channel: number, data: Buffer): void {
		this.#earlyBytes += 4 + data.length;
		if (this.#earlyBytes > maxEarlyBytes) return;
		this.#early.push(
			Buffer.from([0x24, channel, data.length >> 8, data.length & 255]),
			Buffer.from(data),
		);
	}

	check(): void {}

	facts(): RtspSessionFacts {
		const {target} = this.#announce;
		const {peer, id, isTls, socket} = this.#connection;
		const now = this.#services.native.streamStats(this.#publication.stream);
		const since = (counter: 'packets' | 'lostPackets') =>
			(now?.[counter] ?? 0) - (this.#statsBefore?.[counter] ?? 0);
		return {
			id: this.id,
			isTls,
			created: this.#createdAt.toISOString(),
			remoteAddr: peer,
			state: this.#isRecording ? 'publish' : 'idle',
			path: target.path,
			query: target.query,
			user: this.#services.user,
			userAgent: headerOf(this.#announce, 'User-Agent')?.slice(0, 200) ?? '',
			transport: 'TCP',
			profile: 'AVP',
			conns: [id],
			bytesReceived: socket.bytesRead,
			packetsReceived: since('packets'),
			packetsLost: since('lostPackets'),
			bytesSent: 0,
			packetsSent: 0,
			packetsDropped: 0,
			reportedLost: null,
			jitter: null,
			roundTripTime: null,
		};
	}

	close(reason: string): void {
		if (this.#isClosed) return;
		this.#isClosed = true;
		this.#isRecording = false;
		this.#publication.leave(new MediaError('SOURCE_ENDED', `Publisher is gone: ${reason}`));
		if (!this.#ingest) return;
		this.#connection.feedTo(undefined);
		this.#ingest.close();
	}

	#setUp(request: ServerRequest): RtspAnswer {
		const {transport} = fitOffer(request, this.#given()) ?? {};
		if (!transport) return answer(461);
		if (transport.mode?.toLowerCase() === 'play') return explained(400, 'expected mode=record');
		const track = findAnnounced(request.url, this.#tracks, index => !this.#channels.has(index));
		if (track === undefined) return answer(404);
		this.#channels.delete(track);
		const interleaved = chooseChannels(transport.interleaved, [...this.#channels.values()]);
		if (!interleaved) return answer(461);
		this.#channels.set(track, interleaved);
		return answer(200, [['Transport', formatTransport(granted(transport, interleaved))]]);
	}

	/** Media may be in the same bytes as the request, so all of them go to the ingest at once. */
	#record(): RtspAnswer {
		this.#isRecording = true;
		if (this.#ingest) return answer(200);
		const {native} = this.#services;
		this.#ingest = native.openIngest(this.#publication.stream, this.#specs());
		for (const bytes of this.#early.splice(0)) this.#ingest.feed(bytes, bytes.length);
		this.#connection.feedTo(this.#ingest);
		return answer(200);
	}

	/** It keeps its place, until the path finds it too silent. */
	#pause(): RtspAnswer {
		this.#isRecording = false;
		return answer(200);
	}

	#given(): Carriage[] {
		return this.#services.settings().rtspTransports.filter(carriage => carriage === 'tcp');
	}

	/** In the order of the announcement. */
	#specs(): RtpTrackSpec[] {
		return this.#tracks.flatMap(({spec}, index) => {
			const [channel, rtcpChannel] = this.#channels.get(index) ?? [];
			if (channel === undefined || rtcpChannel === undefined) return [];
			return [{...spec, channel, rtcpChannel}];
		});
	}
}

const maxEarlyBytes = 262_144;

const granted = ({profile}: Transport, interleaved: Pair): Transport => ({
	...{...noTransport, profile, interleaved},
	lower: 'TCP',
	cast: 'unicast',
	mode: 'record',
});
