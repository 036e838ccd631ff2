import {EventEmitter} from 'node:events';
import {MediaError, toMediaError} from '../../errors.ts';
import type {OpenSource, Source, SourceEvents, SourceOptions} from '../../media/source.ts';
import type {NativeStream} from '../../native/native.ts';
import type {OnExchange} from './session.ts';
import type {Carriage} from './carriage.ts';
import type {UdpMeans} from './track-setup.ts';
import type {Binder} from './udp-pair.ts';
import {parseRtspUrl} from './url.ts';
import type {RtspUrl} from './url.ts';
import {RtspVisit} from './visit.ts';
import type {NextVisit} from './visit.ts';

/** Fetches streams of cameras over RTSP; sources of one maker share what is known of cameras without UDP. */
export const createRtspSource = (binder: Binder): OpenSource => {
	const withoutUdp = new KnownSources();
	return options => new RtspPull({...options, binder, withoutUdp});
};

export type WatchedOptions = Omit<SourceOptions, 'stream'> & {
	stream: Pick<NativeStream, 'openIngest' | 'stats'>;
	onExchange?: OnExchange;
	binder: Binder;
};

/** The same, once, for those who look at the dialogue. */
export const openWatchedRtspSource = (options: WatchedOptions): Source =>
	new RtspPull({...options, withoutUdp: new KnownSources()});

type PullOptions = WatchedOptions & {withoutUdp: KnownSources};

class RtspPull extends EventEmitter<SourceEvents> {
	readonly #options: PullOptions;
	#visit: RtspVisit | undefined;
	#isPaused = false;
	#isClosed = false;

	constructor(options: PullOptions) {
		super();
		this.#options = options;
		void this.#run();
	}

	pause(): void {
		this.#isPaused = true;
		this.#visit?.pause();
	}

	play(): void {
		this.#isPaused = false;
		this.#visit?.play();
	}

	close(): void {
		this.#isClosed = true;
		this.#visit?.close(new MediaError('RTSP_LOST', 'Source was closed'));
	}

	async #run(): Promise<void> {
		// Whoever opened it listens from the next turn on.
		await Promise.resolve();
		try {
			await this.#follow();
		} catch (error) {
			if (!this.#isClosed) this.emit('failed', toMediaError(error));
		}
		this.emit('stopped');
	}

	/** From camera to camera, until one fails or the source is closed. */
	async #follow(): Promise<void> {
		const first = sourceUrl(this.#options);
		let next: Omit<NextVisit, 'why'> = {url: first};
		for (let redirects = 0; redirects <= maxRedirects && !this.#isClosed; redirects++) {
			const {why, ...other} = await this.#visitAt(next, first);
			this.#options.logger.info(why);
			// After media it is a camera that moves, not one that sends us in circles.
			if (this.#visit?.proven) redirects = 0;
			next = other;
		}
		throw new MediaError('RTSP_REFUSED', `Expected at most ${maxRedirects} redirects in a row`);
	}

	async #visitAt(next: Omit<NextVisit, 'why'>, first: RtspUrl): Promise<NextVisit> {
		const {stream, settings, logger, onExchange} = this.#options;
		const {url, carriage = this.#carriageOf(url)} = next;
		const allowBasic = url.host === first.host || url.credentials !== first.credentials;
		const visit = new RtspVisit({
			...{url, stream, allowBasic, logger, onExchange, carriage},
			fingerprint: settings.sourceFingerprint,
			webSocketPath: settings.rtspWebSocketPath,
			timeoutMs: settings.readTimeoutMs,
			mayFallBack: settings.rtspTransport === 'automatic' && carriage !== 'tcp',
			udp: this.#udpMeans(),
		});
		if (this.#isPaused) visit.pause();
		this.#visit = visit;
		return await this.#learn(visit);
	}

	/** TLS keeps nothing secret that goes over UDP beside it, and where a tunnel is needed UDP has no way. */
	#carriageOf({isTls, tunnel}: RtspUrl): Carriage {
		const {source, settings, withoutUdp} = this.#options;
		const {rtspTransport} = settings;
		const isWithin = isTls || tunnel !== 'none';
		if (rtspTransport === 'automatic') return isWithin || withoutUdp.has(source) ? 'tcp' : 'udp';
		if (!isWithin || rtspTransport === 'tcp') return rtspTransport;
		// SRTP keeps it secret.
		if (isTls && tunnel === 'none' && rtspTransport === 'udp') return rtspTransport;
		const message = `Expected rtspTransport automatic or tcp with TLS or a tunnel, got ${rtspTransport}`;
		throw new MediaError('CONFIG_INVALID', message, {key: 'rtspTransport'});
	}

	#udpMeans(): UdpMeans {
		const {binder, settings} = this.#options;
		return {
			binder,
			portRange: settings.rtspUDPSourcePortRange,
			receiveBufferBytes: settings.rtspUDPReadBufferSize,
			interface: settings.rtspMulticastInterface,
		};
	}

	/** A source that TCP brings is asked for nothing else until it refuses TCP. */
	async #learn(visit: RtspVisit): Promise<NextVisit> {
		const {source, settings, withoutUdp} = this.#options;
		try {
			return await visit.run();
		} catch (error) {
			if (toMediaError(error).code === 'RTSP_REFUSED') withoutUdp.delete(source);
			throw error;
		} finally {
			if (settings.rtspTransport === 'automatic' && visit.proven === 'tcp') withoutUdp.add(source);
		}
	}
}

/** The newest of them, by what is configured. */
class KnownSources extends Set<string> {
	override add(source: string): this {
		super.add(source);
		const [oldest] = this;
		if (this.size > maxKnown && oldest !== undefined) this.delete(oldest);
		return this;
	}
}

const maxKnown = 10_000;

const maxRedirects = 5;

const sourceUrl = ({source}: Pick<SourceOptions, 'source'>): RtspUrl => {
	const url = parseRtspUrl(source);
	if (url.ok) return url.value;
	throw new MediaError('CONFIG_INVALID', `Source is no RTSP URL: ${url.reason}`, {key: 'source'});
};
