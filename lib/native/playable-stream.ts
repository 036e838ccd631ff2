// What browsers can play of a stream, as a stream of its own.
import {EventEmitter} from 'node:events';
import type {Id, NativeEvent} from './binding.ts';
import type {Door} from './door.ts';

export type PlayableStreamEvents = {
	/** An epoch has begun: these tracks wait for a pipeline (`sound`) from now on, those of the last one no more. */
	remake: [event: Extract<NativeEvent, {type: 'remake'}>];
	closed: [];
};

/** Lives beside its parent: the same pictures at the same times, and sound that pipelines make anew. */
export class PlayableStream extends EventEmitter<PlayableStreamEvents> {
	readonly id: Id;
	readonly #door: Door;

	constructor(door: Door, id: Id) {
		super();
		this.id = id;
		this.#door = door;
		door.listen(id, event => {
			if (event.type === 'remake') this.emit('remake', event);
			if (event.type === 'closed') this.emit('closed');
		});
	}

	close(): void {
		this.#door.binding.closeStream(this.id);
	}
}
