import {once} from 'node:events';
import {connect} from 'node:net';
import type {ExecutionContext} from 'ava';
import {formatAmf0, parseAmf0} from '../../lib/protocols/rtmp/amf0.ts';
import type {Amf, AmfObject} from '../../lib/protocols/rtmp/amf0.ts';
import {ClientHandshake} from '../../lib/protocols/rtmp/client-handshake.ts';
import {formatMessage, messageKind} from '../../lib/protocols/rtmp/messages.ts';
import {startNative} from './native.ts';

/** Of what native code sends itself. */
const audioKind = 8;

export type Heard = {name: string; values: readonly Amf[]};

/** A client of RTMP that says what a test wants, behind `connect` and `createStream`. */
export const connectRtmp = async (
	t: ExecutionContext,
	rtmpUrl: string,
	{app = 'live', asked = {}}: {app?: string; asked?: AmfObject} = {},
) => {
	const ingest = startNative(t).openRtmpIngest();
	const socket = connect(Number(new URL(rtmpUrl).port), '127.0.0.1');
	t.teardown(async () => {
		socket.destroy();
		const closed = once(ingest, 'closed');
		ingest.close();
		await closed;
	});
	await handshake(socket, bytes => ingest.feed(bytes, bytes.length));
	const heard: Heard[] = [];
	let onHeard = () => {};
	ingest.on('message', ({kind, bytes}) => {
		if (kind !== messageKind.command && kind !== messageKind.data) return;
		const parsed = parseAmf0(bytes);
		const [name, ...values] = parsed.ok ? parsed.value : [];
		heard.push({name: String(name), values});
		onHeard();
	});
	let calls = 0;
	const say = (name: string, ...values: Amf[]) =>
		void socket.write(
			formatMessage(
				{kind: messageKind.command, stream: 1, payload: formatAmf0([name, ++calls, ...values])},
				128,
			),
		);
	const send = (kind: number, payload: Buffer) =>
		void socket.write(formatMessage({kind, stream: 1, payload}, 128));
	const describe = (metadata: AmfObject) =>
		send(messageKind.data, formatAmf0(['@setDataFrame', 'onMetaData', metadata]));
	/** One unit of AAC, behind its configuration. */
	const sound = () => {
		for (const hex of ['af001190', 'af0121100460']) send(audioKind, Buffer.from(hex, 'hex'));
	};
	/** The first that fits, and all before it, are taken out. */
	const until = async (fits: (it: Heard) => boolean): Promise<Heard> => {
		for (;;) {
			const index = heard.findIndex(fits);
			if (index >= 0) return heard.splice(0, index + 1).at(-1)!;
			await new Promise<void>(resolve => (onHeard = resolve));
		}
	};
	const result = () => until(({name}) => name === '_result');
	/** Resolves with its code. */
	const status = async (): Promise<Amf> => {
		const {values} = await until(({name}) => name === 'onStatus');
		return (values[2] as AmfObject)['code'];
	};
	say('connect', {app, ...asked});
	await result();
	say('createStream', null);
	await result();
	return {socket, heard, say, describe, sound, until, result, status};
};

const handshake = async (
	socket: ReturnType<typeof connect>,
	feed: (bytes: Buffer) => void,
): Promise<void> => {
	const client = new ClientHandshake();
	await once(socket, 'connect');
	socket.write(client.greeting());
	await new Promise<void>(resolve => {
		const take = (bytes: Buffer) => {
			const {reply, rest} = client.take(bytes);
			if (reply) socket.write(reply);
			if (!rest) return;
			socket.off('data', take);
			socket.on('data', feed);
			feed(rest);
			resolve();
		};
		socket.on('data', take);
	});
};
