import {once} from 'node:events';
import {connect, createServer} from 'node:net';
import type {AddressInfo} from 'node:net';
import test from 'ava';
import {command, formatMessage} from '../../../lib/protocols/rtmp/messages.ts';
import {stopReading} from '../../../lib/readers/socket-info.ts';
import {openStream, startNative} from '../../helpers/native.ts';
import {until} from '../../helpers/until.ts';

test('an ingest of RTMP reads its connection by itself, behind what Node has read, and tells how much', async t => {
	const native = startNative(t);
	const server = createServer(socket => socket.pipe(socket)).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
	t.teardown(() => {
		socket.destroy();
		server.close();
	});
	const ingest = native.openRtmpIngest();
	const names: unknown[] = [];
	ingest.on('message', ({bytes}) => names.push(Buffer.from(bytes).toString('latin1', 3, 8)));
	socket.on('data', (bytes: Buffer) => ingest.feed(bytes, bytes.length));
	socket.write(formatMessage(command(0, 'first', 1), 128));
	await once(ingest, 'message');
	ingest.publish(openStream(t, native).id);
	ingest.read(stopReading(socket) ?? -1);
	const large = formatMessage(command(0, 'large', 2, 'x'.repeat(150_000)), 128);
	socket.write(large);
	const [bytes] = (await once(ingest, 'progress')) as [number];
	t.true(bytes >= 131_072 && bytes <= large.length);
	await until(() => names.length === 2);
	t.deepEqual(names, ['first', 'large']);
	socket.end();
	t.deepEqual(await once(ingest, 'ended'), ['']);
	ingest.close();
	await once(ingest, 'closed');
});
