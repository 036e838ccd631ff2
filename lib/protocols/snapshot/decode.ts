import {MediaError} from '../../errors.ts';
import type {Id, PipelineRecipe} from '../../native/binding.ts';
import {wishKey} from './wish.ts';
import type {SnapshotWish} from './wish.ts';

/** A pipeline that takes one picture. */
export type SnapshotPipeline = {
	once(
		event: 'picture',
		take: (block: {readonly data: ArrayBuffer; release(): void}) => void,
	): unknown;
	once(
		event: 'failed',
		take: (failure: {code: string; message: string; detail: string}) => void,
	): unknown;
	once(event: 'stopped', take: () => void): unknown;
	stop(): void;
};

/** Whose newest key frame is shown. */
export type SnapshotSource = {stream: Id} | {pipeline: Id};

type SnapshotRecipe = Extract<PipelineRecipe, {type: 'snapshot'}>;

/** The part of the addon that decodes. */
export type DecoderNative = {start(recipe: SnapshotRecipe): SnapshotPipeline};

/** What is decoded at the same time; the rest waits, so that a page of thumbnails leaves room for the streams. */
const maxJobs = 4;
/** What may wait; beyond it strangers who ask for every size there is would keep the machine busy for minutes. */
const maxQueued = 200;

/** Decodes key frames: one decode for everybody who asks for the same picture. */
export class Decoder {
	readonly #native: DecoderNative;
	readonly #timeoutMs: number;
	readonly #jobs = new Map<string, Promise<Buffer>>();
	readonly #running = new Set<SnapshotPipeline>();
	readonly #queue: (() => void)[] = [];
	#active = 0;
	#isClosed = false;

	constructor(native: DecoderNative, timeoutMs: number) {
		this.#native = native;
		this.#timeoutMs = timeoutMs;
	}

	/** `key` names the key frame. */
	async decode(source: SnapshotSource, key: string, wish: SnapshotWish): Promise<Buffer> {
		const jobKey = `${key} ${wishKey(wish)}`;
		const known = this.#jobs.get(jobKey);
		if (known) return known;
		const job = this.#runInTurn(source, wish).finally(() => this.#jobs.delete(jobKey));
		this.#jobs.set(jobKey, job);
		return job;
	}

	/** Stops what runs; who waits is told that it failed. */
	close(): void {
		this.#isClosed = true;
		for (const pipeline of this.#running) pipeline.stop();
	}

	async #runInTurn(source: SnapshotSource, wish: SnapshotWish): Promise<Buffer> {
		if (this.#queue.length >= maxQueued)
			throw new MediaError(
				'SNAPSHOT_BUSY',
				`Expected at most ${maxQueued} pictures to be waited for at the same time`,
			);
		if (this.#active >= maxJobs) await new Promise<void>(resolve => this.#queue.push(resolve));
		else this.#active++;
		try {
			return await this.#run(source, wish);
		} finally {
			const next = this.#queue.shift();
			if (next) next();
			else this.#active--;
		}
	}

	async #run(
		source: SnapshotSource,
		{format, width, height, quality}: SnapshotWish,
	): Promise<Buffer> {
		if (this.#isClosed) throw new MediaError('SERVER_NOT_READY', 'The server is ending');
		const pipeline = this.#native.start({
			type: 'snapshot',
			...source,
			format,
			width,
			height,
			quality: quality || 85,
		});
		this.#running.add(pipeline);
		const timer = setTimeout(() => pipeline.stop(), this.#timeoutMs);
		try {
			return await pictureOf(pipeline);
		} finally {
			clearTimeout(timer);
			this.#running.delete(pipeline);
		}
	}
}

const pictureOf = (pipeline: SnapshotPipeline): Promise<Buffer> =>
	new Promise((resolve, reject) => {
		pipeline.once('picture', block => {
			// Small and kept for many askers: a copy, so that no native memory stays on loan.
			resolve(Buffer.from(new Uint8Array(block.data)));
			block.release();
		});
		pipeline.once('failed', ({code, message, detail}) =>
			reject(new MediaError('SNAPSHOT_FAILED', message, {reason: code, detail})),
		);
		pipeline.once('stopped', () =>
			reject(new MediaError('SNAPSHOT_TIMEOUT', 'The picture was not decoded in time')),
		);
	});
