import {accessSync, constants, renameSync, rmSync, statSync} from 'node:fs';
import {dirname} from 'node:path';
import {MediaError} from '../errors.ts';
import type {FileFormat} from './endpoints.ts';

/** A file in the making: it lies beside its place under a name of its own until it is whole. */
export class PartFile {
	/** Where it is written. */
	readonly location: string;
	readonly #target: string;
	readonly #format: FileFormat;

	constructor({location, format}: {location: string; format: FileFormat}) {
		this.#target = location;
		this.#format = format;
		this.location = `${location}.part`;
	}

	/** Throws what is wrong with the place, before anything is opened. */
	open(): void {
		checkFolder(dirname(this.#target));
		if (statSync(this.#target, {throwIfNoEntry: false})?.isDirectory())
			throw unwritable(this.#target, 'it is a folder');
		rmSync(this.location, {force: true});
	}

	/** It is whole: it takes its place, and that of an older file. */
	keep(): void {
		try {
			renameSync(this.location, this.#target);
		} catch (cause) {
			throw unwritable(this.#target, String(cause), cause);
		}
	}

	/** It was broken off; says what is left of it. An mp4 is nothing without its end. */
	drop(): string | undefined {
		const bytes = statSync(this.location, {throwIfNoEntry: false})?.size ?? 0;
		if (this.#format !== 'mp4' && bytes > 0) return `what was written stays in ${this.location}`;
		rmSync(this.location, {force: true});
		return undefined;
	}
}

/** Throws FILE_UNWRITABLE when nothing can be made in this folder. */
export const checkFolder = (folder: string): void => {
	const status = statSync(folder, {throwIfNoEntry: false});
	if (!status) throw unwritable(folder, 'there is no such folder');
	if (!status.isDirectory()) throw unwritable(folder, 'it is no folder');
	try {
		accessSync(folder, constants.W_OK | constants.X_OK);
	} catch (cause) {
		throw unwritable(folder, 'this user may not write there', cause);
	}
};

export const unwritable = (location: string, reason: string, cause?: unknown): MediaError =>
	new MediaError('FILE_UNWRITABLE', `Cannot write ${location}: ${reason}`, {location, cause});
