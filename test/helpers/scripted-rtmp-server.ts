import {once} from 'node:events';
import {createServer} from 'node:net';
import type {AddressInfo, Socket} from 'node:net';
import type {ExecutionContext} from 'ava';
import {parseAmf0} from '../../lib/protocols/rtmp/amf0.ts';
import type {Amf} from '../../lib/protocols/rtmp/amf0.ts';
import {
	command,
	firstChunkBytes,
	formatMessage,
	messageKind,
} from '../../lib/protocols/rtmp/messages.ts';
import {ServerHandshake} from '../../lib/protocols/rtmp/server-handshake.ts';
import {parseRtmpUrl} from '../../lib/protocols/rtmp/url.ts';
import type {RtmpUrl} from '../../lib/protocols/rtmp/url.ts';
import {startNative} from './native.ts';

export type Published = {
	socket: Socket;
	/** What `onStatus` tells; several are one write. */
	status: (...told: [level: string, code: string][]) => void;
};

/** A server of RTMP that does as a test says once somebody would publish. */
export const startScriptedServer = async (
	t: ExecutionContext,
	published: (it: Published) => void,
	/** Told what it is asked; gives commands that follow the answer, in the same breath. */
	also: (asked: string) => Amf[][] = () => [],
): Promise<RtmpUrl> => {
	const native = startNative(t);
	const server = createServer(socket => {
		const ingest = native.openRtmpIngest();
		const closed = once(ingest, 'closed');
		socket.on('error', () => {});
		socket.on('close', () => ingest.close());
		t.teardown(async () => {
			socket.destroy();
			await closed;
		});
		const say = (...messages: Amf[][]) => socket.write(Buffer.concat(messages.map(formatted)));
		ingest.on('message', ({kind, bytes}) => {
			const values = kind === messageKind.command ? parseAmf0(bytes) : undefined;
			const [name, number = 0] = values?.ok ? values.value : [];
			const more = also(String(name));
			if (name === 'connect') say(['_result', number, {}, {}], ...more);
			if (name === 'createStream') say(['_result', number, null, 1], ...more);
			if (name !== 'publish') return;
			if (more.length > 0) say(...more);
			const status = (...told: [level: string, code: string][]) =>
				say(...told.map(([level, code]) => ['onStatus', 0, null, {level, code}]));
			published({socket, status});
		});
		shakeHands(socket, bytes => ingest.feed(bytes, bytes.length));
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	t.teardown(() => server.close());
	const {port} = server.address() as AddressInfo;
	const url = parseRtmpUrl(`rtmp://127.0.0.1:${port}/live/key`);
	if (!url.ok) throw new Error(url.reason);
	return url.value;
};

const formatted = (values: Amf[]): Buffer => formatMessage(command(1, ...values), firstChunkBytes);

const shakeHands = (socket: Socket, feed: (bytes: Buffer) => void): void => {
	const handshake = new ServerHandshake();
	const take = (bytes: Buffer) => {
		const {reply, rest} = handshake.take(bytes);
		if (reply) socket.write(reply);
		if (!rest) return;
		socket.off('data', take);
		socket.on('data', feed);
		feed(Buffer.from(rest));
	};
	socket.on('data', take);
};
