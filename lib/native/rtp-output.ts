// Outputs of RTP whose packets native code sends (UDP).
import {EventEmitter} from 'node:events';
import type {EventOf, Id, OutputSpec, UdpReader} from './binding.ts';
import type {Door} from './door.ts';

export type UdpOutputEvents = {
	sent: [EventOf<'sent'>];
	joined: [EventOf<'joined'>];
	begun: [EventOf<'begun'>];
	closed: [];
};

export type RtpSpec = Omit<Extract<OutputSpec, {type: 'rtp'}>, 'type'>;
export type UdpSpec = Omit<Extract<OutputSpec, {type: 'udp'}>, 'type'>;

/** RTP over UDP to any number of readers; native code sends. It closes by itself as `RingOutput` does. */
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
