import {EventEmitter, once} from 'node:events';
import {MediaError, toMediaError} from '../../errors.ts';
import type {OpenSource, Source, SourceEvents, SourceOptions} from '../../media/source.ts';
import type {RtmpIngest} from '../../native/rtmp.ts';
import {RtmpClient} from './client.ts';
import {tracksIn} from './metadata.ts';
import type {StreamMetadata} from './stream-metadata.ts';
import {parsePlayedUrl} from './url.ts';
import type {RtmpUrl} from './url.ts';

/** Fetches streams of servers over RTMP. */
export const createRtmpSource =
	(native: {openRtmpIngest(): RtmpIngest}, metadata: StreamMetadata): OpenSource =>
	options =>
		new RtmpPull(native.openRtmpIngest(), options, metadata);

class RtmpPull extends EventEmitter<SourceEvents> implements Source {
	readonly #ingest: RtmpIngest;
	readonly #options: SourceOptions;
	readonly #metadata: StreamMetadata;
	readonly #aborter = new AbortController();

	constructor(ingest: RtmpIngest, options: SourceOptions, metadata: StreamMetadata) {
		super();
		this.#ingest = ingest;
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
		const closed = once(this.#ingest, 'closed');
		try {
			await this.#follow();
		} catch (error) {
			if (!this.#aborter.signal.aborted) this.emit('failed', toMediaError(error));
		}
		this.#ingest.close();
		await closed;
		this.emit('stopped');
	}

	/** Until the server ends it, or the source is closed. */
	async #follow(): Promise<void> {
		const {stream, source, settings} = this.#options;
		const {signal} = this.#aborter;
		const url = sourceUrl(source);
		const client = new RtmpClient({
			...{url, ingest: this.#ingest, signal},
			fingerprint: settings.sourceFingerprint,
			timeoutMs: settings.readTimeoutMs,
		});
		const over = once(client, 'closed') as Promise<[MediaError]>;
		client.on('metadata', said => {
			this.#ingest.expect(tracksIn(said));
			this.#metadata.note(stream.id, said);
		});
		this.#ingest.publish(stream.id);
		try {
			await client.play();
			client.readNatively();
			this.emit('connected');
			const [error] = await over;
			throw error;
		} catch (error) {
			const {code, message} = toMediaError(error);
			throw new MediaError(code, `Expected a stream of ${url.applicationUrl}, got: ${message}`);
		} finally {
			client.close();
			this.#metadata.forget(stream.id);
		}
	}
}

const sourceUrl = (source: string): RtmpUrl => {
	const url = parsePlayedUrl(source);
	if (url.ok) return url.value;
	throw new MediaError('CONFIG_INVALID', `Source is no RTMP URL: ${url.reason}`, {key: 'source'});
};
