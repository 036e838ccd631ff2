import {EventEmitter} from 'node:events';
import {MediaError, toMediaError} from '../errors.ts';
import type {ErrorCode} from '../errors.ts';
import type {StreamStats, TrackInfo} from '../native/binding.ts';
import type {StreamEvents} from '../native/native.ts';
import {pauseAfter} from './back-off.ts';
import {Alarm} from './clock.ts';
import type {Clock} from './clock.ts';
import {IngestLimit} from './ingest-limit.ts';
import type {Source} from './source.ts';
import {pictureTrackOf} from './tracks.ts';
import {formatRate} from '../util/rate.ts';

export const usualSilenceMs = 5000;
const watchMs = 1000;
const keyFrameWatchMs = 50;
/** A source that delivered for less than this and was lost again is tried with growing pauses. */
const steadyMs = 5000;

export type SupplyEvents = {
	/** The running try has given its first key frame. */
	delivered: [];
	/** A try is over. The next one follows by itself until `stop()`. */
	lost: [error: MediaError];
	/** Once a second while it delivers. */
	watched: [stats: StreamStats];
	/** After `stop()`: the last source has said goodbye. */
	stopped: [];
};

type Received = Pick<StreamStats, 'bytes' | 'packets' | 'undecryptablePackets'>;
const nothing: Received = {bytes: 0, packets: 0, undecryptablePackets: 0};

/** The part of a native stream that is watched. */
export type WatchedStream = Pick<EventEmitter<StreamEvents>, 'on' | 'off'> & {
	stats(): StreamStats | undefined;
};

export type SupplyOptions = {
	stream: WatchedStream;
	/** Makes the source of one try. */
	openSource: () => Source;
	/** What a source may send that delivers; 0 = as much as comes. May change at any time. */
	maxBitsPerSecond?: () => number;
	readTimeoutMs: number;
	/** A source that has delivered and gives no frame for so long is taken for lost; 5 s unless told. */
	silenceMs?: number;
	/** How many tries have failed before, and when the next one may begin (server clock). */
	history: TryHistory;
	clock: Clock;
	random: () => number;
};

/** What outlives a supply: the next one must not begin before the pause of the last one is over. */
export type TryHistory = {failures: number; due: number};

/** Notes a failed try, so that the next one comes after the pause due. */
export const countFailure = (
	history: TryHistory,
	code: ErrorCode,
	{clock, random}: Pick<SupplyOptions, 'clock' | 'random'>,
): void => {
	history.failures++;
	history.due = clock.now() + pauseAfter(history.failures, code, random);
};

/** Keeps a stream fed: one source at a time, tried again and again until it is stopped. */
export class Supply extends EventEmitter<SupplyEvents> {
	readonly #options: SupplyOptions;
	/** For the next try, and for the end of one that connects but never gets anywhere. */
	readonly #timer: Alarm;
	/** For the first key frame, then for silence. */
	readonly #watch: Alarm;
	#source: Source | undefined;
	/** A try has begun and is not settled. */
	#trying = false;
	/** The counters when the running try began. */
	#bytesBefore = 0;
	#keyFramesBefore = 0;
	/** When it was last looked whether the running try brings anything. */
	#seen = nothing;
	#waitsForKeyFrame = false;
	#connected = false;
	#deliveredAt: number | undefined;
	#listeningSince = 0;
	#limit = new IngestLimit();
	#muted = false;
	#stopped = false;

	constructor(options: SupplyOptions) {
		super();
		this.#options = options;
		this.#timer = new Alarm(options.clock);
		this.#watch = new Alarm(options.clock);
		options.stream.on('epoch', this.#onEpoch);
		this.#scheduleTry();
	}

	/** A source exists and has delivered. */
	get delivers(): boolean {
		return this.#deliveredAt !== undefined;
	}

	/** The running try has reached its peer: it promised media, or bytes have come. */
	get isConnected(): boolean {
		return this.#source !== undefined && (this.#connected || this.#bytes() > this.#bytesBefore);
	}

	pause(): void {
		this.#muted = true;
		this.#watch.cancel();
		this.#source?.pause();
	}

	play(): void {
		this.#muted = false;
		this.#listeningSince = this.#options.clock.now();
		this.#limit = new IngestLimit();
		this.#source?.play();
		if (this.delivers) this.#watchSilence();
	}

	/** May be called twice; `stopped` follows, at once if no source runs. */
	stop(): void {
		if (this.#stopped) return;
		this.#stopped = true;
		this.#timer.cancel();
		this.#watch.cancel();
		this.#deliveredAt = undefined;
		this.#options.stream.off('epoch', this.#onEpoch);
		if (this.#source) this.#source.close();
		else queueMicrotask(() => this.emit('stopped'));
	}

	#scheduleTry(): void {
		const {clock, history} = this.#options;
		this.#timer.set(history.due - clock.now(), () => this.#try());
	}

	#try(): void {
		this.#trying = true;
		this.#seen = this.#received();
		this.#bytesBefore = this.#seen.bytes;
		this.#keyFramesBefore = this.#keyFrames();
		this.#connected = false;
		this.#timer.set(this.#options.readTimeoutMs, () => this.#guard());
		try {
			this.#adopt(this.#options.openSource());
		} catch (error) {
			this.#over(toMediaError(error));
			if (!this.#stopped) this.#scheduleTry();
		}
	}

	#adopt(source: Source): void {
		this.#source = source;
		source.once('connected', () => this.#promised());
		source.once('failed', error => this.#over(error));
		source.once('stopped', () => {
			this.#over(new MediaError('SOURCE_ENDED', 'Source came to its end'));
			this.#source = undefined;
			this.#afterSource();
		});
	}

	/** What its dialogue took is no media. */
	#promised(): void {
		this.#connected = true;
		if (!this.#trying || this.delivers) return;
		this.#seen = this.#received();
		this.#timer.set(this.#options.readTimeoutMs, () => this.#guard());
	}

	/** A try that brings nothing for `readTimeout` is over; one whose media has no key frame yet may go on. */
	#guard(): void {
		const [before, now] = [this.#seen, this.#received()];
		const isForeign =
			now.undecryptablePackets > before.undecryptablePackets && now.packets === before.packets;
		if (isForeign || now.bytes === before.bytes) {
			const media = isForeign ? 'media that can be decrypted' : 'media';
			const what = this.isConnected ? `sends no ${media}` : 'does not answer';
			const seconds = this.#options.readTimeoutMs / 1000;
			return this.#abandon(new MediaError('SOURCE_SILENT', `Source ${what} for ${seconds} s`));
		}
		this.#seen = now;
		this.#timer.set(this.#options.readTimeoutMs, () => this.#guard());
	}

	#abandon(error: MediaError): void {
		const source = this.#source;
		this.#over(error);
		source?.close();
	}

	/** Settles a try, once: `#deliveredAt` and the timers are those of the running one. */
	#over(error: MediaError): void {
		if (this.#stopped || !this.#trying) return;
		const {clock, history, random} = this.#options;
		const now = clock.now();
		if (this.#deliveredAt !== undefined && now - this.#deliveredAt >= steadyMs)
			history.failures = 0;
		countFailure(history, error.code, {clock, random});
		this.#trying = false;
		this.#deliveredAt = undefined;
		this.#waitsForKeyFrame = false;
		this.#timer.cancel();
		this.#watch.cancel();
		this.emit('lost', error);
	}

	/** The next try waits for the end of the last one: many cameras have room for one session only. */
	#afterSource(): void {
		if (this.#stopped) this.emit('stopped');
		else this.#scheduleTry();
	}

	readonly #onEpoch = ({tracks}: {tracks: TrackInfo[]}): void => {
		if (!this.#trying || this.delivers) return;
		this.#waitsForKeyFrame = pictureTrackOf(tracks) !== undefined;
		this.#lookForKeyFrame();
	};

	#lookForKeyFrame(): void {
		if (this.#waitsForKeyFrame && this.#keyFrames() <= this.#keyFramesBefore) {
			return this.#watch.set(keyFrameWatchMs, () => this.#lookForKeyFrame());
		}
		this.#deliveredAt = this.#listeningSince = this.#options.clock.now();
		this.#limit = new IngestLimit();
		this.#timer.cancel();
		this.#watchSilence();
		this.emit('delivered');
	}

	#watchSilence(): void {
		if (this.#muted) return;
		this.#watch.set(watchMs, () => {
			const stats = this.#options.stream.stats();
			if (stats) this.emit('watched', stats);
			const excess = this.#excess(stats);
			if (excess) return this.#abandon(excess);
			const {silenceMs = usualSilenceMs} = this.#options;
			if (this.#silentForMs(stats) <= silenceMs) return this.#watchSilence();
			const message = `Source has sent no frame for ${silenceMs / 1000} s`;
			this.#abandon(new MediaError('SOURCE_SILENT', message));
		});
	}

	#excess(stats: StreamStats | undefined): MediaError | undefined {
		const {maxBitsPerSecond, clock} = this.#options;
		const max = maxBitsPerSecond?.() ?? 0;
		const bps = stats && this.#limit.look(clock.now(), stats.bytes);
		if (max === 0 || bps === undefined || bps <= max) return undefined;
		const rates = `${formatRate(Math.round(bps / 1000) * 1000)}, more than ${formatRate(max)}`;
		return new MediaError('SOURCE_TOO_FAST', `Source sends ${rates} (maxIngestBitrate)`);
	}

	#silentForMs(stats: StreamStats | undefined): number {
		const lastFrameMs = (stats?.lastFrameUs ?? 0) / 1000;
		return this.#options.clock.now() - Math.max(lastFrameMs, this.#listeningSince);
	}

	#received(): Received {
		return this.#options.stream.stats() ?? nothing;
	}

	#bytes(): number {
		return this.#received().bytes;
	}

	#keyFrames(): number {
		return this.#options.stream.stats()?.keyFrames ?? 0;
	}
}
