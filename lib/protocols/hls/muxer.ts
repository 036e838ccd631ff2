import {randomBytes} from 'node:crypto';
import {EventEmitter} from 'node:events';
import {gzipSync} from 'node:zlib';
import {MediaError} from '../../errors.ts';
import type {Admission} from '../../media/delivery.ts';
import type {Playable} from '../../media/playable-streams.ts';
import type {Id, NativeEvent, TrackInfo} from '../../native/binding.ts';
import {SegmentFiles} from './files.ts';
import type {FilesLogger} from './files.ts';
import {fileName} from './names.ts';
import {formatMultivariantPlaylist} from './playlist.ts';
import type {InitFacts} from './playlist.ts';
import type {HlsSettings} from './settings.ts';
import {Window} from './window.ts';
import type {PathMemory} from './window.ts';

/** Native memory on loan for one answer. */
export type LentBlock = {readonly data: ArrayBuffer; release(): void};

/** What packages the stream; keeps the window of segments in native memory. */
export type HlsOutput = EventEmitter<{
	init: [event: Extract<NativeEvent, {type: 'init'}>];
	segment: [event: Extract<NativeEvent, {type: 'segment'}>];
	closed: [];
}> & {
	lend(what: {type: 'init' | 'segment'; number: number}): LentBlock[] | undefined;
	close(): void;
};

/** The part of the addon that HLS uses. */
export type HlsNative = {
	openHls(spec: {
		stream: Id;
		segmentDurationUs: number;
		partDurationUs: number;
		segmentCount: number;
		segmentMaxBytes: number;
	}): HlsOutput;
};

export type MuxerOptions = {
	path: string;
	native: HlsNative;
	/** The muxer's own place at the path; left when it closes. */
	admission: Admission;
	/** What it packages; released when it closes. */
	playable: Playable;
	settings: HlsSettings;
	memory: PathMemory;
	logger: FilesLogger;
};

/** A text that is built once for everybody, plain and compressed. */
export type Playlist = {text: Buffer; gzip: Buffer; targetDuration: number};

type SegmentEvent = Extract<NativeEvent, {type: 'segment'}>;
type MediaFile = {type: 'init' | 'segment'; tag: string; number: number};

/** Bytes of a segment: on loan from native memory, or in a file. */
export type Content = {blocks: LentBlock[]} | {path: string};

/** Makes HLS of one path, until it is closed or the path lets it go; `closed` is its last event. */
export class Muxer extends EventEmitter<{closed: []}> {
	readonly path: string;
	readonly #tag = randomBytes(4).toString('hex');
	readonly #output: HlsOutput;
	readonly #admission: Admission;
	readonly #playable: Playable;
	readonly #window: Window;
	readonly #files: SegmentFiles | undefined;
	readonly #waiting = new Set<{resolve: () => void; reject: (error: MediaError) => void}>();
	#hasGap = false;
	#lastInit: InitFacts | undefined;
	#media: Playlist | undefined;
	#end: MediaError | undefined;

	constructor({path, native, admission, playable, settings, memory, logger}: MuxerOptions) {
		super();
		this.path = path;
		requireTracks(admission.tracks, playable.lacks);
		tellLeftOut({path, playable, memory, logger});
		this.#admission = admission;
		this.#playable = playable;
		this.#window = new Window(memory, {
			count: settings.hlsSegmentCount,
			segmentDuration: settings.hlsSegmentDuration,
		});
		this.#files = settings.hlsDirectory
			? new SegmentFiles(settings.hlsDirectory, path, logger)
			: undefined;
		this.#output = native.openHls({
			stream: playable.stream,
			segmentDurationUs: settings.hlsSegmentDuration * 1000,
			partDurationUs: wholeSegmentUs,
			// With files, native code keeps a segment only until it is written.
			segmentCount: this.#files ? 1 : settings.hlsSegmentCount,
			segmentMaxBytes: settings.hlsSegmentMaxSize,
		});
		this.#output.on('init', event => this.#addInit(event));
		this.#output.on('segment', event => void this.#addSegment(event));
		this.#output.once('closed', () => this.#finish('PATH_NOT_READY', 'The stream has ended'));
		admission.once('ended', (code, message) => this.#finish(code, message));
		playable.once('closed', () => this.#finish('PATH_NOT_READY', 'The sound cannot be made'));
	}

	/** Seconds. */
	get targetDuration(): number {
		return this.#window.targetDuration;
	}

	/** Somebody waits for the first segment. */
	get isAwaited(): boolean {
		return this.#waiting.size > 0;
	}

	get isClosed(): boolean {
		return this.#end !== undefined;
	}

	/** May be called twice. */
	close(): void {
		this.#finish('PATH_NOT_READY', 'The muxer was closed');
	}

	/** The files of hlsDirectory are gone when this resolves. */
	async filesRemoved(): Promise<void> {
		await this.#files?.closed;
	}

	/** The media playlist; waits for the first segment. */
	async mediaPlaylist(signal: AbortSignal): Promise<Playlist> {
		await this.#firstSegment(signal);
		this.#media ??= this.#build(this.#window.format());
		return this.#media;
	}

	/** The playlist for one session, whose id goes into the URL; waits for the first segment. */
	async multivariantPlaylist(uri: string, signal: AbortSignal): Promise<Playlist> {
		await this.#firstSegment(signal);
		const init = this.#lastInit;
		if (!init) throw new MediaError('HLS_NO_TRACKS', 'Expected a track that HLS can carry');
		return this.#build(formatMultivariantPlaylist({...init, ...this.#window.bandwidth(), uri}));
	}

	/** Where the bytes of a file of this muxer are; undefined: gone from the window, or never there. */
	open({type, tag, number}: MediaFile): Content | undefined {
		if (tag !== this.#tag || this.isClosed) return undefined;
		if (!this.#files) {
			const blocks = this.#output.lend({type, number});
			return blocks && {blocks};
		}
		const path = this.#files.find(fileName(tag, type, number));
		return path === undefined ? undefined : {path};
	}

	#addInit(event: Extract<NativeEvent, {type: 'init'}>): void {
		const {codecs, width, height, frameRateNum, frameRateDen} = event;
		const frameRate = frameRateNum > 0 && frameRateDen > 0 ? frameRateNum / frameRateDen : 0;
		this.#lastInit = {codecs, width, height, frameRate};
	}

	async #addSegment(event: SegmentEvent): Promise<void> {
		if (!this.#files) return this.#list(event);
		// What the disk does not take is left out of the playlist, with a discontinuity in its place.
		if (await this.#storeWithInit(event)) {
			this.#list({...event, discontinuity: event.discontinuity || this.#hasGap});
			this.#hasGap = false;
		} else {
			this.#hasGap = true;
		}
	}

	async #storeWithInit({number, init}: SegmentEvent): Promise<boolean> {
		const stored = [this.#store('segment', number)];
		const hasInit = this.#files?.find(fileName(this.#tag, 'init', init)) !== undefined;
		if (!hasInit) stored.push(this.#store('init', init));
		return (await Promise.all(stored)).every(Boolean);
	}

	async #store(type: 'init' | 'segment', number: number): Promise<boolean> {
		const blocks = this.#files && this.#output.lend({type, number});
		if (!this.#files || !blocks) return false;
		return this.#files.add(fileName(this.#tag, type, number), blocks);
	}

	#list({number, init, durationUs, captureUs, discontinuity, bytes}: SegmentEvent): void {
		if (this.isClosed) return;
		const gone = this.#window.add({
			uri: fileName(this.#tag, 'segment', number),
			initUri: fileName(this.#tag, 'init', init),
			durationUs,
			captureUs,
			discontinuity,
			bytes,
		});
		this.#media = undefined;
		for (const {uri, initUri} of gone) {
			this.#files?.remove(uri);
			if (!this.#window.uses(initUri)) this.#files?.remove(initUri);
		}
		for (const waiting of this.#waiting) waiting.resolve();
	}

	async #firstSegment(signal: AbortSignal): Promise<void> {
		if (this.#end) throw this.#end;
		if (!this.#window.isEmpty) return;
		await new Promise<void>((resolve, reject) => {
			const waiting = {resolve: done(resolve), reject: done(reject)};
			const onAbort = () => waiting.reject(toTimeout(signal));
			const waitings = this.#waiting;
			waitings.add(waiting);
			signal.addEventListener('abort', onAbort, {once: true});
			if (signal.aborted) onAbort();

			function done<Arguments extends unknown[]>(then: (...values: Arguments) => void) {
				return (...values: Arguments) => {
					waitings.delete(waiting);
					signal.removeEventListener('abort', onAbort);
					then(...values);
				};
			}
		});
	}

	#build(text: string): Playlist {
		const plain = Buffer.from(text);
		return {text: plain, gzip: gzipSync(plain), targetDuration: this.targetDuration};
	}

	#finish(code: MediaError['code'], message: string): void {
		if (this.#end) return;
		this.#end = new MediaError(code, message, {path: this.path});
		for (const waiting of this.#waiting) waiting.reject(this.#end);
		this.#window.close();
		this.#output.close();
		this.#files?.close();
		this.#playable.release();
		this.#admission.leave();
		this.emit('closed');
	}
}

// Nobody asks for parts in this variant: a segment is one, and until it is complete it costs nothing beside
// the ring, whose frames it shares.
const wholeSegmentUs = 3600 * 1_000_000;

const requireTracks = (tracks: readonly TrackInfo[], lacks: readonly string[]): void => {
	if (tracks.length > lacks.length) return;
	const codecs = tracks.map(track => track.codec);
	throw new MediaError(
		'HLS_NO_TRACKS',
		`Expected a codec that browsers play (H.264, H.265, VP9 or AV1), got ${codecs.join(', ') || 'no track'}`,
		{codecs},
	);
};

/** Once for each path, and again when others are left out. */
const tellLeftOut = ({
	path,
	playable,
	memory,
	logger,
}: Pick<MuxerOptions, 'path' | 'playable' | 'memory' | 'logger'>): void => {
	const names = playable.lacks.join(', ');
	if (names !== '' && names !== memory.leftOut) logger.info({path}, `HLS leaves out ${names}`);
	memory.leftOut = names;
};

const toTimeout = ({reason}: AbortSignal): MediaError =>
	new MediaError('HLS_TIMEOUT', 'No segment was complete in time', {cause: reason});
