import {randomBytes} from 'node:crypto';
import {EventEmitter} from 'node:events';
import {MediaError} from '../../errors.ts';
import type {Admission} from '../../media/delivery.ts';
import type {Playable} from '../../media/playable-streams.ts';
import type {TrackInfo} from '../../native/binding.ts';
import {BuiltPlaylist, BuiltPlaylists} from './built-playlist.ts';
import type {FilesLogger} from './files.ts';
import type {PathMemory} from './memory.ts';
import {fileName} from './names.ts';
import type {MediaFile} from './names.ts';
import type {
	HlsNative,
	HlsOutput,
	InitEvent,
	LentBlock,
	PartEvent,
	SegmentEvent,
} from './output.ts';
import {formatMultivariantPlaylist} from './playlist.ts';
import type {InitFacts} from './playlist.ts';
import {checkAhead} from './reload.ts';
import type {Reload} from './reload.ts';
import type {HlsSettings, HlsVariant} from './settings.ts';
import {StoredSegments} from './stored-segments.ts';
import {foreseeSegment, unknownSegmentUs} from './target.ts';
import {Waiting} from './waiting.ts';
import type {Peer} from './waiting.ts';
import {Window} from './window.ts';

export type MuxerOptions = {
	path: string;
	variant: HlsVariant;
	native: HlsNative;
	/** The muxer's own place at the path; left when it closes. */
	admission: Admission;
	/** What it packages; released when it closes. */
	playable: Playable;
	settings: HlsSettings;
	memory: PathMemory;
	logger: FilesLogger;
};

/** Bytes of a file of HLS: on loan from native memory, or in a file. */
export type Content = {blocks: LentBlock[]} | {path: string};

/** Makes HLS of one path, until it is closed or the path lets it go; `closed` is its last event. */
export class Muxer extends EventEmitter<{closed: []}> {
	readonly path: string;
	readonly isLowLatency: boolean;
	readonly #options: MuxerOptions;
	readonly #tag = randomBytes(4).toString('hex');
	readonly #output: HlsOutput;
	readonly #window: Window;
	readonly #files: StoredSegments | undefined;
	readonly #waiting = new Waiting();
	readonly #playlists: BuiltPlaylists;
	#lastInit: InitFacts | undefined;
	/** Number of the newest part, as native code counts. */
	#lastPart = 0;
	#lastOfSegment: PartEvent | undefined;
	#foreseeing: NodeJS.Timeout | undefined;
	#end: MediaError | undefined;

	constructor(options: MuxerOptions) {
		super();
		const {path, variant, admission, playable, settings, memory, logger} = options;
		this.path = path;
		this.isLowLatency = variant === 'lowLatency';
		this.#options = options;
		requireTracks(admission.tracks, playable.lacks);
		tellLeftOut(options);
		this.#window = new Window(memory, {
			count: settings.hlsSegmentCount,
			segmentDuration: settings.hlsSegmentDuration,
			lowLatency: this.isLowLatency,
		});
		this.#playlists = new BuiltPlaylists(isDelta => this.#build(this.#window.format({isDelta})));
		this.#output = this.#openOutput();
		const {hlsDirectory: directory} = settings;
		this.#files =
			directory === '' || this.isLowLatency
				? undefined
				: new StoredSegments({directory, path, tag: this.#tag, output: this.#output, logger});
		this.#listen();
	}

	/** Seconds. */
	get targetDuration(): number {
		return this.#window.targetDuration;
	}

	/** Somebody waits for what comes. */
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

	/** The media playlist; waits for the first one, and for what `reload` asks for. */
	async mediaPlaylist(reload: Reload, peer: Peer): Promise<BuiltPlaylist> {
		await this.#firstPlaylist(peer);
		if (!this.isLowLatency) return this.#playlists.get(false);
		const {msn, part, isDelta} = reload;
		if (msn !== undefined && !this.#window.has({msn, part})) {
			const reason = checkAhead(reload, this.#window);
			if (reason !== undefined) throw new MediaError('HLS_RELOAD_INVALID', reason);
			await this.#news(() => this.#window.has({msn, part}), {peer, code: 'HLS_NO_NEWS'});
		}
		return this.#playlists.get(isDelta);
	}

	/** The playlist for one session, whose id goes into the URL; waits for the first one. */
	async multivariantPlaylist(uri: string, peer: Peer): Promise<BuiltPlaylist> {
		await this.#firstPlaylist(peer);
		const init = this.#lastInit;
		if (!init) throw new MediaError('HLS_NO_TRACKS', 'Expected a track that HLS can carry');
		const variant = {...init, ...this.#window.bandwidth(), uri};
		return this.#build(formatMultivariantPlaylist(variant, this.isLowLatency ? 9 : 7));
	}

	/** Where the bytes of a file of this muxer are; undefined: gone from the window, or never there. Waits for the next part. */
	async open(file: MediaFile, peer: Peer): Promise<Content | undefined> {
		const {type, tag, number} = file;
		if (tag !== this.#tag || this.isClosed) return undefined;
		if (type === 'part' && this.isLowLatency && number === this.#lastPart + 1)
			await this.#news(() => number <= this.#lastPart, {peer, code: 'HLS_GONE'});
		if (!this.#files) {
			const blocks = this.#output.lend({type, number});
			return blocks && {blocks};
		}
		const path = this.#files.find(fileName(tag, type, number));
		return path === undefined ? undefined : {path};
	}

	#openOutput(): HlsOutput {
		const {native, playable, admission, settings, memory} = this.#options;
		if (memory.partDuration !== settings.hlsPartDuration) memory.partTargetUs = 0;
		memory.partDuration = settings.hlsPartDuration;
		const keyDistanceUs = native.streamStats(admission.stream)?.keyDistanceUs ?? 0;
		this.#foresee(foreseeSegment(keyDistanceUs, settings.hlsSegmentDuration * 1000));
		return native.openHls({
			stream: playable.stream,
			segmentDurationUs: settings.hlsSegmentDuration * 1000,
			partDurationUs: this.isLowLatency ? settings.hlsPartDuration * 1000 : wholeSegmentUs,
			partTargetUs: this.isLowLatency ? memory.partTargetUs : 0,
			// With files, native code keeps a segment only until it is written.
			segmentCount:
				settings.hlsDirectory === '' || this.isLowLatency ? settings.hlsSegmentCount : 1,
			segmentMaxBytes: settings.hlsSegmentMaxSize,
		});
	}

	#listen(): void {
		const {admission, playable} = this.#options;
		this.#output.on('init', event => this.#addInit(event));
		if (this.isLowLatency) this.#output.on('part', event => this.#hearPart(event));
		this.#output.on('segment', event => void this.#addSegment(event));
		this.#output.once('closed', () => this.#finish('PATH_NOT_READY', 'The stream has ended'));
		admission.once('ended', (code, message) => this.#finish(code, message));
		playable.once('closed', () => this.#finish('PATH_NOT_READY', 'The sound cannot be made'));
	}

	#addInit(event: InitEvent): void {
		const {codecs, width, height, frameRateNum, frameRateDen} = event;
		const frameRate = frameRateNum > 0 && frameRateDen > 0 ? frameRateNum / frameRateDen : 0;
		this.#lastInit = {codecs, width, height, frameRate};
	}

	/** The last part of a segment is told with the segment: alone it may be too short. */
	#hearPart(event: PartEvent): void {
		this.#lastOfSegment = event.last ? event : undefined;
		if (this.isClosed || event.last) return;
		this.#addPart(event);
		this.#waiting.wake();
	}

	#addPart(event: PartEvent): void {
		const {number, init, independent, durationUs, targetUs, bytes} = event;
		const {captureUs, discontinuity} = event;
		this.#lastPart = number;
		const uri = fileName(this.#tag, 'part', number);
		const hintUri = fileName(this.#tag, 'part', number + 1);
		const initUri = fileName(this.#tag, 'init', init);
		const part = {uri, hintUri, durationUs, independent, bytes, targetUs};
		if (this.#window.addPart(part, {initUri, captureUs, discontinuity})) this.#playlists.renew();
		if (!this.#window.isReady) this.#learnLength();
	}

	/** The first playlist waits for the second key frame, so that it knows how far apart they are, but not for long. */
	#learnLength(): void {
		const {native, admission, settings} = this.#options;
		const segmentUs = settings.hlsSegmentDuration * 1000;
		const keyDistanceUs = native.streamStats(admission.stream)?.keyDistanceUs ?? 0;
		if (keyDistanceUs > 0) return this.#foresee(foreseeSegment(keyDistanceUs, segmentUs));
		this.#foreseeing ??= setTimeout(() => {
			if (this.isClosed) return;
			this.#foresee(unknownSegmentUs(this.#window.openUs));
			this.#waiting.wake();
		}, learnMs).unref();
	}

	#foresee(durationUs: number): void {
		if (durationUs === 0) return;
		this.#window.foresee(durationUs);
		this.#playlists.renew();
	}

	async #addSegment(event: SegmentEvent): Promise<void> {
		if (!this.#files) return this.#list(event);
		const stored = await this.#files.store(event);
		if (stored) this.#list(stored);
	}

	#list({number, init, durationUs, captureUs, discontinuity, bytes}: SegmentEvent): void {
		if (this.isClosed) return;
		if (this.#lastOfSegment) this.#addPart(this.#lastOfSegment);
		this.#lastOfSegment = undefined;
		const gone = this.#window.add({
			uri: fileName(this.#tag, 'segment', number),
			initUri: fileName(this.#tag, 'init', init),
			durationUs,
			captureUs,
			discontinuity,
			bytes,
		});
		this.#playlists.renew();
		for (const {uri, initUri} of gone) {
			this.#files?.remove(uri);
			if (!this.#window.uses(initUri)) this.#files?.remove(initUri);
		}
		this.#waiting.wake();
	}

	async #firstPlaylist(peer: Peer): Promise<void> {
		if (this.#end) throw this.#end;
		const late = () => new MediaError('HLS_TIMEOUT', 'No segment was complete in time');
		const isReady = () => this.#window.isReady;
		if (!isReady()) await this.#waiting.until(isReady, {peer, patienceMs: firstSegmentMs, late});
	}

	/** Three target durations without what should come are the end of a wait (draft section 6.2.5.2). */
	async #news(
		isThere: () => boolean,
		{peer, code}: {peer: Peer; code: 'HLS_NO_NEWS' | 'HLS_GONE'},
	): Promise<void> {
		const late = () => new MediaError(code, 'The stream gives nothing new', {path: this.path});
		await this.#waiting.until(isThere, {peer, patienceMs: 3000 * this.targetDuration, late});
	}

	#build(text: string): BuiltPlaylist {
		return new BuiltPlaylist(text, this.targetDuration);
	}

	#finish(code: MediaError['code'], message: string): void {
		if (this.#end) return;
		this.#end = new MediaError(code, message, {path: this.path});
		clearTimeout(this.#foreseeing);
		this.#waiting.fail(this.#end);
		this.#window.close();
		this.#output.close();
		this.#files?.close();
		this.#options.playable.release();
		this.#options.admission.leave();
		this.emit('closed');
	}
}

// Without low latency nobody asks for parts: a segment is one, and until it is complete it costs nothing beside
// the ring, whose frames it shares.
const wholeSegmentUs = 3600 * 1_000_000;

// The first segment takes a whole group of pictures, and some cameras make those 10 s long.
const firstSegmentMs = 20_000;

// How long the first playlist of a stream that shows a first group of pictures waits for the second.
const learnMs = 2000;

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
const tellLeftOut = ({path, playable, memory, logger}: MuxerOptions): void => {
	const names = playable.lacks.join(', ');
	if (names !== '' && names !== memory.leftOut) logger.info({path}, `HLS leaves out ${names}`);
	memory.leftOut = names;
};
