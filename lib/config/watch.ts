import {realpathSync, statSync, watch} from 'node:fs';
import type {FSWatcher} from 'node:fs';
import {dirname} from 'node:path';

/** Editors write in several steps, scripts empty a file and fill it: it is read when it has been left alone for so long. */
const settleMs = 500;

/**
 * Calls back after the file has changed, been replaced (editors rename a new one over it, Kubernetes turns a
 * link), come or gone; once for changes that follow each other closely. Does not keep the process running.
 */
export class FileWatch {
	readonly #file: string;
	readonly #onChange: () => void;
	readonly #watchers = new Map<string, FSWatcher>();
	#seen: string;
	#timer: NodeJS.Timeout | undefined;
	#isClosed = false;

	constructor(file: string, onChange: () => void) {
		this.#file = file;
		this.#onChange = onChange;
		this.#seen = fingerprint(file);
		this.#watch();
	}

	/** May be called twice; nothing is called back after it. */
	close(): void {
		this.#isClosed = true;
		clearTimeout(this.#timer);
		for (const watcher of this.#watchers.values()) watcher.close();
		this.#watchers.clear();
	}

	/** The folder of the file, and of what it is a link to: a watch on the file itself is lost by a rename. */
	#watch(): void {
		const wanted = new Set([dirname(this.#file), dirname(realPath(this.#file))]);
		for (const [directory, watcher] of this.#watchers) {
			if (!wanted.has(directory)) this.#drop(directory, watcher);
		}
		for (const directory of wanted) {
			if (!this.#watchers.has(directory)) this.#open(directory);
		}
	}

	#open(directory: string): void {
		try {
			const watcher = watch(directory, {persistent: false}, () => this.#settle());
			// The folder is gone: SIGHUP still reloads.
			watcher.on('error', () => this.#drop(directory, watcher));
			this.#watchers.set(directory, watcher);
		} catch {
			// No folder, or no more watches: as above.
		}
	}

	#drop(directory: string, watcher: FSWatcher): void {
		watcher.close();
		this.#watchers.delete(directory);
	}

	#settle(): void {
		if (this.#isClosed) return;
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => this.#compare(), settleMs).unref();
	}

	#compare(): void {
		this.#watch();
		const now = fingerprint(this.#file);
		if (now === this.#seen) return;
		this.#seen = now;
		this.#onChange();
	}
}

/** Watches a file until `close()`. */
export const watchFile = (file: string, onChange: () => void): FileWatch =>
	new FileWatch(file, onChange);

function fingerprint(file: string): string {
	try {
		const {dev, ino, size, mtimeNs} = statSync(file, {bigint: true});
		return [dev, ino, size, mtimeNs].join(' ');
	} catch {
		return 'none';
	}
}

function realPath(file: string): string {
	try {
		return realpathSync(file);
	} catch {
		return file;
	}
}
