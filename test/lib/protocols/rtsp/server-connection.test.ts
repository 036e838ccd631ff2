import {EventEmitter, once} from 'node:events';
import net from 'node:net';
import type {AddressInfo, Socket} from 'node:net';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import type {IngestEvents} from '../../../../lib/native/native.ts';
import {ServerConnection} from '../../../../lib/protocols/rtsp/server-connection.ts';
import {UnreadBytes} from '../../../../lib/protocols/rtsp/unread-bytes.ts';

const connect = async (t: ExecutionContext) => {
	const server = net.createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const client = net.connect((server.address() as AddressInfo).port, '127.0.0.1');
	const [socket] = (await once(server, 'connection')) as [Socket];
	t.teardown(() => client.destroy());
	t.teardown(() => server.close());
	const connection = new ServerConnection({
		...{id: 'one', socket, tunnel: 'none', isTls: false, unread: new UnreadBytes()},
		handle: async () => ({status: 200}),
	});
	return {client, socket, connection};
};

/** An ingest that has no room for what it takes. */
class FullFeed extends EventEmitter<IngestEvents> {
	feed(bytes: Uint8Array, length: number): boolean {
		this.emit('text', Buffer.from(bytes.subarray(0, length)).toString());
		return false;
	}
}

test('a publisher whose ingest is full is not read before it has drained, whatever it asks', async t => {
	const {client, socket, connection} = await connect(t);
	const feed = new FullFeed();
	connection.feedTo(feed);
	client.write('OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n');
	await once(client, 'data');
	t.true(socket.isPaused());
	feed.emit('drained');
	t.false(socket.isPaused());
});
