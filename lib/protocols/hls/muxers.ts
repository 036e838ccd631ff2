import type {HttpLogger} from '../../http/handler.ts';
import type {Delivery} from '../../media/delivery.ts';
import type {PlayableStreams} from '../../media/playable-streams.ts';
import {newMemory} from './memory.ts';
import type {PathMemory} from './memory.ts';
import {Muxer} from './muxer.ts';
import type {MuxerOptions} from './muxer.ts';
import type {HlsNative} from './output.ts';
import type {HlsSettings, HlsVariant} from './settings.ts';

export type MuxersOptions = {
	native: HlsNative;
	delivery: Pick<Delivery, 'join'>;
	playables: Pick<PlayableStreams, 'open'>;
	/** Asked anew each time, so that a reload takes effect with the next muxer. */
	settings: () => HlsSettings;
	variant: (path: string) => HlsVariant;
	logger: HttpLogger;
	/** Milliseconds, monotonic. */
	clock: () => number;
	/** Nothing is remembered of this path any more. */
	onForgotten: (path: string) => void;
};

type Slot = {muxer: Promise<Muxer>; opened?: Muxer; lastRequest: number; isKept: boolean};

/** The muxers by their paths: made when somebody asks, closed when nobody has asked for a while. */
export class Muxers {
	readonly #options: MuxersOptions;
	readonly #slots = new Map<string, Slot>();
	readonly #memories = new Map<string, PathMemory>();
	readonly #closing = new Set<Promise<void>>();

	constructor(options: MuxersOptions) {
		this.#options = options;
	}

	get size(): number {
		return this.#slots.size;
	}

	/** The muxer of a path, opened where there is none. */
	get(path: string): Promise<Muxer> {
		const slot = this.#slot(path);
		slot.lastRequest = this.#options.clock();
		return slot.muxer;
	}

	/** The muxer that is there; somebody has asked for what it makes. */
	find(path: string): Muxer | undefined {
		const slot = this.#slots.get(path);
		if (slot) slot.lastRequest = this.#options.clock();
		return slot?.opened;
	}

	/** Seconds; 0 without a muxer. */
	targetDuration(path: string): number {
		return this.#slots.get(path)?.opened?.targetDuration ?? 0;
	}

	/** Opens it now, until its stream ends. */
	keep(path: string): void {
		const slot = this.#slot(path);
		slot.isKept = true;
		slot.muxer.catch((error: unknown) => this.#options.logger.warn({path, err: error}, 'no HLS'));
	}

	closeIdle(): void {
		const {hlsMuxerCloseAfter} = this.#options.settings();
		for (const {opened, isKept, lastRequest} of this.#slots.values()) {
			if (!opened || isKept || opened.isAwaited) continue;
			if (this.#options.clock() - lastRequest > hlsMuxerCloseAfter) opened.close();
		}
	}

	/** Files are removed when it resolves. */
	async close(): Promise<void> {
		const slots = [...this.#slots.values()];
		for (const muxer of await Promise.allSettled(slots.map(slot => slot.muxer)))
			if (muxer.status === 'fulfilled') muxer.value.close();
		await Promise.all(this.#closing);
	}

	#slot(path: string): Slot {
		const known = this.#slots.get(path);
		if (known) return known;
		const lastRequest = this.#options.clock();
		const slot: Slot = {muxer: this.#open(path), lastRequest, isKept: false};
		this.#slots.set(path, slot);
		slot.muxer.then(
			muxer => this.#opened(path, slot, muxer),
			() => this.#slots.delete(path),
		);
		return slot;
	}

	async #open(path: string): Promise<Muxer> {
		const {delivery, playables} = this.#options;
		const admission = await delivery.join({
			path,
			protocol: 'hls',
			peer: '',
			start: true,
			counted: false,
			holds: true,
		});
		try {
			const {stream, tracks} = admission;
			const playable = await playables.open({path, stream, tracks});
			return this.#muxerOf({path, admission, playable});
		} catch (error) {
			admission.leave();
			throw error;
		}
	}

	#muxerOf(place: Pick<MuxerOptions, 'path' | 'admission' | 'playable'>): Muxer {
		const {native, settings, variant, logger} = this.#options;
		const {path, admission, playable} = place;
		try {
			if (admission.end) throw admission.end;
			const memory = this.#memory(path);
			const more = {variant: variant(path), settings: settings(), memory};
			return new Muxer({...place, ...more, native, logger});
		} catch (error) {
			playable.release();
			throw error;
		}
	}

	#opened(path: string, slot: Slot, muxer: Muxer): void {
		slot.opened = muxer;
		const forget = () => {
			this.#slots.delete(path);
			const removed = muxer.filesRemoved().finally(() => this.#closing.delete(removed));
			this.#closing.add(removed);
			this.#options.logger.info({path}, 'HLS muxer closed');
		};
		if (muxer.isClosed) forget();
		else muxer.once('closed', forget);
		this.#options.logger.info({path}, 'HLS muxer opened');
	}

	/** Of so many paths that names chosen by strangers cannot fill the memory. */
	#memory(path: string): PathMemory {
		const memory = this.#memories.get(path) ?? newMemory();
		this.#memories.delete(path);
		this.#memories.set(path, memory);
		for (const oldest of this.#memories.keys()) {
			if (this.#memories.size <= maxMemories) break;
			if (this.#slots.has(oldest)) continue;
			this.#memories.delete(oldest);
			this.#options.onForgotten(oldest);
		}
		return memory;
	}
}

const maxMemories = 10_000;
