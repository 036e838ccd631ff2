import {randomBytes} from 'node:crypto';
import {EventEmitter, once} from 'node:events';
import {rename, writeFile} from 'node:fs/promises';
import {dirname} from 'node:path';
import {toMediaError} from '../errors.ts';
import type {MediaError} from '../errors.ts';
import type {EventOf, RelayOutput} from '../native/binding.ts';
import type {HlsOutput} from '../native/hls-output.ts';
import type {Native, NativeStream} from '../native/native.ts';
import {SegmentFiles} from '../protocols/hls/files.ts';
import {fileName} from '../protocols/hls/names.ts';
import {newMemory} from '../protocols/hls/memory.ts';
import {Window} from '../protocols/hls/window.ts';
import {fmp4Segment} from './hls-names.ts';
import {OldHls} from './old-hls.ts';
import {diskFinishMs, hlsSegments} from './output.ts';
import type {OutputEvents, StreamerOutput} from './output.ts';
import {unwritable} from './part-file.ts';

/** The name under which the relay finds the stream. */
const path = 'output';
const ring = {ringMaxBytes: 20_000_000, ringMaxAgeUs: 30_000_000};
const maxSegmentBytes = 50_000_000;
const wholeSegmentUs = 3_600_000_000;

/** HLS in fragmented MP4, by our own packager: a folder with a playlist and what it names. */
export class Fmp4FolderOutput extends EventEmitter<OutputEvents> implements StreamerOutput {
	readonly recipe: RelayOutput = {type: 'hub', path};
	readonly canGoOn = true;
	readonly finishMs = diskFinishMs;
	readonly #native: Pick<Native, 'openStream' | 'openHls'>;
	readonly #location: string;
	readonly #old: OldHls;
	readonly #tag = randomBytes(4).toString('hex');
	readonly #window = new Window(newMemory(), {
		count: hlsSegments.segmentCount,
		segmentDuration: hlsSegments.segmentDurationUs / 1000,
		lowLatency: false,
	});
	#stream: NativeStream | undefined;
	#hls: HlsOutput | undefined;
	#files: SegmentFiles | undefined;
	/** Why the disk took something not. */
	#cause: unknown;
	#failure: MediaError | undefined;
	/** Segments are listed in their order, each after it was written. */
	#work: Promise<void> = Promise.resolve();

	constructor(native: Pick<Native, 'openStream' | 'openHls'>, location: string) {
		super();
		this.#native = native;
		this.#location = location;
		this.#old = new OldHls(location, fmp4Segment);
	}

	open(): void {
		this.#old.look();
		const stream = this.#native.openStream({path, ...ring});
		const hls = this.#native.openHls({
			stream: stream.id,
			segmentDurationUs: hlsSegments.segmentDurationUs,
			partDurationUs: wholeSegmentUs,
			segmentCount: hlsSegments.segmentCount,
			segmentMaxBytes: maxSegmentBytes,
		});
		const warn = ({err}: {err?: unknown}) => {
			this.#cause = err;
		};
		this.#files = new SegmentFiles(dirname(this.#location), '', {info: () => {}, warn});
		hls.on('segment', event => {
			this.#work = this.#work.then(() => this.#add(event));
		});
		[this.#stream, this.#hls] = [stream, hls];
	}

	begin(): void {
		this.#old.remove();
	}

	/** The stream's end completes the last segment. */
	async close(isWhole: boolean): Promise<string | undefined> {
		const [stream, hls] = [this.#stream, this.#hls];
		if (!stream || !hls) return undefined;
		this.#stream = undefined;
		const closed = once(stream, 'closed');
		stream.close();
		await closed;
		await this.#work;
		hls.close();
		if (!isWhole) return undefined;
		// The last segments may fail when nobody listens any more.
		if (this.#failure) throw this.#failure;
		if (this.#window.isEmpty) throw unwritable(this.#location, 'nothing came that can be shown');
		await this.#writePlaylist('#EXT-X-ENDLIST\n');
		return undefined;
	}

	async #add({number, init, durationUs, captureUs, discontinuity, bytes}: EventOf<'segment'>) {
		const uri = fileName(this.#tag, 'segment', number);
		const initUri = fileName(this.#tag, 'init', init);
		if (this.#failure) return;
		try {
			await this.#store('segment', number);
			if (this.#files?.find(initUri) === undefined) await this.#store('init', init);
			const facts = {uri, initUri, durationUs, captureUs, discontinuity, bytes};
			const gone = this.#window.add(facts);
			await this.#writePlaylist('');
			for (const old of gone) this.#remove(old);
		} catch (error) {
			this.#fail(toMediaError(error));
		}
	}

	async #store(type: 'init' | 'segment', number: number): Promise<void> {
		const blocks = this.#hls?.lend({type, number});
		const name = fileName(this.#tag, type, number);
		if (blocks && (await this.#files?.add(name, blocks))) return;
		const {message} = toMediaError(this.#cause ?? 'the disk is too slow');
		throw unwritable(`${dirname(this.#location)}/${name}`, message, this.#cause);
	}

	#remove({uri, initUri}: {uri: string; initUri: string}): void {
		this.#files?.remove(uri);
		if (!this.#window.uses(initUri)) this.#files?.remove(initUri);
	}

	/** Readers see the old one or the new one, never half of it. */
	async #writePlaylist(end: string): Promise<void> {
		const part = `${this.#location}.part`;
		try {
			await writeFile(part, this.#window.format() + end);
			await rename(part, this.#location);
		} catch (cause) {
			throw unwritable(this.#location, toMediaError(cause).message, cause);
		}
	}

	#fail(error: MediaError): void {
		this.#failure = error;
		this.emit('failed', error);
	}
}
