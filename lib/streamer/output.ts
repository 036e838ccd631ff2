import {EventEmitter} from 'node:events';
import type {MediaError} from '../errors.ts';
import type {RelayOutput} from '../native/binding.ts';
import type {FileFormat} from './endpoints.ts';
import {tsSegment} from './hls-names.ts';
import {OldHls} from './old-hls.ts';
import {PartFile} from './part-file.ts';
import type {PartFileOptions} from './part-file.ts';

export type OutputEvents = {
	/** It cannot go on. */
	failed: [error: MediaError];
};

/** Where the media goes. */
export type StreamerOutput = EventEmitter<OutputEvents> & {
	readonly recipe: RelayOutput;
	/** Another relay can go on where one broke off. */
	readonly canGoOn: boolean;
	/** How long its end may take, in milliseconds. */
	readonly finishMs: number;
	/** Throws what is wrong with the place; what lies there stays. */
	open(): void;
	/** There is media: what an earlier run left makes room. Called for every plan of a relay. */
	begin(): void;
	/** The last relay has stopped, after it wrote all or not. Says what is left of something broken off. */
	close(isWhole: boolean): Promise<string | undefined>;
};

/** A peer that does not answer holds nobody up for longer. */
export const peerFinishMs = 5000;
/** Of files: what is written must reach the disk. */
export const diskFinishMs = 60_000;

/** A peer. */
export class PeerOutput extends EventEmitter<OutputEvents> implements StreamerOutput {
	readonly recipe: RelayOutput;
	readonly canGoOn = true;
	readonly finishMs = peerFinishMs;

	constructor(recipe: RelayOutput) {
		super();
		this.recipe = recipe;
	}

	open(): void {}

	begin(): void {}

	async close(): Promise<undefined> {}
}

/** One file, which is there when it is whole. */
export class FileOutput extends EventEmitter<OutputEvents> implements StreamerOutput {
	readonly canGoOn = false;
	readonly finishMs = diskFinishMs;
	readonly #format: FileFormat;
	readonly #part: PartFile;

	constructor(options: PartFileOptions) {
		super();
		this.#format = options.format;
		this.#part = new PartFile(options);
	}

	get recipe(): RelayOutput {
		return {type: 'file', format: this.#format, location: this.#part.location};
	}

	open(): void {
		this.#part.open();
	}

	begin(): void {}

	async close(isWhole: boolean): Promise<string | undefined> {
		if (!isWhole) return this.#part.drop();
		await this.#part.keep();
		return undefined;
	}
}

/** What both forms of HLS have in common. */
export const hlsSegments = {segmentDurationUs: 2_000_000, segmentCount: 7};

/** HLS in MPEG-TS, by GStreamer. */
export class TsFolderOutput extends EventEmitter<OutputEvents> implements StreamerOutput {
	readonly recipe: RelayOutput;
	readonly canGoOn = false;
	readonly finishMs = diskFinishMs;
	readonly #old: OldHls;

	constructor(location: string) {
		super();
		this.#old = new OldHls(location, tsSegment(location));
		this.recipe = {type: 'hls', location, ...hlsSegments};
	}

	open(): void {
		this.#old.look();
	}

	begin(): void {
		this.#old.remove();
	}

	async close(isWhole: boolean): Promise<undefined> {
		if (!isWhole) this.#old.removeEmpty();
	}
}
