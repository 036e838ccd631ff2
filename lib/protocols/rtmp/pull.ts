import {EventEmitter, once} from 'node:events';
import {MediaError, toMediaError} from '../../errors.ts';
import type {ErrorCode} from '../../errors.ts';
import type {OpenSource, Source, SourceEvents, SourceOptions} from '../../media/source.ts';
import type {RtmpIngest} from '../../native/rtmp.ts';
import {RtmpClient} from './client.ts';
import {tracksIn} from './metadata.ts';
import {Moves} from './moves.ts';
import type {StreamMetadata} from './stream-metadata.ts';
import {parsePlayedUrl, shownUrl} from './url.ts';
import type {RtmpUrl} from './url.ts';

/** Fetches streams of servers over RTMP. */
export const createRtmpSource =
	(native: IngestMaker, metadata: StreamMetadata): OpenSource =>
	options =>
		new RtmpPull(native, options, metadata);

type IngestMaker = {openRtmpIngest(): RtmpIngest};

class RtmpPull extends EventEmitter<SourceEvents> implements Source {
	readonly #native: IngestMaker;
	readonly #options: SourceOptions;
	readonly #metadata: StreamMetadata;
	readonly #aborter = new AbortController();

	readonly #moves = new Moves();
	#isConnected = false;

	constructor(native: IngestMaker, options: SourceOptions, metadata: StreamMetadata) {
		super();
		this.#native = native;
		this.#options = options;
		this.#metadata = metadata;
		// Whoever opened it listens from the next turn on.
		queueMicrotask(() => void this.#run());
	}

	/** Servers of live streams send on, paused or not; the stream drops it. */
	pause(): void {}

	play(): void {}

	close(): void {
		this.#aborter.abort();
	}

	async #run(): Promise<void> {
		try {
			await this.#follow(sourceUrl(this.#options.source));
		} catch (error) {
			if (!this.#aborter.signal.aborted) this.emit('failed', toMediaError(error));
		}
		this.emit('stopped');
	}

	/** From one server to the next, where they ask for it, until one ends it or the source is closed. */
	async #follow(first: RtmpUrl): Promise<void> {
		const {logger} = this.#options;
		const moves = this.#moves;
		for (let url: RtmpUrl | undefined = first; url;) {
			const next = await this.#stay(url);
			if (!next) return;
			if (!moves.mayFollow()) throw lost(url, 'the server asks to connect anew again and again');
			logger.info(`server asks to connect anew, to ${shownUrl(next)}`);
			url = next;
		}
	}

	/** Resolves with where the server asks to connect anew. */
	async #stay(url: RtmpUrl): Promise<RtmpUrl | undefined> {
		const ingest = this.#native.openRtmpIngest();
		const closed = once(ingest, 'closed');
		try {
			return await this.#play(url, ingest);
		} finally {
			ingest.close();
			await closed;
		}
	}

	async #play(url: RtmpUrl, ingest: RtmpIngest): Promise<RtmpUrl> {
		const {stream, settings} = this.#options;
		const client = new RtmpClient({
			...{url, ingest, signal: this.#aborter.signal},
			fingerprint: settings.sourceFingerprint,
			timeoutMs: settings.readTimeoutMs,
		});
		const end = endOf(client);
		client.on('metadata', said => {
			ingest.expect(tracksIn(said));
			this.#metadata.note(stream.id, said);
		});
		ingest.publish(stream.id);
		try {
			const early = await Promise.race([client.play(), end]);
			if (early) return early;
			client.readNatively();
			this.#tellConnected();
			return await end;
		} catch (error) {
			const {code, message} = toMediaError(error);
			throw lost(url, message, code);
		} finally {
			client.close();
			this.#metadata.forget(stream.id);
		}
	}

	#tellConnected(): void {
		this.#moves.played();
		if (!this.#isConnected) this.emit('connected');
		this.#isConnected = true;
	}
}

/** Resolves with where it asks to connect anew; rejects with why it is over. */
const endOf = async (client: RtmpClient): Promise<RtmpUrl> => {
	const end = new Promise<RtmpUrl>((resolve, reject) => {
		client.once('reconnect', resolve);
		client.once('closed', reject);
	});
	// Whoever asked for the permission hears of it, too.
	end.catch(() => {});
	return end;
};

const lost = (url: RtmpUrl, why: string, code: ErrorCode = 'RTMP_LOST'): MediaError =>
	new MediaError(code, `Expected a stream of ${shownUrl(url)}, got: ${why}`);

const sourceUrl = (source: string): RtmpUrl => {
	const url = parsePlayedUrl(source);
	if (url.ok) return url.value;
	throw new MediaError('CONFIG_INVALID', `Source is no RTMP URL: ${url.reason}`, {key: 'source'});
};
