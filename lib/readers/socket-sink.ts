import type {Block} from '../native/block.ts';
import type {Carrier} from './carrier.ts';
import type {Sink} from './reader-queue.ts';
import {PlainDescriptor, socketInfo} from './socket-info.ts';
import type {AskKernel} from './socket-info.ts';

/** A queue's way to a connection, whose kernel is asked what it has not sent; `write` where blocks go another way. */
export const socketSink = (
	socket: Carrier,
	tcpInfo: AskKernel,
	write: Sink['write'] = writeStraight(socket),
): Sink => ({
	write,
	cork: () => socket.cork(),
	uncork: () => socket.uncork(),
	unsentBytes: () => socketInfo(socket, tcpInfo)?.unsentBytes ?? 0,
});

/** All that has been written to a connection, in bytes, and by whom: it counts what passed Node by, too. */
export const bytesWrittenTo = (socket: Carrier): number =>
	socket.bytesWritten + (straight.get(socket)?.bytes ?? 0);

const straight = new WeakMap<Carrier, {bytes: number}>();

/**
 * Where nothing waits in front of it, a block goes to the kernel without Node's stream, which costs as much as the kernel
 * itself; what the kernel does not take goes that way (docs/design/0035).
 */
const writeStraight = (socket: Carrier): Sink['write'] => {
	const descriptor = new PlainDescriptor(socket);
	const sent = straight.get(socket) ?? {bytes: 0};
	straight.set(socket, sent);
	return (block, done) => {
		const taken = isClear(socket) ? sendBy(descriptor.fd, block) : 0;
		sent.bytes += taken;
		if (taken === block.data.byteLength) done();
		else block.writeTo(socket, done, taken);
	};
};

const isClear = (socket: Carrier): boolean => socket.writableLength === 0 && socket.writable;

const sendBy = (fd: number | undefined, block: Block): number =>
	fd === undefined ? 0 : block.sendBy(fd);
