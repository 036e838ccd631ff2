import type {Socket} from 'node:net';
import type {Duplex} from 'node:stream';

/** What carries the bytes of one client: its socket, or a tunnel that stands for one. */
export type Carrier = Duplex & {
	readonly remoteAddress?: string | undefined;
	readonly remotePort?: number | undefined;
	readonly bytesRead: number;
	readonly bytesWritten: number;
	/** Of something that cannot be read before it is whole; the event `held` tells that they became more. */
	readonly heldBytes?: number;
	/** By which what is written leaves, where that is another object. */
	readonly sending?: Socket;
};
