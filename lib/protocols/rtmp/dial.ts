import net from 'node:net';
import tls from 'node:tls';
import {MediaError} from '../../errors.ts';
import {checkCertificate} from '../../util/shown-certificate.ts';
import type {RtmpUrl} from './url.ts';

export type DialOptions = {
	url: RtmpUrl;
	/** SHA-256 of the certificate to be shown; empty = one that a known authority signed. */
	fingerprint?: string;
	timeoutMs: number;
	signal: AbortSignal;
};

/** A connected socket; rejects with RTMP_CONNECT, whose message is the reason alone. */
export const dial = async ({
	url,
	fingerprint = '',
	timeoutMs,
	signal,
}: DialOptions): Promise<net.Socket> => {
	signal.throwIfAborted();
	const socket = url.isTls ? dialTls(url) : net.connect({host: url.host, port: url.port});
	const timeout = setTimeout(() => socket.destroy(new Error('no answer in time')), timeoutMs);
	const abort = () => socket.destroy(new Error('closed'));
	signal.addEventListener('abort', abort, {once: true});
	try {
		await opened(socket, url.isTls ? 'secureConnect' : 'connect');
		if (socket instanceof tls.TLSSocket) checkCertificate(socket, fingerprint);
	} catch (cause) {
		socket.destroy();
		throw new MediaError('RTMP_CONNECT', reasonOf(cause), {cause});
	} finally {
		clearTimeout(timeout);
		signal.removeEventListener('abort', abort);
	}
	socket.setNoDelay(true);
	socket.setKeepAlive(true, keepAliveMs);
	return socket;
};

const keepAliveMs = 10_000;

const reasonOf = (cause: unknown): string => {
	const {message, code} = cause as NodeJS.ErrnoException;
	if (code === 'EPROTO' || code?.startsWith('ERR_SSL')) return 'what answers there speaks no TLS';
	return message;
};

const dialTls = ({host, port}: RtmpUrl): tls.TLSSocket => {
	const name = net.isIP(host) === 0 ? {servername: host} : {};
	return tls.connect({host, port, ...name, secureContext: context(), rejectUnauthorized: false});
};

let made: tls.SecureContext | undefined;

/** Whom Node and this machine trust. */
const context = (): tls.SecureContext =>
	(made ??= tls.createSecureContext({
		ca: [...new Set([...tls.getCACertificates('default'), ...tls.getCACertificates('system')])],
	}));

const opened = async (socket: net.Socket, event: string): Promise<void> =>
	await new Promise((resolve, reject) => {
		socket.once(event, () => resolve());
		socket.once('error', reject);
		socket.once('close', () => reject(new Error('the connection was closed')));
	});
