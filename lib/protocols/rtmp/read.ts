import type {AccessRequest} from '../../auth/gatekeeper.ts';
import {MediaError} from '../../errors.ts';
import type {Admission, Delivery} from '../../media/delivery.ts';
import type {FlvSpec} from '../../native/ring-output.ts';
import type {FanOuts} from '../../readers/fan-outs.ts';
import {Play} from '../../readers/play.ts';
import {startOf} from '../../readers/reading.ts';
import type {AskKernel} from '../../readers/socket-info.ts';
import {socketSink} from '../../readers/socket-sink.ts';
import {WriteWatch} from '../../readers/write-watch.ts';
import {formatAmf0, formatList} from './amf0.ts';
import {choosePlayTracks} from './codecs.ts';
import type {PlayChoice, Understands} from './codecs.ts';
import {describeMedia} from './push-tracks.ts';
import type {ServerConnection} from './server-connection.ts';
import type {StreamMetadata} from './stream-metadata.ts';
import {authorizationOf} from './target.ts';
import type {RtmpTarget} from './target.ts';

export type ReadServices = {
	delivery: Pick<Delivery, 'join'>;
	gatekeeper: {admit(request: AccessRequest): Promise<string>};
	fanOuts: FanOuts<FlvSpec>;
	settings: () => {
		/** Milliseconds in which a reader has to take something. */
		readonly writeTimeout: number;
		/** Bytes that may wait for one reader. */
		readonly readerQueueMaxSize: number;
	};
	/** The server clock in microseconds. */
	nowUs: () => number;
	tcpInfo: AskKernel;
	metadata: StreamMetadata;
	logger: {info(fields: object, message: string): void};
	/** Told what it sent when it is over. */
	onClosed: (path: string, bytes: number) => void;
};

export type Wish = {
	target: RtmpTarget;
	understands: Understands;
	signal: AbortSignal;
};

/** A client that plays a path, until one of them has enough. */
export class ReadSession {
	readonly target: RtmpTarget;
	/** Who reads; empty where nobody was asked for. */
	readonly user: string;
	readonly #connection: ServerConnection;
	readonly #services: ReadServices;
	readonly #admission: Admission;
	readonly #choice: PlayChoice;
	readonly #play: Play;
	readonly #writes: WriteWatch;
	#onEnded: (reason: string) => void = () => {};
	#unfollow: () => void = () => {};
	#isClosed = false;

	/** Waits for a place at the path; rejects with the MediaError that says why there is none. */
	static async open(
		{target, understands, signal}: Wish,
		connection: ServerConnection,
		services: ReadServices,
	): Promise<ReadSession> {
		const {path, query} = target;
		const {address, peer, isTls} = connection;
		const user = await services.gatekeeper.admit({
			...{action: 'read', path, ip: address, method: 'play'},
			authorization: authorizationOf(query),
			isUri: () => false,
		});
		const protocol = isTls ? 'rtmps' : 'rtmp';
		const rules = {start: true, counted: true, holds: true};
		const admission = await services.delivery.join({path, protocol, peer, ...rules}, signal);
		try {
			const choice = chooseTracks(admission, understands);
			return new ReadSession({target, user, admission, choice}, connection, services);
		} catch (error) {
			admission.leave();
			throw error;
		}
	}

	private constructor(
		{
			target,
			user,
			admission,
			choice,
		}: {target: RtmpTarget; user: string; admission: Admission; choice: PlayChoice},
		connection: ServerConnection,
		services: ReadServices,
	) {
		this.target = target;
		this.user = user;
		this.#connection = connection;
		this.#services = services;
		this.#admission = admission;
		this.#choice = choice;
		this.#play = this.#openPlay();
		this.#writes = new WriteWatch(connection.socket, this.#play, services.tcpInfo);
		admission.once('ended', (_, message) => this.#end(message));
	}

	/** As the lists of the path call it. */
	get id(): string {
		return this.#admission.reader;
	}

	/** Of media. */
	get bytesSent(): number {
		return this.#play.stats.bytes;
	}

	get stats(): {messagesSent: number; messagesDropped: number} {
		const {packets, dropped} = this.#play.stats;
		return {messagesSent: packets, messagesDropped: dropped};
	}

	/** Called once, when the path has nothing more for it. */
	onEnded(tell: (reason: string) => void): void {
		this.#onEnded = tell;
	}

	/** Describes the media, and sends it from then on. */
	async start(stream: number): Promise<void> {
		const {tracks} = this.#admission;
		const {chosen, left} = this.#choice;
		this.#connection.data(stream, formatAmf0(['|RtmpSampleAccess', true, true]));
		this.#describe(stream);
		const {metadata} = this.#services;
		this.#unfollow = metadata.follow(this.#admission.stream, () => this.#describe(stream));
		const count = `${Object.keys(chosen).length} of ${tracks.length} tracks`;
		const lacks = left.length > 0 ? `, without ${left.join(', ')}` : '';
		this.#log(`reads ${count} over ${this.#connection.isTls ? 'RTMPS' : 'RTMP'}${lacks}`);
		await this.#play.start();
	}

	async pause(isPaused: boolean): Promise<void> {
		if (isPaused) this.#play.pause();
		else await this.#play.start();
	}

	/** Asked about once a second; the reason why it is over. */
	check(): string | undefined {
		const {writeTimeout} = this.#services.settings();
		if (!this.#writes.isStuckFor(writeTimeout)) return undefined;
		return `it took nothing in ${writeTimeout / 1000} s`;
	}

	/** May be called twice. */
	close(reason: string): void {
		if (this.#isClosed) return;
		this.#isClosed = true;
		this.#unfollow();
		this.#play.close();
		this.#admission.leave();
		this.#log(`stopped reading: ${reason}`);
		this.#services.onClosed(this.target.path, this.bytesSent);
	}

	#openPlay(): Play {
		const {fanOuts, settings, nowUs, tcpInfo} = this.#services;
		const {socket} = this.#connection;
		const mode = startOf(this.target.query);
		const spec = {stream: this.#admission.stream, ...this.#choice.chosen, asTags: false};
		return new Play({
			join: member => fanOuts.join(spec, member),
			...{nowUs, maxBytes: settings().readerQueueMaxSize},
			sink: socketSink(socket, tcpInfo),
			mode: (mode.ok ? mode.value : undefined) ?? 'real',
			onEnded: () => this.#end('the tracks of the path are others now'),
		});
	}

	#describe(stream: number): void {
		const {tracks, stream: media} = this.#admission;
		const about = describeMedia(tracks, this.#choice.chosen, this.#services.metadata.of(media));
		this.#connection.data(stream, formatAmf0(['onMetaData']), formatList(about));
	}

	#end(reason: string): void {
		if (this.#isClosed) return;
		this.close(reason);
		this.#onEnded(reason);
	}

	#log(text: string): void {
		const {path} = this.target;
		this.#services.logger.info({path, peer: this.#connection.peer, reader: this.id}, text);
	}
}

/** Throws RTMP_NO_TRACKS. */
const chooseTracks = ({tracks}: Admission, understands: Understands): PlayChoice => {
	const choice = choosePlayTracks(tracks, understands);
	if (Object.keys(choice.chosen).length > 0) return choice;
	const codecs = tracks.map(({codec}) => codec);
	throw new MediaError(
		'RTMP_NO_TRACKS',
		`Expected a player that knows ${codecs.join(', ') || 'a path without tracks'}`,
		{codecs},
	);
};
