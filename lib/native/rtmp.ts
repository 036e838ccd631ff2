// RTMP's connections: what peers have to say, and a stream cut into chunks for one of them.
import {EventEmitter} from 'node:events';
import type {Id, NativeEvent, OutputSpec, PipelineStats} from './binding.ts';
import type {Door} from './door.ts';
import {tellBlock} from './output-block.ts';
import type {TakenBlock} from './output-block.ts';

export type RtmpMessage = Extract<NativeEvent, {type: 'message'}>;

export type RtmpIngestEvents = {
	/** One that is not media. */
	message: [message: RtmpMessage];
	drained: [];
	/** Of a connection that is read natively: so many bytes have come so far. */
	progress: [bytes: number];
	/** Of the same: nothing more comes; without a reason the peer has closed it. */
	ended: [reason: string];
	/** What comes is no RTMP; nothing is taken any more. */
	broken: [reason: string];
	closed: [];
};
export type RtmpOutputEvents = {
	/** Held while it is told. */
	block: [made: RtmpOutputBlock];
	/** Media flows, or a pause was asked for. */
	state: [state: 'playing' | 'paused'];
	/** All tracks have ended, and all is written. */
	eos: [];
	/** The connection that it writes to takes nothing. */
	ended: [reason: string];
	closed: [];
};

export type RtmpOutputSpec = Omit<Extract<OutputSpec, {type: 'rtmp'}>, 'type'>;
export type RtmpOutputBlock = TakenBlock;

/** The bytes of one connection, behind the handshake. */
export class RtmpIngest extends EventEmitter<RtmpIngestEvents> {
	readonly id: Id;
	readonly #door: Door;

	constructor(door: Door, id: Id) {
		super();
		this.id = id;
		this.#door = door;
		door.listen(id, event => {
			if (event.type === 'message') this.emit('message', event);
			if (event.type === 'drained') this.emit('drained');
			if (event.type === 'progress') this.emit('progress', event.bytes);
			if (event.type === 'ended') this.emit('ended', event.reason);
			if (event.type === 'broken') this.emit('broken', event.reason);
			if (event.type === 'closed') this.emit('closed');
		});
	}

	/** Its media goes into this stream from now on; once. */
	publish(stream: Id): void {
		this.#door.binding.command(this.id, {type: 'publish', stream});
	}

	/** What its metadata says that there is; else it waits a moment for both. */
	expect(what: {video: boolean; audio: boolean}): void {
		this.#door.binding.command(this.id, {type: 'expect', ...what});
	}

	/**
	 * The bytes of this TCP connection, behind what was fed, are read natively from now on; after `publish`, once. The
	 * descriptor stays the caller's.
	 */
	read(fd: number): void {
		this.#door.binding.command(this.id, {type: 'read', fd});
	}

	/** Copies `length` bytes before it returns. False: read no more before `drained`. */
	feed(buffer: Uint8Array, length: number): boolean {
		return this.#door.feed(this.id, buffer, length);
	}

	close(): void {
		this.#door.binding.closeIngest(this.id);
	}
}

/** It closes by itself when the stream's tracks become others. */
export class RtmpOutput extends EventEmitter<RtmpOutputEvents> {
	readonly id: Id;
	readonly #door: Door;

	constructor(door: Door, id: Id) {
		super();
		this.id = id;
		this.#door = door;
		door.listen(id, event => {
			if (event.type === 'block') tellBlock(door, event, made => this.emit('block', made));
			if (event.type === 'state') this.emit('state', event.state);
			if (event.type === 'eos') this.emit('eos');
			if (event.type === 'ended') this.emit('ended', event.reason);
			if (event.type === 'closed') this.emit('closed');
		});
	}

	play(): void {
		this.#door.binding.command(this.id, {type: 'play'});
	}

	pause(): void {
		this.#door.binding.command(this.id, {type: 'pause'});
	}

	/** Goes between the blocks, where it writes them to a connection. */
	write(bytes: Uint8Array): void {
		this.#door.binding.command(this.id, {type: 'write', bytes});
	}

	/** Where it writes to a connection: `ended` follows when nothing of what waits has been taken for so long. */
	check(patienceUs: number): void {
		this.#door.binding.command(this.id, {type: 'check', patienceUs});
	}

	/** All tracks end now: `eos` follows. */
	finish(): void {
		this.#door.binding.command(this.id, {type: 'finish'});
	}

	/** Undefined once it is closed. */
	stats(): PipelineStats | undefined {
		return this.#door.binding.pipelineStats(this.id);
	}

	close(): void {
		this.#door.binding.closeOutput(this.id);
	}
}
