import {once} from 'node:events';
import {connect} from 'node:net';
import type {Socket} from 'node:net';
import {Duplex} from 'node:stream';
import type {ExecutionContext} from 'ava';

/** The client's end of RTSP within HTTP, as QuickTime does it; the test may take its connections apart. */
export class TunnelEnd extends Duplex {
	readonly get: Socket;
	post: Socket;

	/** The answer to the GET has been read up to its blank line. */
	constructor(get: Socket, post: Socket) {
		super();
		[this.get, this.post] = [get, post];
		get.on('data', (bytes: Buffer) => this.push(bytes));
		get.on('close', () => this.destroy());
		get.resume();
	}

	override _read(): void {}

	override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
		this.post.write(chunk.toString('base64'), done);
	}

	override _destroy(error: Error | null, done: (error: Error | null) => void): void {
		this.get.destroy();
		this.post.destroy();
		done(error);
	}
}

export const getHead = (cookie: string, more = '') =>
	`GET /cam HTTP/1.0\r\nx-sessioncookie: ${cookie}\r\nAccept: application/x-rtsp-tunnelled\r\n${more}\r\n`;

export const postHead = (cookie: string) =>
	`POST /cam HTTP/1.0\r\nx-sessioncookie: ${cookie}\r\n` +
	'Content-Type: application/x-rtsp-tunnelled\r\nContent-Length: 32767\r\n\r\n';

/** A connection that has said this; `localAddress`: from another address of this machine. */
export const say = async (
	t: ExecutionContext,
	port: number,
	text: string,
	localAddress = '127.0.0.1',
): Promise<Socket> => {
	const socket = connect({port, host: '127.0.0.1', localAddress}).on('error', () => {});
	t.teardown(() => socket.destroy());
	await once(socket, 'connect');
	socket.write(text);
	return socket;
};

/** The head of what is answered; what is behind it comes as data later. */
export const headOf = async (socket: Socket): Promise<string> => {
	let seen = '';
	for (;;) {
		const [bytes] = (await once(socket, 'data')) as [Buffer];
		seen += bytes.toString('latin1');
		const end = seen.indexOf('\r\n\r\n');
		if (end < 0) continue;
		socket.pause();
		const rest = Buffer.from(seen.slice(end + 4), 'latin1');
		if (rest.length > 0) socket.unshift(rest);
		return seen.slice(0, end);
	}
};

/** A tunnel that is open both ways; `more` stands in the head of its GET. */
export const openTunnel = async (
	t: ExecutionContext,
	port: number,
	{cookie = 'c00k1e', more = ''} = {},
): Promise<TunnelEnd> => {
	const get = await say(t, port, getHead(cookie, more));
	const head = await headOf(get);
	if (!/^HTTP\/1\.0 200 /.test(head)) throw new Error(`Expected 200 to GET, got ${head}`);
	return new TunnelEnd(get, await say(t, port, postHead(cookie)));
};
