// Outputs of RTP: blocks for JavaScript's own sockets (TCP), or packets that native code sends (UDP).
import {EventEmitter} from 'node:events';
import type {Id, NativeEvent, OutputSpec, RingPlace, UdpReader} from './binding.ts';
import type {Block} from './block.ts';
import type {Door} from './door.ts';
import {tellBlock} from './output-block.ts';
import type {TakenBlock} from './output-block.ts';

type EventOf<Type extends NativeEvent['type']> = Extract<NativeEvent, {type: Type}>;

export type RtpOutputEvents = {block: [made: RtpOutputBlock]; closed: []};
export type UdpOutputEvents = {
	sent: [EventOf<'sent'>];
	joined: [EventOf<'joined'>];
	begun: [EventOf<'begun'>];
	closed: [];
};

export type RtpSpec = Omit<Extract<OutputSpec, {type: 'rtp'}>, 'type'>;
export type UdpSpec = Omit<Extract<OutputSpec, {type: 'udp'}>, 'type'>;

export type RtpOutputBlock = TakenBlock;
export type RtpRingBlock = RingPlace & {block: Block};

/**
 * Interleaved RTP of a stream, one block for each picture. It closes by itself when the stream ends or its
 * tracks become others than those it was opened for.
 */
export class RtpOutput extends EventEmitter<RtpOutputEvents> {
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
	lendRing({compress}: {compress: boolean}): RtpRingBlock[] {
		const lent = this.#door.binding.lend({output: this.id, type: 'ring', compress}) ?? [];
		return lent.flatMap(block =>
			block.ring ? {...block.ring, block: this.#door.take(block)} : [],
		);
	}

	/** A sender report for each track, made now and held for the caller; undefined before the first `block`. */
	lendReport(): Block | undefined {
		const [report] = this.#door.binding.lend({output: this.id, type: 'report'}) ?? [];
		return report && this.#door.take(report);
	}

	close(): void {
		this.#door.binding.closeOutput(this.id);
	}
}

/** RTP over UDP to any number of readers; native code sends. It closes by itself as `RtpOutput` does. */
export class UdpOutput extends EventEmitter<UdpOutputEvents> {
	readonly id: Id;
	readonly #door: Door;

	constructor(door: Door, id: Id) {
		super();
		this.id = id;
		this.#door = door;
		door.listen(id, event => {
			if (event.type === 'sent') this.emit('sent', event);
			if (event.type === 'joined') this.emit('joined', event);
			if (event.type === 'begun') this.emit('begun', event);
			if (event.type === 'closed') this.emit('closed');
		});
	}

	/** `joined` follows. */
	add(reader: UdpReader): void {
		this.#door.binding.command(this.id, {type: 'add', ...reader});
	}

	remove(reader: number): void {
		this.#door.binding.command(this.id, {type: 'remove', reader});
	}

	close(): void {
		this.#door.binding.closeOutput(this.id);
	}
}
