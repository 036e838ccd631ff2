import type {IncomingMessage, ServerResponse} from 'node:http';
import {setTimeout as wait} from 'node:timers/promises';
import {MediaError, toMediaError} from '../../errors.ts';
import type {ReadAccess} from '../../http/access.ts';
import {allowOrigins} from '../../http/cors.ts';
import {answer, goneSignal, requireRead, splitName} from '../../http/handler.ts';
import type {HttpHandler, HttpLogger} from '../../http/handler.ts';
import {peerName} from '../../http/peer.ts';
import {answerUnchanged, sendBytes} from '../../http/send.ts';
import type {Admission, Delivery} from '../../media/delivery.ts';
import {pictureTrackOf} from '../../media/tracks.ts';
import type {Id, StreamStats, TrackInfo} from '../../native/binding.ts';
import {Decoder} from './decode.ts';
import type {DecoderNative} from './decode.ts';
import {Pictures} from './pictures.ts';
import type {Picture} from './pictures.ts';
import {parseSnapshotName, parseWish, snapshotTypes, wishKey} from './wish.ts';
import type {SnapshotWish} from './wish.ts';

/** The part of the addon that snapshots use. */
export type SnapshotNative = DecoderNative & {
	streamStats(stream: Id): StreamStats | undefined;
	/** The server clock in microseconds. */
	nowUs(): number;
};

export type SnapshotReaderOptions = {
	native: SnapshotNative;
	delivery: Pick<Delivery, 'join'>;
	access: ReadAccess;
	/** The keys of the configuration that snapshots use. */
	settings: () => {readonly hlsAllowOrigins: readonly string[]};
	logger: HttpLogger;
	/** Milliseconds to wait for a key frame, and for its picture. */
	timeout?: number;
};

/** Serves `/<path>/snapshot.jpg`, `.png` and `.webp`. */
export const createSnapshotReader = (
	options: SnapshotReaderOptions,
): HttpHandler & {close(): Promise<void>} => {
	const reader = new Reader(options);
	return {
		name: 'snapshot',
		handle: (request, response, url) => reader.handle(request, response, url),
		close: async () => reader.close(),
	};
};

type Asked = {
	request: IncomingMessage;
	response: ServerResponse;
	path: string;
	wish: SnapshotWish;
};

class Reader {
	readonly #options: SnapshotReaderOptions;
	readonly #timeoutMs: number;
	readonly #pictures = new Pictures();
	readonly #decoder: Decoder;
	readonly #closing = new AbortController();

	constructor(options: SnapshotReaderOptions) {
		this.#options = options;
		this.#timeoutMs = options.timeout ?? 10_000;
		this.#decoder = new Decoder(options.native, this.#timeoutMs);
	}

	handle(request: IncomingMessage, response: ServerResponse, url: URL): boolean {
		const asked = splitName(url);
		const format = asked && parseSnapshotName(asked.file);
		if (!asked || !format) return false;
		answer(response, this.#options.logger, async () => {
			if (allowOrigins(request, response, this.#options.settings().hlsAllowOrigins)) return;
			requireRead(request, response);
			await this.#options.access(request, asked.name);
			const wish = parseWish(format, url.searchParams);
			await this.#answer({request, response, path: asked.name, wish});
		});
		return true;
	}

	close(): void {
		this.#closing.abort(new Error('The server is closing'));
		this.#decoder.close();
	}

	async #answer({request, response, path, wish}: Asked): Promise<void> {
		const signal = AbortSignal.any([goneSignal(response), this.#closing.signal]);
		let picture;
		try {
			picture = await this.#live(path, wish, {peer: peerName(request), signal});
		} catch (error) {
			if (wish.start) throw error;
			picture = this.#kept(path, wish, error);
		}
		this.#send({request, response, path, wish}, picture);
	}

	/** The newest key frame of a path that delivers. */
	async #live(
		path: string,
		wish: SnapshotWish,
		{peer, signal}: {peer: string; signal: AbortSignal},
	): Promise<Picture & {isLive: boolean}> {
		const admission = await this.#options.delivery.join(
			{path, protocol: 'snapshot', peer, start: wish.start, counted: false, holds: true},
			signal,
		);
		try {
			requireVideo(admission.tracks);
			const stats = await this.#keyFrame(admission, wish, signal);
			return {
				...(await this.#picture(path, wish, {stream: admission.stream, stats})),
				isLive: true,
			};
		} finally {
			admission.leave();
		}
	}

	async #picture(
		path: string,
		wish: SnapshotWish,
		{stream, stats}: {stream: Id; stats: StreamStats},
	): Promise<Picture> {
		const key = `${stream}-${stats.epoch}-${stats.lastKeyFrameUs.toString(36)}`;
		const known = this.#pictures.get(path, wishKey(wish));
		if (known?.key === key) return known;
		const body = await this.#decoder.decode({stream}, key, wish);
		const {keyFrames, lastKeyFrameUs: takenUs} = stats;
		const distanceUs = keyFrameDistance(known, {stream, keyFrames, takenUs});
		const picture = {body, key, takenUs, keyFrames, distanceUs};
		this.#pictures.set(path, wishKey(wish), picture);
		return picture;
	}

	/** Waits until the stream has a key frame and delivers; a thumbnail does not wait. */
	async #keyFrame(
		{stream}: Admission,
		{start}: SnapshotWish,
		signal: AbortSignal,
	): Promise<StreamStats> {
		const {native} = this.#options;
		const deadlineUs = native.nowUs() + this.#timeoutMs * 1000;
		for (;;) {
			const stats = native.streamStats(stream);
			if (!stats) throw new MediaError('PATH_NOT_READY', 'The stream has ended');
			const nowUs = native.nowUs();
			if (stats.lastKeyFrameUs > 0 && nowUs - stats.lastFrameUs < silentUs) return stats;
			if (!start || nowUs > deadlineUs || signal.aborted)
				throw new MediaError(
					'SNAPSHOT_TIMEOUT',
					'The source is connected, but sent no key frame in time',
				);
			await wait(pollMs);
		}
	}

	#kept(path: string, wish: SnapshotWish, cause: unknown): Picture & {isLive: boolean} {
		const picture = this.#pictures.get(path, wishKey(wish));
		if (picture) return {...picture, isLive: false};
		const {code, message, kind} = toMediaError(cause);
		if (kind === 'unsupported' || kind === 'internal') throw cause;
		throw new MediaError('SNAPSHOT_NONE', `No picture was taken of this path yet: ${message}`, {
			path,
			reason: code,
		});
	}

	#send({request, response, wish}: Asked, picture: Picture & {isLive: boolean}): void {
		const ageUs = Math.max(0, this.#options.native.nowUs() - picture.takenUs);
		const headers = {
			etag: `"${picture.key}-${wishKey(wish)}"`,
			'last-modified': new Date(picture.takenUs / 1000).toUTCString(),
			'cache-control': caching(picture),
			age: String(Math.ceil(ageUs / 1e6)),
			'x-sluice-state': picture.isLive ? 'live' : 'kept',
		};
		if (answerUnchanged(request, response, headers)) return;
		sendBytes(request, response, {
			body: picture.body,
			headers: {...headers, 'content-type': snapshotTypes[wish.format]},
		});
	}
}

/** Good until the next key frame; `Age` tells caches how much of that has passed. */
const caching = ({isLive, distanceUs}: Picture & {isLive: boolean}): string => {
	const seconds = isLive ? Math.floor(distanceUs / 1e6) : 0;
	return seconds > 0 ? `public, max-age=${seconds}` : 'public, no-cache';
};

const keyFrameDistance = (
	before: Picture | undefined,
	{stream, keyFrames, takenUs}: {stream: Id; keyFrames: number; takenUs: number},
): number => {
	const isSameStream = before?.key.startsWith(`${stream}-`);
	return before && isSameStream && keyFrames > before.keyFrames
		? (takenUs - before.takenUs) / (keyFrames - before.keyFrames)
		: 0;
};

// A stream that sent nothing for so long shows the past, not what is there.
const silentUs = 5_000_000;
const pollMs = 20;

const requireVideo = (tracks: readonly TrackInfo[]): void => {
	if (pictureTrackOf(tracks)) return;
	const codecs = tracks.map(track => track.codec);
	throw new MediaError(
		'SNAPSHOT_NO_TRACKS',
		`Expected video for a picture, got ${codecs.join(', ') || 'no track'}`,
		{codecs},
	);
};
