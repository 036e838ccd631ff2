import type {IncomingMessage, ServerResponse} from 'node:http';
import {MediaError} from '../../errors.ts';
import type {ReadAccess} from '../../http/access.ts';
import {allowOrigins} from '../../http/cors.ts';
import {answer, requireRead, splitName} from '../../http/handler.ts';
import type {HttpHandler} from '../../http/handler.ts';
import {peerAddress, peerName} from '../../http/peer.ts';
import {sendBlocks, sendFile} from '../../http/send.ts';
import type {ReaderFacts} from '../../media/reader-facts.ts';
import {cacheControl, isShared} from './caching.ts';
import {isFromCdn} from './cdn.ts';
import {Muxers} from './muxers.ts';
import type {MuxersOptions} from './muxers.ts';
import {mediaPlaylistName, parseFileName} from './names.ts';
import type {HlsFile, MediaFile} from './names.ts';
import {parseReload} from './reload.ts';
import {sendPlaylist} from './send-playlist.ts';
import {Sessions} from './sessions.ts';
import type {Viewer} from './sessions.ts';

export type HlsReaderOptions = Omit<MuxersOptions, 'clock' | 'onForgotten'> & {
	access: ReadAccess;
	/** Milliseconds, monotonic. */
	clock?: () => number;
};

export type HlsFacts = {
	muxers: number;
	sessions: number;
	/** Bytes of media sent, by path. */
	bytesSent: ReadonlyMap<string, number>;
};

export type HlsReader = HttpHandler & {
	/** Makes HLS of a path from now on, whether or not somebody asks for it (hlsAlwaysRemux), until its stream ends. */
	remux(path: string): void;
	facts(): HlsFacts;
	readers(): ReaderFacts[];
	/** Lets everybody go; files are removed when it resolves. May be called twice. */
	close(): Promise<void>;
};

/** Serves `/<path>/index.m3u8` and what it leads to. */
export const createHlsReader = (options: HlsReaderOptions): HlsReader => {
	const reader = new Reader(options);
	return {
		name: 'hls',
		handle: (request, response, url) => reader.handle(request, response, url),
		remux: path => reader.remux(path),
		facts: () => reader.facts(),
		readers: () => reader.readers(),
		close: () => reader.close(),
	};
};

type Asked = {
	request: IncomingMessage;
	response: ServerResponse;
	file: HlsFile;
	query: URLSearchParams;
	viewer: Viewer;
	session: string | undefined;
	/** Stands for viewers that are counted elsewhere. */
	isCdn: boolean;
};

class Reader {
	readonly #options: HlsReaderOptions;
	readonly #sessions: Sessions;
	readonly #muxers: Muxers;
	readonly #bytesSent = new Map<string, number>();
	readonly #sweep: NodeJS.Timeout;
	#isClosed = false;

	constructor(options: HlsReaderOptions) {
		this.#options = options;
		const {delivery, clock = () => performance.now()} = options;
		this.#sessions = new Sessions({delivery, clock});
		const onForgotten = (path: string) => void this.#bytesSent.delete(path);
		this.#muxers = new Muxers({...options, clock, onForgotten});
		this.#sweep = setInterval(() => this.#closeIdle(), sweepMs).unref();
	}

	handle(request: IncomingMessage, response: ServerResponse, url: URL): boolean {
		const settings = this.#options.settings();
		const asked = splitName(url);
		const file = asked && parseFileName(asked.file);
		if (!asked || !file || !settings.hls || this.#isClosed) return false;
		const query = url.searchParams;
		answer(response, this.#options.logger, async () => {
			if (allowOrigins(request, response, settings.hlsAllowOrigins)) return;
			requireRead(request, response);
			const isCdn = isFromCdn(request.headers.authorization, settings.hlsCDNSecret);
			if (!isCdn) await this.#options.access(request, asked.name);
			const viewer = viewerOf(asked.name, request, settings.trustedProxies);
			const from = {viewer, session: sessionOf(query), isCdn};
			await this.#answer({request, response, file, query, ...from});
		});
		return true;
	}

	remux(path: string): void {
		if (!this.#isClosed) this.#muxers.keep(path);
	}

	facts(): HlsFacts {
		return {
			muxers: this.#muxers.size,
			sessions: this.#sessions.size,
			bytesSent: this.#bytesSent,
		};
	}

	readers(): ReaderFacts[] {
		return this.#sessions.readers();
	}

	async close(): Promise<void> {
		this.#isClosed = true;
		clearInterval(this.#sweep);
		this.#sessions.close();
		await this.#muxers.close();
	}

	async #answer(asked: Asked): Promise<void> {
		const {file, response, viewer} = asked;
		try {
			if (file.type === 'multivariant') await this.#multivariant(asked);
			else if (file.type === 'media') await this.#media(asked);
			else await this.#file(asked, file);
		} catch (error) {
			const target = this.#muxers.targetDuration(viewer.path);
			if (target > 0 && isShared(error) && !response.headersSent)
				response.setHeader('cache-control', cacheControl('error', target));
			throw error;
		}
	}

	async #multivariant({request, response, viewer, isCdn}: Asked): Promise<void> {
		const query = isCdn ? '' : `?session=${await this.#sessions.begin(viewer)}`;
		const muxer = await this.#muxers.get(viewer.path);
		const uri = `${mediaPlaylistName}${query}`;
		const playlist = await muxer.multivariantPlaylist(uri, response);
		const caching = isCdn ? cacheControl('plain', playlist.targetDuration) : 'no-store';
		sendPlaylist(request, response, {playlist, caching});
	}

	async #media({request, response, query, viewer, session, isCdn}: Asked): Promise<void> {
		const reload = parseReload(query);
		if (typeof reload === 'string') throw new MediaError('HLS_RELOAD_INVALID', reload);
		if (!isCdn) await this.#sessions.use(session, viewer);
		const muxer = await this.#muxers.get(viewer.path);
		const playlist = await muxer.mediaPlaylist(reload, response);
		this.#sessions.touch(session, viewer);
		const isWaited = muxer.isLowLatency && reload.msn !== undefined;
		const caching = cacheControl(isWaited ? 'waited' : 'plain', playlist.targetDuration);
		sendPlaylist(request, response, {playlist, caching});
	}

	async #file({request, response, viewer, session}: Asked, file: MediaFile): Promise<void> {
		this.#sessions.touch(session, viewer);
		const muxer = this.#muxers.find(viewer.path);
		const content = await muxer?.open(file, response);
		if (!muxer || !content)
			throw new MediaError('HLS_GONE', 'The segment has left the playlist', {path: viewer.path});
		this.#count(viewer.path, request, response);
		const headers = {
			'content-type': 'video/mp4',
			'cache-control': cacheControl('media', muxer.targetDuration),
		};
		if ('path' in content) await sendFile(request, response, {...content, headers});
		else sendBlocks(request, response, {...content, headers});
	}

	/** What the answer put on the connection, once it is over. */
	#count(path: string, request: IncomingMessage, response: ServerResponse): void {
		const before = request.socket.bytesWritten;
		response.once('close', () => {
			const bytes = request.socket.bytesWritten - before;
			this.#bytesSent.set(path, (this.#bytesSent.get(path) ?? 0) + bytes);
		});
	}

	#closeIdle(): void {
		this.#sessions.expire(path => Math.max(minIdleMs, 3000 * this.#muxers.targetDuration(path)));
		this.#muxers.closeIdle();
	}
}

const sweepMs = 500;
// A viewer who has asked for nothing as long as this is gone, or longer where segments are long.
const minIdleMs = 10_000;

const sessionOf = (query: URLSearchParams): string | undefined => {
	const session = query.get('session');
	return session && /^[0-9a-f]{16}$/.test(session) ? session : undefined;
};

const viewerOf = (path: string, request: IncomingMessage, proxies: readonly string[]): Viewer => ({
	path,
	peer: peerName(request),
	client: `${peerAddress(request, proxies)} ${request.headers['user-agent'] ?? ''}`,
});
