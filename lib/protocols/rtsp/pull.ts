import {EventEmitter} from 'node:events';
import {MediaError, toMediaError} from '../../errors.ts';
import type {OpenSource, Source, SourceEvents, SourceOptions} from '../../media/source.ts';
import type {NativeStream} from '../../native/native.ts';
import type {OnExchange} from './session.ts';
import {parseRtspUrl} from './url.ts';
import type {RtspUrl} from './url.ts';
import {RtspVisit} from './visit.ts';

/** Fetches a camera's stream over RTSP, media interleaved on its TCP connection whatever `rtspTransport` says. */
export const openRtspSource: OpenSource = options => new RtspPull(options);

export type WatchedOptions = Omit<SourceOptions, 'stream'> & {
	stream: Pick<NativeStream, 'openIngest'>;
	onExchange?: OnExchange;
};

/** The same for those who look at the dialogue. */
export const openWatchedRtspSource = (options: WatchedOptions): Source => new RtspPull(options);

class RtspPull extends EventEmitter<SourceEvents> {
	readonly #options: WatchedOptions;
	#visit: RtspVisit | undefined;
	#isPaused = false;
	#isClosed = false;

	constructor(options: WatchedOptions) {
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
		let url = first;
		for (let redirects = 0; redirects <= maxRedirects && !this.#isClosed; redirects++) {
			url = await this.#visitAt(url, first);
			this.#options.logger.info(`camera sends us to ${url.host}${url.port ? `:${url.port}` : ''}`);
		}
		throw new MediaError('RTSP_REFUSED', `Expected at most ${maxRedirects} redirects in a row`);
	}

	async #visitAt(url: RtspUrl, {host, credentials}: RtspUrl): Promise<RtspUrl> {
		const {stream, settings, logger, onExchange} = this.#options;
		const allowBasic = url.host === host || url.credentials !== credentials;
		const timeoutMs = settings.readTimeoutMs;
		const visit = new RtspVisit({url, stream, timeoutMs, allowBasic, logger, onExchange});
		if (this.#isPaused) visit.pause();
		this.#visit = visit;
		return await visit.run();
	}
}

const maxRedirects = 5;

const sourceUrl = ({source}: Pick<SourceOptions, 'source'>): RtspUrl => {
	const url = parseRtspUrl(source);
	if (url.ok) return url.value;
	throw new MediaError('CONFIG_INVALID', `Source is no RTSP URL: ${url.reason}`, {key: 'source'});
};
