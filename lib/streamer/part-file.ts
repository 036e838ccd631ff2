import {accessSync, closeSync, constants, openSync, rmSync, statSync} from 'node:fs';
import {open, rename} from 'node:fs/promises';
import {dirname} from 'node:path';
import {MediaError} from '../errors.ts';
import type {FileFormat} from './endpoints.ts';

export type PartFileOptions = {
	location: string;
	format: FileFormat;
	/** What is read: its name is no other's, even if there is no such file. */
	input?: string | undefined;
};

/** A file in the making: it lies beside its place under a name of its own until it is whole. */
export class PartFile {
	readonly #target: string;
	readonly #format: FileFormat;
	readonly #input: string | undefined;
	#location: string;
	/** From `open` until it has been kept or dropped the name is ours, and nobody else's file. */
	#isOurs = false;

	constructor({location, format, input}: PartFileOptions) {
		this.#target = location;
		this.#format = format;
		this.#input = input;
		this.#location = `${location}.part`;
	}

	/** Where it is written; settled by `open`. */
	get location(): string {
		return this.#location;
	}

	/** Throws what is wrong with the place, before anything is opened. What lies there already stays. */
	open(): void {
		checkFolder(dirname(this.#target));
		if (statSync(this.#target, {throwIfNoEntry: false})?.isDirectory())
			throw unwritable(this.#target, 'it is a folder');
		for (let number = 1; !this.#isOurs; number++) {
			this.#location = `${this.#target}${number === 1 ? '' : `.${number}`}.part`;
			this.#isOurs = this.#location !== this.#input && reserve(this.#location);
		}
	}

	/** It is whole: it takes its place, and that of an older file, so that no loss of power leaves less than one of them. */
	async keep(): Promise<void> {
		this.#isOurs = false;
		try {
			await sync(this.#location);
			await rename(this.#location, this.#target);
			await sync(dirname(this.#target));
		} catch (cause) {
			throw unwritable(this.#target, String(cause), cause);
		}
	}

	/** It was broken off; says what is left of it. An mp4 is nothing without its end. */
	drop(): string | undefined {
		if (!this.#isOurs) return undefined;
		this.#isOurs = false;
		const bytes = statSync(this.#location, {throwIfNoEntry: false})?.size ?? 0;
		if (this.#format !== 'mp4' && bytes > 0) return `what was written stays in ${this.#location}`;
		rmSync(this.#location, {force: true});
		return undefined;
	}
}

/** Makes an empty file; false: there is something of this name, which another may be writing. */
const reserve = (location: string): boolean => {
	try {
		closeSync(openSync(location, 'wx'));
		return true;
	} catch (cause) {
		const {code, message} = cause as NodeJS.ErrnoException;
		if (code === 'EEXIST') return false;
		throw unwritable(location, message, cause);
	}
};

/** What is written is on the disk; of a folder, its names. */
const sync = async (path: string): Promise<void> => {
	const file = await open(path, 'r');
	try {
		await file.sync();
	} finally {
		await file.close();
	}
};

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
