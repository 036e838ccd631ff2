import type {IncomingMessage, ServerResponse} from 'node:http';
import {MediaError} from '../../errors.ts';
import type {ReadAccess} from '../../http/access.ts';
import {allowOrigins} from '../../http/cors.ts';
import {answer, goneSignal, requireRead, splitName} from '../../http/handler.ts';
import type {HttpHandler, HttpLogger} from '../../http/handler.ts';
import {peerAddress, peerName} from '../../http/peer.ts';
import {sendBlocks, sendBytes, sendFile} from '../../http/send.ts';
import type {Delivery} from '../../media/delivery.ts';
import type {PlayableStreams} from '../../media/playable-streams.ts';
import {Muxer} from './muxer.ts';
import type {HlsNative, MuxerOptions, Playlist} from './muxer.ts';
import {mediaPlaylistName, parseFileName} from './names.ts';
import type {HlsFile} from './names.ts';
import {Sessions} from './sessions.ts';
import type {Viewer} from './sessions.ts';
import type {HlsSettings} from './settings.ts';
import {newMemory} from './window.ts';
import type {PathMemory} from './window.ts';

export type HlsReaderOptions = {
	native: HlsNative;
	delivery: Pick<Delivery, 'join'>;
	playables: Pick<PlayableStreams, 'open'>;
	access: ReadAccess;
	/** Asked anew each time, so that a reload takes effect with the next muxer. */
	settings: () => HlsSettings;
	logger: HttpLogger;
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
		close: () => reader.close(),
	};
};

type Slot = {muxer: Promise<Muxer>; opened?: Muxer; lastRequest: number; isKept: boolean};

type Asked = {
	request: IncomingMessage;
	response: ServerResponse;
	file: HlsFile;
	viewer: Viewer;
	session: string | undefined;
};

class Reader {
	readonly #options: HlsReaderOptions;
	readonly #clock: () => number;
	readonly #sessions: Sessions;
	readonly #slots = new Map<string, Slot>();
	readonly #memories = new Map<string, PathMemory>();
	readonly #bytesSent = new Map<string, number>();
	readonly #closing = new Set<Promise<void>>();
	readonly #sweep: NodeJS.Timeout;
	#isClosed = false;

	constructor(options: HlsReaderOptions) {
		this.#options = options;
		this.#clock = options.clock ?? (() => performance.now());
		this.#sessions = new Sessions({delivery: options.delivery, clock: this.#clock});
		this.#sweep = setInterval(() => this.#closeIdle(), sweepMs).unref();
	}

	handle(request: IncomingMessage, response: ServerResponse, url: URL): boolean {
		const settings = this.#options.settings();
		const asked = splitName(url);
		const file = asked && parseFileName(asked.file);
		if (!asked || !file || !settings.hls || this.#isClosed) return false;
		const session = url.searchParams.get('session');
		answer(response, this.#options.logger, async () => {
			if (allowOrigins(request, response, settings.hlsAllowOrigins)) return;
			requireRead(request, response);
			await this.#options.access(request, asked.name);
			await this.#answer({
				request,
				response,
				file,
				viewer: viewerOf(asked.name, request, settings.trustedProxies),
				session: session && /^[0-9a-f]{16}$/.test(session) ? session : undefined,
			});
		});
		return true;
	}

	remux(path: string): void {
		if (this.#isClosed) return;
		const slot = this.#slot(path);
		slot.isKept = true;
		slot.muxer.catch((error: unknown) => this.#options.logger.warn({path, err: error}, 'no HLS'));
	}

	facts(): HlsFacts {
		return {
			muxers: this.#slots.size,
			sessions: this.#sessions.size,
			bytesSent: this.#bytesSent,
		};
	}

	async close(): Promise<void> {
		this.#isClosed = true;
		clearInterval(this.#sweep);
		this.#sessions.close();
		const slots = [...this.#slots.values()];
		for (const muxer of await Promise.allSettled(slots.map(slot => slot.muxer)))
			if (muxer.status === 'fulfilled') muxer.value.close();
		await Promise.all(this.#closing);
	}

	async #answer(asked: Asked): Promise<void> {
		switch (asked.file.type) {
			case 'multivariant':
				return this.#multivariant(asked);
			case 'media':
				return this.#media(asked);
			default:
				return this.#file(asked, asked.file);
		}
	}

	async #multivariant({request, response, viewer}: Asked): Promise<void> {
		const id = await this.#sessions.begin(viewer);
		const muxer = await this.#muxer(viewer.path);
		const uri = `${mediaPlaylistName}?session=${id}`;
		const playlist = await muxer.multivariantPlaylist(uri, waitSignal(response));
		sendPlaylist(request, response, {playlist, caching: 'no-store'});
	}

	async #media({request, response, viewer, session}: Asked): Promise<void> {
		await this.#sessions.use(session, viewer);
		const muxer = await this.#muxer(viewer.path);
		const playlist = await muxer.mediaPlaylist(waitSignal(response));
		this.#sessions.touch(session, viewer);
		const caching = `public, max-age=${Math.floor(playlist.targetDuration / 2)}`;
		sendPlaylist(request, response, {playlist, caching});
	}

	async #file(
		{request, response, viewer, session}: Asked,
		file: Extract<HlsFile, {tag: string}>,
	): Promise<void> {
		this.#sessions.touch(session, viewer);
		const slot = this.#slots.get(viewer.path);
		if (slot) slot.lastRequest = this.#clock();
		const content = slot?.opened?.open(file);
		if (!slot?.opened || !content)
			throw new MediaError('HLS_GONE', 'The segment has left the playlist', {path: viewer.path});
		this.#count(viewer.path, request, response);
		// A name stands for the same bytes for ever.
		const seconds = 6 * slot.opened.targetDuration;
		const headers = {
			'content-type': 'video/mp4',
			'cache-control': `public, max-age=${seconds}, immutable`,
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

	#muxer(path: string): Promise<Muxer> {
		const slot = this.#slot(path);
		slot.lastRequest = this.#clock();
		return slot.muxer;
	}

	#slot(path: string): Slot {
		const known = this.#slots.get(path);
		if (known) return known;
		const slot: Slot = {muxer: this.#open(path), lastRequest: this.#clock(), isKept: false};
		this.#slots.set(path, slot);
		slot.muxer.then(
			muxer => this.#opened(path, slot, muxer),
			() => this.#slots.delete(path),
		);
		return slot;
	}

	async #open(path: string): Promise<Muxer> {
		const {delivery, playables} = this.#options;
		const admission = await delivery.join({
			path,
			protocol: 'hls',
			peer: '',
			start: true,
			counted: false,
			holds: true,
		});
		try {
			const {stream, tracks} = admission;
			const playable = await playables.open({path, stream, tracks});
			return this.#muxerOf({path, admission, playable});
		} catch (error) {
			admission.leave();
			throw error;
		}
	}

	#muxerOf(place: Pick<MuxerOptions, 'path' | 'admission' | 'playable'>): Muxer {
		const {native, settings, logger} = this.#options;
		const {path, admission, playable} = place;
		try {
			if (admission.end) throw admission.end;
			const memory = this.#memory(path);
			return new Muxer({...place, native, settings: settings(), memory, logger});
		} catch (error) {
			playable.release();
			throw error;
		}
	}

	#opened(path: string, slot: Slot, muxer: Muxer): void {
		slot.opened = muxer;
		const forget = () => {
			this.#slots.delete(path);
			const removed = muxer.filesRemoved().finally(() => this.#closing.delete(removed));
			this.#closing.add(removed);
			this.#options.logger.info({path}, 'HLS muxer closed');
		};
		if (muxer.isClosed) forget();
		else muxer.once('closed', forget);
		this.#options.logger.info({path}, 'HLS muxer opened');
	}

	/** Of so many paths that names chosen by strangers cannot fill the memory. */
	#memory(path: string): PathMemory {
		const memory = this.#memories.get(path) ?? newMemory();
		this.#memories.delete(path);
		this.#memories.set(path, memory);
		for (const oldest of this.#memories.keys()) {
			if (this.#memories.size <= maxMemories) break;
			if (this.#slots.has(oldest)) continue;
			this.#memories.delete(oldest);
			this.#bytesSent.delete(oldest);
		}
		return memory;
	}

	#closeIdle(): void {
		const {hlsMuxerCloseAfter} = this.#options.settings();
		this.#sessions.expire(path => {
			const target = this.#slots.get(path)?.opened?.targetDuration ?? 0;
			return Math.max(minIdleMs, 3000 * target);
		});
		for (const {opened, isKept, lastRequest} of this.#slots.values()) {
			if (!opened || isKept || opened.isAwaited) continue;
			if (this.#clock() - lastRequest > hlsMuxerCloseAfter) opened.close();
		}
	}
}

const sweepMs = 500;
// A viewer who has asked for nothing as long as this is gone, or longer where segments are long.
const minIdleMs = 10_000;
// The first segment takes a whole group of pictures, and some cameras make those 10 s long.
const firstSegmentMs = 20_000;
const maxMemories = 10_000;

const waitSignal = (response: ServerResponse): AbortSignal =>
	AbortSignal.any([goneSignal(response), AbortSignal.timeout(firstSegmentMs)]);

const viewerOf = (path: string, request: IncomingMessage, proxies: readonly string[]): Viewer => ({
	path,
	peer: peerName(request),
	client: `${peerAddress(request, proxies)} ${request.headers['user-agent'] ?? ''}`,
});

const sendPlaylist = (
	request: IncomingMessage,
	response: ServerResponse,
	{playlist, caching}: {playlist: Playlist; caching: string},
): void => {
	const isZipped = /(^|[\s,])gzip(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(
		String(request.headers['accept-encoding'] ?? ''),
	);
	response.appendHeader('vary', 'accept-encoding');
	// A range of a playlist means nothing to anybody.
	delete request.headers.range;
	sendBytes(request, response, {
		body: isZipped ? playlist.gzip : playlist.text,
		headers: {
			'content-type': 'application/vnd.apple.mpegurl',
			'cache-control': caching,
			...(isZipped && {'content-encoding': 'gzip'}),
		},
	});
};
