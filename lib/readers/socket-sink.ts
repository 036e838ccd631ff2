import type {Carrier} from './carrier.ts';
import type {Sink} from './reader-queue.ts';
import {socketInfo} from './socket-info.ts';
import type {AskKernel} from './socket-info.ts';

/** A queue's way to a connection, whose kernel is asked what it has not sent; `write` where blocks go another way. */
export const socketSink = (
	socket: Carrier,
	tcpInfo: AskKernel,
	write: Sink['write'] = (block, done) => void block.writeTo(socket, done),
): Sink => ({
	write,
	cork: () => socket.cork(),
	uncork: () => socket.uncork(),
	unsentBytes: () => socketInfo(socket, tcpInfo)?.unsentBytes ?? 0,
});
