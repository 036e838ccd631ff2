import net from 'node:net';
import tls from 'node:tls';
import type {TcpInfo} from '../native/binding.ts';
import type {Carrier} from './carrier.ts';

/** Asks the kernel about a descriptor; undefined: it is none of TCP. */
export type AskKernel = (fd: number) => TcpInfo | undefined;

/** What the kernel knows of a connection; undefined: it is closed. */
export const socketInfo = (socket: Carrier, tcpInfo: AskKernel): TcpInfo | undefined => {
	const fd = descriptorOf(socket.sending ?? socket);
	return fd === undefined ? undefined : tcpInfo(fd);
};

/** Seconds there and back, as the kernel measures them; null: it is closed. */
export const roundTripOfSocket = (socket: Carrier, tcpInfo: AskKernel): number | null => {
	const info = socketInfo(socket, tcpInfo);
	return info ? info.rttUs / 1e6 : null;
};

/** Of a connection whose bytes are what the peer sent, not encrypted; undefined: there is none, or it is closed. */
export const plainDescriptor = (line: object): number | undefined =>
	line instanceof net.Socket && !(line instanceof tls.TLSSocket) ? descriptorOf(line) : undefined;

/** The descriptor of one connection, asked for again and again: of the handle that Node has for it now. */
export class PlainDescriptor {
	readonly #socket: object;
	#handle: unknown;
	#fd: number | undefined;

	constructor(socket: object) {
		this.#socket = socket;
	}

	/** As `plainDescriptor`. */
	get fd(): number | undefined {
		const {_handle: handle} = this.#socket as {_handle?: unknown};
		if (handle === this.#handle) return this.#fd;
		this.#handle = handle;
		this.#fd = plainDescriptor(this.#socket);
		return this.#fd;
	}
}

/**
 * Node reads no more of a plain connection, once what it has read has been given to whoever listens; its descriptor is for
 * whoever reads on. Undefined: it is encrypted or closed, and nothing has changed.
 */
export const stopReading = (socket: net.Socket): number | undefined => {
	const fd = plainDescriptor(socket);
	if (fd === undefined) return undefined;
	socket.pause();
	while (socket.readableLength > 0) socket.read();
	// A pause alone lets Node read on into its own buffer.
	const {_handle: handle} = socket as {_handle?: {reading?: boolean; readStop?(): void} | null};
	if (handle) handle.reading = false;
	handle?.readStop?.();
	return fd;
};

/** Node tells it nowhere else. */
const descriptorOf = (socket: object): number | undefined => {
	const {_handle: handle} = socket as {_handle?: {fd?: number} | null};
	return handle?.fd !== undefined && handle.fd >= 0 ? handle.fd : undefined;
};
