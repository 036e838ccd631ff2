import type Hls from 'hls.js';
import type {ErrorData} from 'hls.js';
import {parseError} from '../shared/api-client.ts';
import type {ServerError} from '../shared/api-client.ts';
import type {Transport, TransportState} from './transport.ts';

/** Plays HLS into a video element, and begins again for ever when it breaks. */
export class HlsVideo extends EventTarget implements Transport {
	readonly #video: HTMLVideoElement;
	readonly #url: string;
	readonly #listeners = new AbortController();
	#hls: Hls | undefined;
	#retry: number | undefined;
	#lastTime = 0;
	#lastMoveMs = 0;
	state: TransportState = 'opening';
	error: ServerError | undefined;

	/** `url`: of a multivariant playlist. */
	constructor(video: HTMLVideoElement, url: string) {
		super();
		this.#video = video;
		this.#url = url;
	}

	/** Seconds between the newest picture of the playlist and what is on the screen. */
	get behindSeconds(): number | undefined {
		const latency = this.#hls?.latency;
		return latency !== undefined && latency > 0 ? latency : undefined;
	}

	open(): void {
		const {signal} = this.#listeners;
		this.#video.addEventListener('playing', () => this.#become('playing'), {signal});
		this.#video.addEventListener('waiting', () => this.#become('waiting'), {signal});
		this.#video.addEventListener('error', () => this.#again(), {signal});
		const watch = window.setInterval(() => this.#watch(), 1000);
		signal.addEventListener('abort', () => window.clearInterval(watch));
		void this.#start();
	}

	close(): void {
		this.#listeners.abort();
		this.#stop();
	}

	async #start(): Promise<void> {
		this.#lastMoveMs = performance.now();
		const {default: Player} = await import('hls.js');
		if (this.#listeners.signal.aborted) return;
		if (!Player.isSupported()) return this.#startNatively();
		// As a wish of ours these would hold against the hold-back that a playlist of low latency states.
		Object.assign(Player.DefaultConfig, {liveSyncDurationCount: 2, liveMaxLatencyDurationCount: 6});
		const hls = new Player({
			enableWorker: false,
			lowLatencyMode: true,
			liveDurationInfinity: true,
			maxLiveSyncPlaybackRate: 1.1,
			backBufferLength: 20,
		});
		this.#hls = hls;
		hls.on(Player.Events.ERROR, (_, data) => this.#fail(data));
		hls.on(Player.Events.MANIFEST_PARSED, () => this.#play());
		hls.loadSource(this.#url);
		hls.attachMedia(this.#video);
	}

	#startNatively(): void {
		this.#video.src = this.#url;
		this.#play();
	}

	#play(): void {
		this.error = undefined;
		// Refused where the page may not play by itself: the controls are there.
		this.#video.play().catch(() => {});
	}

	#fail({fatal, type, networkDetails}: ErrorData): void {
		if (!fatal) return;
		if (type === 'mediaError' && this.#hls) return this.#hls.recoverMediaError();
		const answer = networkDetails as Partial<XMLHttpRequest> | undefined;
		if (answer?.status) this.error = parseError(answer.status, answer.responseText ?? '');
		this.#again();
	}

	/** A player that stands still although nothing was reported is begun anew. */
	#watch(): void {
		const {currentTime, paused} = this.#video;
		const now = performance.now();
		if (currentTime !== this.#lastTime || paused) {
			this.#lastMoveMs = now;
			if (!paused && currentTime !== this.#lastTime) this.#become('playing');
		}
		this.#lastTime = currentTime;
		const stillMs = now - this.#lastMoveMs;
		if (stillMs > 2000) this.#become('waiting');
		if (stillMs > 20_000) this.#again();
	}

	#again(): void {
		if (this.#retry !== undefined || this.#listeners.signal.aborted) return;
		this.#stop();
		this.#become('waiting');
		this.#retry = window.setTimeout(() => {
			this.#retry = undefined;
			void this.#start();
		}, 2000);
	}

	#stop(): void {
		window.clearTimeout(this.#retry);
		this.#retry = undefined;
		this.#hls?.destroy();
		this.#hls = undefined;
	}

	#become(state: TransportState): void {
		if (state === 'playing') this.error = undefined;
		if (state === this.state && this.error === undefined) return;
		this.state = state;
		this.dispatchEvent(new Event('change'));
	}
}
