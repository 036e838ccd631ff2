// Outputs for many readers, written to JavaScript's own sockets.
import {EventEmitter} from 'node:events';
import type {Id, OutputSpec, RingPlace} from './binding.ts';
import type {Block} from './block.ts';
import type {Door} from './door.ts';
import {tellBlock} from './output-block.ts';
import type {TakenBlock} from './output-block.ts';

export type RingOutputEvents = {block: [made: TakenBlock]; closed: []};

export type FlvSpec = Omit<Extract<OutputSpec, {type: 'flv'}>, 'type'>;
export type LiveSpec = Omit<Extract<OutputSpec, {type: 'live'}>, 'type'>;
export type RingBlock = RingPlace & {block: Block};

/**
 * A stream for all readers who want it the same way, one block for each picture. It closes by itself when the stream
 * ends or its tracks become others than those it was opened for.
 */
export class RingOutput extends EventEmitter<RingOutputEvents> {
	readonly id: Id;
	readonly #door: Door;

	constructor(door: Door, id: Id) {
		super();
		this.id = id;
		this.#door = door;
		door.listen(id, event => {
			if (event.type === 'block') tellBlock(door, event, made => this.emit('block', made));
			if (event.type === 'closed') this.emit('closed');
		});
	}

	/**
	 * The blocks since the newest key frame, oldest first, each held for the caller; empty before the first
	 * `block`. With `compress` their times lie within 100 ms.
	 */
	lendRing({compress}: {compress: boolean}): RingBlock[] {
		const lent = this.#door.binding.lend({output: this.id, type: 'ring', compress}) ?? [];
		return lent.flatMap(block =>
			block.ring ? {...block.ring, block: this.#door.take(block)} : [],
		);
	}

	/**
	 * What a reader is told before its first block, made now and held for the caller: a sender report for each track, or
	 * what decoders of FLV need. Undefined before the first `block`.
	 */
	lendReport(): Block | undefined {
		const [report] = this.#door.binding.lend({output: this.id, type: 'report'}) ?? [];
		return report && this.#door.take(report);
	}

	/** Nothing is packaged, and packets are numbered on where they were after `play`, with the next key frame. */
	pause(): void {
		this.#door.binding.command(this.id, {type: 'pause'});
	}

	play(): void {
		this.#door.binding.command(this.id, {type: 'play'});
	}

	close(): void {
		this.#door.binding.closeOutput(this.id);
	}
}
