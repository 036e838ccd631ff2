import {mkdir, open, readdir, rm, rmdir} from 'node:fs/promises';
import {join} from 'node:path';
import {parseFileName} from './names.ts';

export type FilesLogger = {
	info(fields: object, message: string): void;
	warn(fields: object, message: string): void;
};

type Lent = {readonly data: ArrayBuffer; release(): void};

/** Segments of one path as files, written one after the other and removed again. */
export class SegmentFiles {
	readonly #folder: string;
	readonly #path: string;
	readonly #logger: FilesLogger;
	readonly #names = new Set<string>();
	#work: Promise<void>;
	#waiting = 0;
	#isClosed = false;
	#hasFailed = false;

	constructor(directory: string, path: string, logger: FilesLogger) {
		this.#folder = join(directory, path);
		this.#path = path;
		this.#logger = logger;
		this.#work = this.#guard(() => clearFolder(this.#folder));
	}

	/** Everything is removed. */
	get closed(): Promise<void> {
		return this.#work;
	}

	/** Writes the blocks and releases them. False: the disk did not take them, and no file is there. */
	async add(name: string, blocks: readonly Lent[]): Promise<boolean> {
		if (this.#isClosed || this.#waiting >= maxWaiting) {
			blocks.forEach(block => block.release());
			return false;
		}
		this.#waiting++;
		await this.#queue(() => this.#write(name, blocks));
		this.#waiting--;
		return this.#names.has(name);
	}

	/** Where the file of this name is; undefined: it is not there. */
	find(name: string): string | undefined {
		return this.#names.has(name) ? join(this.#folder, name) : undefined;
	}

	remove(name: string): void {
		if (!this.#names.delete(name)) return;
		void this.#queue(() => rm(join(this.#folder, name), {force: true}));
	}

	/** Removes all files, and the folder when nothing else is in it. */
	close(): void {
		if (this.#isClosed) return;
		this.#isClosed = true;
		for (const name of this.#names) this.remove(name);
		void this.#queue(() => rmdir(this.#folder).catch(() => {}));
	}

	async #write(name: string, blocks: readonly Lent[]): Promise<void> {
		const path = join(this.#folder, name);
		try {
			// An earlier muxer of the path may just have taken the folder away.
			await mkdir(this.#folder, {recursive: true});
			await writeFile(path, blocks);
			// Closed meanwhile: nobody else would take it away.
			if (this.#isClosed) await rm(path, {force: true});
			else this.#names.add(name);
		} catch (error) {
			await rm(path, {force: true});
			throw error;
		} finally {
			blocks.forEach(block => block.release());
		}
	}

	#queue(work: () => Promise<unknown>): Promise<void> {
		this.#work = this.#work.then(() => this.#guard(work));
		return this.#work;
	}

	async #guard(work: () => Promise<unknown>): Promise<void> {
		try {
			await work();
			this.#hasFailed = false;
		} catch (error) {
			// One line until it works again.
			if (!this.#hasFailed)
				this.#logger.warn(
					{path: this.#path, err: error, folder: this.#folder},
					'segment not written',
				);
			this.#hasFailed = true;
		}
	}
}

// Files that wait for the disk; beyond it they are left out.
const maxWaiting = 4;

/** Makes the folder; what a server that was killed has left there is removed. */
const clearFolder = async (folder: string): Promise<void> => {
	await mkdir(folder, {recursive: true});
	for (const name of await readdir(folder)) {
		const type = parseFileName(name)?.type;
		if (type === 'init' || type === 'segment') await rm(join(folder, name), {force: true});
	}
};

const writeFile = async (path: string, blocks: readonly Lent[]): Promise<void> => {
	const file = await open(path, 'w');
	try {
		for (const {data} of blocks) await file.writeFile(Buffer.from(data));
	} finally {
		await file.close();
	}
};
