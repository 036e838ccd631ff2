import {EventEmitter} from 'node:events';
import type {EventOf, Id, OutputSpec} from './binding.ts';
import type {Block} from './block.ts';
import type {Door} from './door.ts';

export type HlsOutputEvents = {
	init: [EventOf<'init'>];
	part: [EventOf<'part'>];
	segment: [EventOf<'segment'>];
	closed: [];
};

export type HlsSpec = Omit<Extract<OutputSpec, {type: 'hls'}>, 'type'>;

/** The segments of HLS that native code makes of a stream. */
export class HlsOutput extends EventEmitter<HlsOutputEvents> {
	readonly id: Id;
	readonly #door: Door;

	constructor(door: Door, id: Id) {
		super();
		this.id = id;
		this.#door = door;
		door.listen(id, event => {
			if (event.type === 'init') this.emit('init', event);
			if (event.type === 'part') this.emit('part', event);
			if (event.type === 'segment') this.emit('segment', event);
			if (event.type === 'closed') this.emit('closed');
		});
	}

	/** The bytes of an init section, part or segment, in order; undefined when it has left the window. */
	lend(what: {type: 'init' | 'part' | 'segment'; number: number}): Block[] | undefined {
		const lent = this.#door.binding.lend({output: this.id, ...what});
		return lent?.map(block => this.#door.take(block));
	}

	close(): void {
		this.#door.binding.closeOutput(this.id);
	}
}
