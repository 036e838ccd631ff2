import type {FilesLogger} from './files.ts';
import {SegmentFiles} from './files.ts';
import {fileName} from './names.ts';
import type {HlsOutput, SegmentEvent} from './output.ts';

/** Takes the segments of one muxer out of native memory into files (hlsDirectory). */
export class StoredSegments {
	readonly #tag: string;
	readonly #output: HlsOutput;
	readonly #files: SegmentFiles;
	#hasGap = false;

	constructor({
		directory,
		path,
		tag,
		output,
		logger,
	}: {
		directory: string;
		path: string;
		tag: string;
		output: HlsOutput;
		logger: FilesLogger;
	}) {
		this.#tag = tag;
		this.#output = output;
		this.#files = new SegmentFiles(directory, path, logger);
	}

	/** Everything is removed. */
	get closed(): Promise<void> {
		return this.#files.closed;
	}

	/**
	 * The segment as it is listed, once it is written with its init section. Undefined: the disk did not take it; it is
	 * left out of the playlist, with a discontinuity in its place.
	 */
	async store(segment: SegmentEvent): Promise<SegmentEvent | undefined> {
		const isStored = await this.#storeWithInit(segment);
		const discontinuity = segment.discontinuity || this.#hasGap;
		this.#hasGap = !isStored;
		return isStored ? {...segment, discontinuity} : undefined;
	}

	/** Where the file of this name is; undefined: it is not there. */
	find(name: string): string | undefined {
		return this.#files.find(name);
	}

	remove(name: string): void {
		this.#files.remove(name);
	}

	close(): void {
		this.#files.close();
	}

	async #storeWithInit({number, init}: SegmentEvent): Promise<boolean> {
		const stored = [this.#write('segment', number)];
		const hasInit = this.#files.find(fileName(this.#tag, 'init', init)) !== undefined;
		if (!hasInit) stored.push(this.#write('init', init));
		return (await Promise.all(stored)).every(Boolean);
	}

	async #write(type: 'init' | 'segment', number: number): Promise<boolean> {
		const blocks = this.#output.lend({type, number});
		if (!blocks) return false;
		return this.#files.add(fileName(this.#tag, type, number), blocks);
	}
}
