import {randomBytes} from 'node:crypto';
import type {RtspConnection} from './connection.ts';
import type {RtspSession} from './session.ts';

export type KeepaliveOptions = {
	session: RtspSession;
	connection: RtspConnection;
	/** Where receiver reports go. */
	rtcpChannels: number[];
};

/**
 * Keeps a session alive until the returned function is called. OPTIONS, and GET_PARAMETER in turn
 * with it where that is offered (some cameras count only this one): three questions in the session's
 * timeout, so that each kind comes in time. A question that is refused or not answered ends nothing.
 */
export const startKeepalive = ({
	session,
	connection,
	rtcpChannels,
}: KeepaliveOptions): (() => void) => {
	let methods = session.methods.has('GET_PARAMETER') ? ['OPTIONS', 'GET_PARAMETER'] : ['OPTIONS'];
	let count = 0;
	const ask = async () => {
		const method = methods[count++ % methods.length] ?? 'OPTIONS';
		try {
			const {status} = await session.askSession(method);
			if (method !== 'OPTIONS' && status >= 400 && status !== 401) methods = ['OPTIONS'];
		} catch {
			// Not answered: media tells whether the session is alive.
		}
	};
	const report = receiverReports(rtcpChannels);
	const timers = [
		setInterval(() => void ask(), periodMs(session.sessionTimeoutMs)),
		setInterval(() => connection.write(report), reportPeriodMs),
	];
	return () => timers.forEach(timer => clearInterval(timer));
};

const reportPeriodMs = 5000;

const periodMs = (timeoutMs: number): number => Math.min(Math.max(timeoutMs / 3, 300), 20_000);

/** RFC 3550 section 6.4.2, without report blocks: a sign of life for cameras that wait for RTCP. */
const receiverReports = (channels: number[]): Uint8Array => {
	const ssrc = randomBytes(4);
	return Buffer.concat(
		channels.flatMap(channel => [Buffer.from([0x24, channel, 0, 8, 0x80, 201, 0, 1]), ssrc]),
	);
};
