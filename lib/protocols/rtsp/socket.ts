import net from 'node:net';
import tls from 'node:tls';
import {MediaError} from '../../errors.ts';

/** Takes the first `length` bytes of a buffer that is used again afterwards. False: pause reading. */
export type TakeBytes = (buffer: Uint8Array, length: number) => boolean;

export type DialOptions = {
	host: string;
	port: number;
	isTls: boolean;
	timeoutMs: number;
	signal: AbortSignal;
	take: TakeBytes;
};

/** A connected socket whose bytes go to `take`; rejects with RTSP_CONNECT. */
export const dial = async (options: DialOptions): Promise<net.Socket> => {
	const {host, port, isTls, timeoutMs, signal} = options;
	signal.throwIfAborted();
	const socket = isTls ? openTls(options) : openPlain(options);
	const timeout = setTimeout(() => socket.destroy(new Error('no answer in time')), timeoutMs);
	const abort = () => socket.destroy(new Error('closed'));
	signal.addEventListener('abort', abort, {once: true});
	try {
		await opened(socket, isTls ? 'secureConnect' : 'connect');
	} catch (cause) {
		const reason = cause instanceof Error ? describe(cause) : String(cause);
		const message = `Expected a connection to ${host} port ${port}, got: ${reason}`;
		throw new MediaError('RTSP_CONNECT', message, {cause, host, port});
	} finally {
		clearTimeout(timeout);
		signal.removeEventListener('abort', abort);
	}
	socket.setNoDelay(true);
	socket.setKeepAlive(true, keepAliveMs);
	return socket;
};

const keepAliveMs = 10_000;

/** One for all connections of the process: whoever takes bytes has copied them when it returns. */
const readBuffer = Buffer.allocUnsafeSlow(64 * 1024);

const openPlain = ({host, port, take}: DialOptions): net.Socket =>
	net.connect({
		host,
		port,
		onread: {buffer: readBuffer, callback: (length, buffer) => take(buffer, length)},
	});

const openTls = ({host, port, take}: DialOptions): net.Socket => {
	const name = net.isIP(host) === 0 ? {servername: host} : {};
	const socket = tls.connect({host, port, ...name});
	return socket.on('data', (bytes: Buffer) => {
		if (!take(bytes, bytes.length)) socket.pause();
	});
};

const opened = async (socket: net.Socket, event: string): Promise<void> =>
	await new Promise((resolve, reject) => {
		socket.once(event, () => resolve());
		socket.once('error', reject);
		socket.once('close', () => reject(new Error('connection closed')));
	});

const describe = (error: Error & {code?: string}): string =>
	error.code && certificateErrors.has(error.code)
		? `a certificate that no known authority signed (${error.code})`
		: error.message || error.code || error.name;

const certificateErrors = new Set([
	'DEPTH_ZERO_SELF_SIGNED_CERT',
	'SELF_SIGNED_CERT_IN_CHAIN',
	'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
	'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);
