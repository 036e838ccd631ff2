// Players for measurements: as many RTMP connections as wanted, whose media is thrown away.
// usage: rtmp-players.ts URL COUNT
import {once} from 'node:events';
import {connect} from 'node:net';
import {ClientHandshake} from '../lib/protocols/rtmp/client-handshake.ts';
import {command, firstChunkBytes, formatMessage} from '../lib/protocols/rtmp/messages.ts';
import {parseRtmpUrl} from '../lib/protocols/rtmp/url.ts';

const [text = '', count = '1'] = process.argv.slice(2);
const trash = Buffer.alloc(1 << 20);

const fail = (reason: string): never => {
	process.stderr.write(`rtmp-players: ${reason}\n`);
	process.exit(1);
};

const parsed = parseRtmpUrl(text);
const url = parsed.ok ? parsed.value : fail(parsed.reason);

/** All that a player has to say; answers are not waited for. */
const wish = (): Buffer => {
	const {application: app, applicationUrl: tcUrl, name} = url;
	const said = [
		command(0, 'connect', 1, {app, tcUrl}),
		command(0, 'createStream', 2, null),
		command(1, 'play', 3, null, name, -2000),
	];
	return Buffer.concat(said.map(message => formatMessage(message, firstChunkBytes)));
};

/** Resolves when the server has begun to answer; from then on nothing is looked at. */
const play = async (): Promise<void> => {
	const handshake = new ClientHandshake();
	let isPlaying = false;
	await new Promise<void>(resolve => {
		const take = (length: number, buffer: Uint8Array): boolean => {
			if (isPlaying) return true;
			const {reply, rest} = handshake.take(Buffer.from(buffer.subarray(0, length)));
			if (reply) socket.write(reply);
			if (!rest) return true;
			isPlaying = true;
			socket.write(wish());
			resolve();
			return true;
		};
		const {host, port} = url;
		const socket = connect({host, port, onread: {buffer: trash, callback: take}});
		socket.on('close', () => fail('the server hung up'));
		socket.on('error', ({message}) => fail(message));
		void once(socket, 'connect').then(() => socket.write(handshake.greeting()));
	});
};

for (let index = 0; index < Number(count); index++) await play();
