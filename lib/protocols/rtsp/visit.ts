import type {Logger} from 'pino';
import {MediaError, toMediaError} from '../../errors.ts';
import type {Ingest, NativeStream} from '../../native/native.ts';
import {Authenticator} from './auth.ts';
import {RtspConnection} from './connection.ts';
import {startKeepalive} from './keepalive.ts';
import {headerOf} from './message.ts';
import type {RtspRequest} from './message.ts';
import {parseSdp} from './sdp.ts';
import {RtspSession} from './session.ts';
import type {Description, OnExchange, SetUpTrack} from './session.ts';
import {tracksOf} from './tracks.ts';
import {portOf, resolveLocation} from './url.ts';
import type {RtspUrl} from './url.ts';

export type VisitOptions = {
	url: RtspUrl;
	stream: Pick<NativeStream, 'openIngest'>;
	timeoutMs: number;
	/** False: the password may not go to this host in plain words. */
	allowBasic: boolean;
	logger: Logger;
	onExchange?: OnExchange | undefined;
};

/**
 * One connection to a camera from the first word to the last. `run()` gives where to go next, or
 * rejects with why it is over; TEARDOWN is said in every case.
 */
export class RtspVisit {
	readonly #options: VisitOptions;
	readonly #connection = new RtspConnection();
	readonly #session: RtspSession;
	readonly #abort = new AbortController();
	readonly #end = Promise.withResolvers<RtspUrl>();
	#description: Description | undefined;
	#tracks: SetUpTrack[] = [];
	#ingest: Ingest | undefined;
	#isPlaying = false;
	#isPaused = false;
	#isPauseTaken = false;

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

	async run(): Promise<RtspUrl> {
		const {url, timeoutMs} = this.#options;
		const {signal} = this.#abort;
		const {host, isTls} = url;
		await this.#connection.open({host, port: portOf(url), isTls, timeoutMs, signal});
		try {
			return (await this.#start()) ?? (await this.#stay());
		} finally {
			await this.#session.tearDown();
			this.#connection.close();
			this.#ingest?.close();
		}
	}

	pause(): void {
		this.#isPaused = true;
		if (this.#isPlaying) void this.#pause();
	}

	play(): void {
		this.#isPaused = false;
		if (this.#isPlaying) void this.#resume();
	}

	/** `run()` rejects with `error` when the camera has been told. */
	close(error: MediaError): void {
		this.#abort.abort(error);
		this.#connection.cancel(error);
		this.#end.reject(error);
	}

	/** The whole dialogue up to PLAY; gives where a redirect leads. */
	async #start(): Promise<RtspUrl | undefined> {
		const session = this.#session;
		await session.options();
		const description = await session.describe();
		if ('redirect' in description) return description.redirect;
		this.#description = description;
		await this.#setUpAll(description);
		this.#openIngest();
		await session.play(description);
		this.#isPlaying = true;
		if (this.#isPaused) void this.#pause();
		return undefined;
	}

	/** A track that the camera refuses is missed, as long as there is video where video was offered. */
	async #setUpAll({tracks, bases}: Description): Promise<void> {
		let refused: MediaError | undefined;
		for (const [index, track] of tracks.entries()) {
			try {
				this.#tracks.push(await this.#session.setUp(track, bases, index * 2));
			} catch (error) {
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
		const specs = this.#tracks.map(({track, channel, rtcpChannel}) => ({
			...track.spec,
			channel,
			rtcpChannel,
		}));
		this.#ingest = this.#options.stream.openIngest(specs);
		this.#connection.feedTo(this.#ingest);
		last?.close();
	}

	/** Until the camera goes, sends us elsewhere, or falls silent. */
	async #stay(): Promise<RtspUrl> {
		const session = this.#session;
		const connection = this.#connection;
		const rtcpChannels = this.#tracks.map(({rtcpChannel}) => rtcpChannel);
		const stopKeepalive = startKeepalive({session, connection, rtcpChannels});
		const stopWatch = this.#watch();
		try {
			return await this.#end.promise;
		} finally {
			stopWatch();
			stopKeepalive();
		}
	}

	#watch(): () => void {
		const {timeoutMs} = this.#options;
		let bytesBefore = -1;
		const look = () => {
			const bytes = this.#connection.bytesRead;
			if (bytes === bytesBefore && !this.#isPaused) {
				const message = `Expected media from the camera, got nothing for ${timeoutMs} ms`;
				this.#end.reject(new MediaError('RTSP_SILENT', message));
			}
			bytesBefore = bytes;
		};
		const timer = setInterval(look, timeoutMs);
		return () => clearInterval(timer);
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
		this.#end.resolve(next?.ok ? next.value : url);
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

/** What a camera may ask of us. */
const handlers: Record<string, 'nothing' | 'announce' | 'redirect' | 'end'> = {
	OPTIONS: 'nothing',
	GET_PARAMETER: 'nothing',
	SET_PARAMETER: 'nothing',
	ANNOUNCE: 'announce',
	REDIRECT: 'redirect',
	TEARDOWN: 'end',
};
