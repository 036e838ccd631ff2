import {EventEmitter} from 'node:events';
import {readdirSync, rmSync} from 'node:fs';
import {basename, dirname, extname, join} from 'node:path';
import type {MediaError} from '../errors.ts';
import type {RelayOutput} from '../native/binding.ts';
import {checkFolder, PartFile} from './part-file.ts';
import type {FileFormat} from './endpoints.ts';

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
	/** Throws what is wrong with the place. */
	open(): void;
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

	async close(): Promise<undefined> {}
}

/** One file, which is there when it is whole. */
export class FileOutput extends EventEmitter<OutputEvents> implements StreamerOutput {
	readonly canGoOn = false;
	readonly finishMs = diskFinishMs;
	readonly #format: FileFormat;
	readonly #part: PartFile;

	constructor({location, format}: {location: string; format: FileFormat}) {
		super();
		this.#format = format;
		this.#part = new PartFile({location, format});
	}

	get recipe(): RelayOutput {
		return {type: 'file', format: this.#format, location: this.#part.location};
	}

	open(): void {
		this.#part.open();
	}

	async close(isWhole: boolean): Promise<string | undefined> {
		if (!isWhole) return this.#part.drop();
		this.#part.keep();
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
	readonly #location: string;

	constructor(location: string) {
		super();
		this.#location = location;
		this.recipe = {type: 'hls', location, ...hlsSegments};
	}

	open(): void {
		clearHls(this.#location, tsSegment(this.#location));
	}

	async close(): Promise<undefined> {}
}

/** The segments that belong to a playlist, by their names. */
export const tsSegment = (playlist: string): RegExp => {
	const stem = basename(playlist, extname(playlist)).replace(/[^\w]/g, '\\$&');
	return new RegExp(`^${stem}\\d{5,}\\.ts$`);
};

/** Removes an older playlist and its segments: it would name what is written over. Throws FILE_UNWRITABLE. */
export const clearHls = (playlist: string, segments: RegExp): void => {
	const folder = dirname(playlist);
	checkFolder(folder);
	const old = readdirSync(folder).filter(name => segments.test(name));
	for (const name of [basename(playlist), ...old]) rmSync(join(folder, name), {force: true});
};
