import net from 'node:net';
import tls from 'node:tls';
import {MediaError} from '../../errors.ts';
import {checkCertificate} from '../../util/shown-certificate.ts';
import {portOf} from './url.ts';
import type {RtspUrl} from './url.ts';

/** Takes the first `length` bytes of a buffer that is used again afterwards. False: pause reading. */
export type TakeBytes = (buffer: Uint8Array, length: number) => boolean;

export type SocketOptions = {
	url: RtspUrl;
	/** SHA-256 of the certificate to be shown; empty = one that a known authority signed. */
	fingerprint: string;
	timeoutMs: number;
	signal: AbortSignal;
	/** Gets all bytes; without it they come as the socket's data. */
	take?: TakeBytes;
};

/** A connected socket; rejects with RTSP_CONNECT. */
export const openSocket = async (options: SocketOptions): Promise<net.Socket> => {
	const {url, timeoutMs, signal} = options;
	signal.throwIfAborted();
	const socket = url.isTls ? openTls(options) : openPlain(options);
	const timeout = setTimeout(() => socket.destroy(new Error('no answer in time')), timeoutMs);
	const abort = () => socket.destroy(new Error('closed'));
	signal.addEventListener('abort', abort, {once: true});
	try {
		await opened(socket, url.isTls ? 'secureConnect' : 'connect');
		if (socket instanceof tls.TLSSocket) checkCertificate(socket, options.fingerprint);
	} catch (cause) {
		socket.destroy();
		throw notConnected(url, cause);
	} finally {
		clearTimeout(timeout);
		signal.removeEventListener('abort', abort);
	}
	socket.setNoDelay(true);
	socket.setKeepAlive(true, keepAliveMs);
	return socket;
};

/** Why there is no connection to a camera. */
export const notConnected = (url: RtspUrl, cause: unknown): MediaError => {
	const reason = reasonOf(cause);
	const [host, port] = [url.host, portOf(url)];
	const message = `Expected a connection to ${host} port ${port}, got: ${reason}`;
	return new MediaError('RTSP_CONNECT', message, {cause, host, port});
};

const reasonOf = (cause: unknown): string => {
	if (!(cause instanceof Error)) return String(cause);
	const {code} = cause as NodeJS.ErrnoException;
	return notTls.has(code ?? '') ? 'no TLS: it may want rtsp://' : cause.message || cause.name;
};

/** What OpenSSL calls an answer in plain. */
const notTls = new Set(['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG']);

const keepAliveMs = 10_000;

/** One for all connections of the process: whoever takes bytes has copied them when it returns. */
const readBuffer = Buffer.allocUnsafeSlow(64 * 1024);

const openPlain = ({url, take}: SocketOptions): net.Socket =>
	net.connect({host: url.host, port: portOf(url), ...readInto(take)});

/** What the camera shows is looked at when it is there, so that its fingerprint can be told. */
const openTls = ({url, take}: SocketOptions): tls.TLSSocket => {
	const {host} = url;
	const name = net.isIP(host) === 0 ? {servername: host} : {};
	// Node's types leave `onread` out here.
	const onread = readInto(take);
	return tls.connect({host, port: portOf(url), ...name, ...onread, rejectUnauthorized: false});
};

const readInto = (take: TakeBytes | undefined): {onread?: net.OnReadOpts} =>
	take ? {onread: {buffer: readBuffer, callback: (length, buffer) => take(buffer, length)}} : {};

const opened = async (socket: net.Socket, event: string): Promise<void> =>
	await new Promise((resolve, reject) => {
		socket.once(event, () => resolve());
		socket.once('error', reject);
		socket.once('close', () => reject(new Error('connection closed')));
	});
