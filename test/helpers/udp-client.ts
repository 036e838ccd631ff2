import {createSocket} from 'node:dgram';
import type {Socket} from 'node:dgram';
import {once} from 'node:events';
import type {ExecutionContext} from 'ava';
import {headerOf} from '../../lib/protocols/rtsp/message.ts';
import type {RtspResponse} from '../../lib/protocols/rtsp/message.ts';
import type {RtspClient} from './rtsp-client.ts';

/** Two ports of a client, and what came to them. */
export const bindPorts = async (t: ExecutionContext) => {
	const [rtp, rtcp] = [await bindPort(t), await bindPort(t)];
	return {rtp, rtcp, pair: `${rtp.port}-${rtcp.port}`};
};

const bindPort = async (t: ExecutionContext) => {
	const socket = await bindAt(t, '127.0.0.1');
	const packets: {bytes: Buffer; from: number}[] = [];
	socket.on('message', (bytes, {port}) => packets.push({bytes, from: port}));
	return {socket, port: socket.address().port, packets};
};

/** A socket at one of this machine's own addresses. */
export const bindAt = async (t: ExecutionContext, host: string): Promise<Socket> => {
	const socket = createSocket('udp4');
	socket.bind(0, host);
	await once(socket, 'listening');
	t.teardown(() => socket.close());
	return socket;
};

export type ClientPorts = Awaited<ReturnType<typeof bindPorts>>;

/** SETUP of one track for these ports. */
export const setUpUdp = async (
	client: RtspClient,
	url: string,
	{pair}: {pair: string},
): Promise<RtspResponse> =>
	client.ask('SETUP', url, [['Transport', `RTP/AVP;unicast;client_port=${pair}`]]);

/** The numbers of a parameter of the answer's Transport. */
export const portsOf = (answer: RtspResponse, name: string): number[] =>
	(new RegExp(`${name}=([\\d-]+)`).exec(headerOf(answer, 'Transport') ?? '')?.[1] ?? '')
		.split('-')
		.map(Number);

/** The secret of a session. */
export const sessionOf = (answer: RtspResponse): string =>
	(headerOf(answer, 'Session') ?? '').split(';')[0] ?? '';
