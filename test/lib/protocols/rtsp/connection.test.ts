import {once} from 'node:events';
import {createServer} from 'node:net';
import type {AddressInfo, Server, Socket} from 'node:net';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {RtspConnection} from '../../../../lib/protocols/rtsp/connection.ts';

/** A connection to a peer that reads nothing. */
const connectToDeaf = async (t: ExecutionContext) =>
	connectTo(t, createServer({pauseOnConnect: true}));

const connectTo = async (t: ExecutionContext, server: Server) => {
	const sockets: Socket[] = [];
	server.on('connection', socket => sockets.push(socket));
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

const strangers: [what: string, answer: string | Buffer, sentence: RegExp][] = [
	[
		'HTTP',
		'HTTP/1.1 400 Bad Request\r\n\r\n',
		/speaks HTTP \(answered HTTP\/1.1 400\), expected RTSP/,
	],
	['TLS', Buffer.from('15030300020228', 'hex'), /speaks TLS, expected RTSP: it may want rtsps:/],
	['nothing', '', /closed by the camera before it said anything: .* does it want rtsps:/],
];

for (const [what, answer, message] of strangers) {
	test(`a peer that says ${what} and hangs up is told from a camera`, async t => {
		const server = createServer(socket => socket.once('data', () => socket.end(answer)));
		const connection = await connectTo(t, server);
		const question = {method: 'OPTIONS', url: 'rtsp://x/', headers: [], timeoutMs: 5000};
		await t.throwsAsync(connection.ask(question), {message});
	});
}
