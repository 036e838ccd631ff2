import {once} from 'node:events';
import {createServer} from 'node:net';
import type {AddressInfo, Socket} from 'node:net';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {RtspConnection} from '../../../../lib/protocols/rtsp/connection.ts';

/** A connection to a peer that reads nothing. */
const connectToDeaf = async (t: ExecutionContext) => {
	const sockets: Socket[] = [];
	const server = createServer({pauseOnConnect: true}, socket => sockets.push(socket));
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const connection = new RtspConnection();
	t.teardown(() => {
		connection.close();
		for (const socket of sockets) socket.destroy();
		server.close();
	});
	const {port} = server.address() as AddressInfo;
	const {signal} = new AbortController();
	const url = {
		isTls: false,
		tunnel: 'none' as const,
		host: '127.0.0.1',
		port,
		credentials: undefined,
		path: '',
	};
	await connection.open({url, fingerprint: '', webSocketPath: '/', timeoutMs: 5000, signal});
	return connection;
};

test('a camera that takes none of our answers is hung up on before they fill the memory', async t => {
	const connection = await connectToDeaf(t);
	const closed = once(connection, 'closed');
	const answer = 'x'.repeat(100_000);
	// More than a kernel keeps.
	for (let count = 0; count < 1000; count++) connection.write(answer);
	const [error] = await closed;
	t.like(error, {code: 'RTSP_LOST'});
});
