import type {Logger} from 'pino';
import {MediaError, toMediaError} from '../../errors.ts';
import type {UdpIngestSpec} from '../../native/binding.ts';
import type {Ingest, NativeStream} from '../../native/native.ts';
import {Authenticator} from './auth.ts';
import type {Carriage} from './carriage.ts';
import {RtspConnection} from './connection.ts';
import {Goodbye} from './goodbye.ts';
import {startKeepalive} from './keepalive.ts';
import {headerOf} from './message.ts';
import type {RtspRequest} from './message.ts';
import {matchRtpInfo} from './rtp-info.ts';
import type {RtpInfo} from './rtp-info.ts';
import {parseSdp} from './sdp.ts';
import {RtspSession} from './session.ts';
import type {Description, OnExchange} from './session.ts';
import {OverTcp, TrackSetup} from './track-setup.ts';
import type {SetUpTrack, UdpMeans} from './track-setup.ts';
import {tracksOf} from './tracks.ts';
import {resolveLocation} from './url.ts';
import type {RtspUrl} from './url.ts';

export type VisitOptions = {
	url: RtspUrl;
	stream: Pick<NativeStream, 'openIngest' | 'stats'>;
	/** Of the certificate that the camera has to show; empty = one of a known authority. */
	fingerprint: string;
	/** Where a WebSocket is opened. */
	webSocketPath: string;
	timeoutMs: number;
	carriage: Carriage;
	/** Where UDP is refused or nothing comes by it, `run()` leads to the same camera over TCP. */
	mayFallBack: boolean;
	udp: UdpMeans;
	/** False: the password may not go to this host in plain words. */
	allowBasic: boolean;
	logger: Logger;
	onExchange?: OnExchange | undefined;
};

/** Where to go next; without a carriage by the one that is configured. */
export type NextVisit = {url: RtspUrl; carriage?: Carriage; why: string};

/**
 * One connection to a camera from the first word to the last. `run()` gives where to go next, or
 * rejects with why it is over; TEARDOWN is said in every case.
 */
export class RtspVisit {
	readonly #options: VisitOptions;
	readonly #connection = new RtspConnection();
	readonly #session: RtspSession;
	readonly #abort = new AbortController();
	readonly #end = Promise.withResolvers<NextVisit>();
	#description: Description | undefined;
	#tracks: SetUpTrack[] = [];
	#setup: TrackSetup | undefined;
	#ingest: Ingest | undefined;
	/** When the ingest was opened. */
	#before: Counters = {packets: 0, undecryptable: 0};
	#hasMedia = false;
	#isPlaying = false;
	#isPaused = false;
	#isPauseTaken = false;
	/** Since it was last looked whether media comes. */
	#isResumed = false;
	readonly #goodbye = new Goodbye({
		packets: () => this.#packets(),
		onMeant: () => this.#hearGoodbye(),
	});

	constructor(options: VisitOptions) {
		this.#options = options;
		const {url, timeoutMs, allowBasic, onExchange} = options;
		const authenticator = new Authenticator(url.credentials, {allowBasic});
		const connection = this.#connection;
		this.#session = new RtspSession({connection, url, authenticator, timeoutMs, onExchange});
		this.#connection.on('request', request => this.#hear(request));
		this.#connection.on('closed', error => this.#end.reject(error));
		this.#end.promise.catch(() => undefined);
	}

	/** How media came; undefined when there was none. */
	get proven(): Carriage | undefined {
		return this.#hasMedia ? this.#setup?.carriage : undefined;
	}

	async run(): Promise<NextVisit> {
		const {url, fingerprint, webSocketPath, timeoutMs} = this.#options;
		const {signal} = this.#abort;
		await this.#connection.open({url, fingerprint, webSocketPath, timeoutMs, signal});
		try {
			return (await this.#start()) ?? (await this.#stay());
		} catch (error) {
			if (error instanceof OverTcp) return {url, carriage: 'tcp', why: `${error.message}: TCP`};
			throw error;
		} finally {
			this.#countPackets();
			await this.#session.tearDown();
			this.#connection.close();
			this.#ingest?.close();
			this.#setup?.close();
		}
	}

	pause(): void {
		this.#isPaused = true;
		if (this.#isPlaying) void this.#pause();
	}

	play(): void {
		this.#isPaused = false;
		this.#isResumed = true;
		if (this.#isPlaying) void this.#resume();
	}

	/** `run()` rejects with `error` when the camera has been told. */
	close(error: MediaError): void {
		this.#countPackets();
		this.#abort.abort(error);
		this.#connection.cancel(error);
		this.#end.reject(error);
	}

	/** The whole dialogue up to PLAY; gives where a redirect leads. */
	async #start(): Promise<NextVisit | undefined> {
		const session = this.#session;
		await session.options();
		const description = await session.describe();
		if ('redirect' in description) return sentTo(description.redirect);
		this.#description = description;
		await this.#setUpAll(description);
		this.#openIngest();
		this.#place(await session.play(description));
		this.#isPlaying = true;
		if (this.#isPaused) void this.#pause();
		return undefined;
	}

	/** A track that the camera refuses is missed, as long as there is video where video was offered. */
	async #setUpAll({tracks, bases}: Description): Promise<void> {
		const {carriage, mayFallBack, udp, url} = this.#options;
		const isSecret = url.isTls;
		const {peer} = this.#connection;
		const setup = new TrackSetup({
			...{session: this.#session, peer, carriage, mayFallBack, isSecret, udp},
		});
		this.#setup = setup;
		let refused: MediaError | undefined;
		for (const [index, track] of tracks.entries()) {
			try {
				this.#tracks.push(await setup.setUp(track, bases, index));
			} catch (error) {
				if (error instanceof OverTcp) throw error;
				refused ??= toMediaError(error);
				if (refused.code !== 'RTSP_REFUSED' && refused.code !== 'RTSP_NOT_FOUND') throw refused;
				this.#options.logger.warn({code: refused.code}, refused.message);
			}
		}
		const has = (kind: string) => (it: {spec: {kind: string}}) => it.spec.kind === kind;
		const given = this.#tracks.map(({track}) => track);
		const isVideoMissed = tracks.some(has('video')) && !given.some(has('video'));
		if (refused && (given.length === 0 || isVideoMissed)) throw refused;
		if (given.length === 0)
			throw new MediaError(
				'RTSP_NO_TRACKS',
				'Expected a track of video or audio over RTP, got none',
			);
	}

	#openIngest(): void {
		const last = this.#ingest;
		const specs = this.#tracks.map(({track, channel, rtcpChannel, srtp}) => ({
			...track.spec,
			channel,
			rtcpChannel,
			...(srtp && {srtp}),
		}));
		this.#before = this.#counters();
		const udp = this.#udpSpec();
		// Two ingests would share what comes to their sockets.
		last?.close();
		this.#ingest = this.#options.stream.openIngest(specs, {udp});
		this.#ingest.on('rtcp', bytes => this.#connection.write(bytes));
		this.#ingest.on('left', () => this.#goodbye.said());
		if (!udp) this.#connection.feedTo(this.#ingest);
	}

	/** Until then their first frames wait for it, for a moment. */
	#place(infos: RtpInfo[]): void {
		const controls = this.#tracks.map(({track}) => track.control ?? '');
		const starts = matchRtpInfo(infos, controls).flatMap((info, track) =>
			info?.timestamp === undefined ? [] : {track, rtpTime: info.timestamp},
		);
		if (starts.length > 0) this.#ingest?.place(starts);
	}

	#udpSpec(): UdpIngestSpec | undefined {
		const tracks = this.#tracks.flatMap(({udp}) => udp ?? []);
		const {receiveBufferBytes} = this.#options.udp;
		return tracks.length === 0 ? undefined : {tracks, receiveBufferBytes};
	}

	/** Until the camera goes, sends us elsewhere, or falls silent. */
	async #stay(): Promise<NextVisit> {
		const stopKeepalive = startKeepalive(this.#session);
		// Of two that end together, the first one leads to TCP.
		const stopFirstWatch = this.#watchFirst();
		const stopWatch = this.#watch();
		try {
			return await this.#end.promise;
		} finally {
			this.#goodbye.close();
			stopFirstWatch();
			stopWatch();
			stopKeepalive();
		}
	}

	#watch(): () => void {
		const {timeoutMs} = this.#options;
		let before = this.#before;
		let timer: NodeJS.Timeout;
		const look = (afterMs: number) => {
			this.#countPackets();
			const now = this.#counters();
			const isExcused = this.#isPaused || this.#isResumed;
			if (now.packets === before.packets && !isExcused)
				this.#end.reject(silent(afterMs, now.undecryptable > before.undecryptable));
			before = now;
			this.#isResumed = false;
			lookAfter(timeoutMs);
		};
		const lookAfter = (ms: number) => void (timer = setTimeout(look, ms, ms));
		lookAfter(Math.min(firstMediaMs, timeoutMs));
		return () => clearTimeout(timer);
	}

	/** Of UDP that nothing comes by. */
	#watchFirst(): () => void {
		const {mayFallBack, timeoutMs} = this.#options;
		const patienceMs = Math.min(udpPatienceMs, timeoutMs);
		if (!mayFallBack || !this.#tracks.some(({udp}) => udp)) return () => undefined;
		const look = () => {
			this.#countPackets();
			if (this.#hasMedia) clearInterval(timer);
			else if (!this.#isPaused)
				this.#end.reject(new OverTcp(`nothing comes over UDP for ${patienceMs} ms`));
		};
		const timer = setInterval(look, patienceMs);
		return () => clearInterval(timer);
	}

	#hearGoodbye(): void {
		if (this.#isPaused) return;
		this.#end.reject(new MediaError('RTSP_LOST', 'Expected media, got BYE by the camera'));
	}

	/** Answers to keepalives, and what cannot be decrypted, are no media. */
	#counters(): Counters {
		const {packets = 0, undecryptablePackets = 0} = this.#options.stream.stats() ?? {};
		return {packets, undecryptable: undecryptablePackets};
	}

	#packets(): number {
		return this.#counters().packets;
	}

	#countPackets(): void {
		if (!this.#ingest) return;
		this.#hasMedia ||= this.#packets() > this.#before.packets;
	}

	async #pause(): Promise<void> {
		try {
			const {status} = await this.#session.askSession('PAUSE');
			this.#isPauseTaken ||= status === 200;
		} catch {
			// The stream drops the media; if the connection is gone, that is told elsewhere.
		}
	}

	async #resume(): Promise<void> {
		try {
			const {status, reason} = await this.#session.askSession('PLAY');
			if (status === 200 || !this.#isPauseTaken) return;
			const message = `Expected 200 to PLAY after a pause, got ${status} ${reason}`;
			this.#end.reject(new MediaError('RTSP_REFUSED', message, {method: 'PLAY', status}));
		} catch (error) {
			this.#end.reject(toMediaError(error));
		}
	}

	#hear(request: RtspRequest): void {
		const handle = handlers[request.method];
		if (!handle) return this.#connection.answer(request, 501, 'Not Implemented');
		this.#connection.answer(request, 200, 'OK', [['Public', Object.keys(handlers).join(', ')]]);
		if (handle === 'redirect') this.#redirect(headerOf(request, 'Location'));
		if (handle === 'announce') this.#announce(request.body);
		if (handle === 'end')
			this.#end.reject(new MediaError('RTSP_LOST', 'Expected media, got TEARDOWN by the camera'));
	}

	/** Without a Location it means: come again. */
	#redirect(location: string | undefined): void {
		const {url} = this.#options;
		const next = location ? resolveLocation(url, location.trim()) : undefined;
		this.#end.resolve(sentTo(next?.ok ? next.value : url));
	}

	/** The same tracks with other parameters go on in a new epoch; others need a new dialogue. */
	#announce(body: string): void {
		const sdp = parseSdp(body);
		const described = this.#description?.tracks;
		if (!sdp.ok || !described || !this.#ingest) return;
		const announced = tracksOf(sdp.value);
		const controls = (list: {control: string | undefined}[]) =>
			JSON.stringify(list.map(({control}) => control ?? ''));
		if (controls(announced) !== controls(described)) return this.#redirect(undefined);
		this.#tracks = this.#tracks.map(it => {
			const track = announced.find(({control}) => control === it.track.control);
			return {...it, track: track ?? it.track};
		});
		this.#openIngest();
	}
}

/** How long UDP may bring nothing where TCP may be taken instead. */
const udpPatienceMs = 3000;

type Counters = {packets: number; undecryptable: number};

/** How long the first media may take after PLAY. */
const firstMediaMs = 5000;

const silent = (forMs: number, isEncrypted: boolean): MediaError => {
	const got = isEncrypted ? 'packets that its key does not decrypt' : 'nothing';
	const message = `Expected media from the camera, got ${got} for ${forMs} ms`;
	return new MediaError('RTSP_SILENT', message);
};

const sentTo = (url: RtspUrl): NextVisit => ({
	url,
	why: `camera sends us to ${url.host}${url.port ? `:${url.port}` : ''}`,
});

/** What a camera may ask of us. */
const handlers: Record<string, 'nothing' | 'announce' | 'redirect' | 'end'> = {
	OPTIONS: 'nothing',
	GET_PARAMETER: 'nothing',
	SET_PARAMETER: 'nothing',
	ANNOUNCE: 'announce',
	REDIRECT: 'redirect',
	TEARDOWN: 'end',
};
