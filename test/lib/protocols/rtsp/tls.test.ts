import {EventEmitter, once} from 'node:events';
import {connect} from 'node:net';
import {connect as connectTls} from 'node:tls';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {connectRtsp} from '../../../helpers/rtsp-client.ts';
import {startRtspServer, tell} from '../../../helpers/rtsp-server.ts';
import {isFree} from '../../../helpers/blocks.ts';
import {makeCertificate, selfSigned} from '../../../helpers/tls.ts';
import {until} from '../../../helpers/until.ts';

class ChangingCertificate extends EventEmitter<{changed: []}> {
	pair = selfSigned();

	get key(): Buffer {
		return this.pair.key;
	}

	get cert(): Buffer {
		return this.pair.cert;
	}
}

const startTlsServer = async (t: ExecutionContext, settings = {}, maxConnections = 100) => {
	const certificate = new ChangingCertificate();
	const address = {host: '127.0.0.1', port: 0};
	const started = await startRtspServer(t, {
		settings,
		maxConnections,
		addresses: [
			{name: 'rtspAddress', ...address},
			{name: 'rtspsAddress', ...address, certificate},
		],
	});
	return {...started, certificate};
};

test('readers over TLS and over TCP share their blocks, and are told apart', async t => {
	const {url, tlsUrl, outputs, server, control} = await startTlsServer(t);
	const [plain, secret] = [await connectRtsp(t, url), await connectRtsp(t, tlsUrl)];
	await plain.play(url, [0]);
	await secret.play(tlsUrl, [0]);
	t.is(outputs.length, 1);
	tell(outputs[0]!, 1, 100_000);
	await until(() => server.sessions().every(({bytesSent}) => bytesSent === 100_000));
	t.deepEqual(
		server.sessions().map(({isTls}) => isTls),
		[false, true],
	);
	t.true(server.sessions().every(({roundTripTime}) => (roundTripTime ?? 0) > 0));
	t.deepEqual(
		server.connections().map(({isTls}) => isTls),
		[false, true],
	);
	t.deepEqual(
		control.wishes.map(({protocol}) => protocol),
		['rtsp', 'rtsps'],
	);
});

test('a reader over TLS that takes nothing for writeTimeout is hung up on, and gives back what it held', async t => {
	const {tlsUrl, outputs, lines} = await startTlsServer(t, {writeTimeout: 200});
	const client = await connectRtsp(t, tlsUrl);
	await client.play(tlsUrl, [0]);
	client.socket.pause();
	const block = tell(outputs[0]!, 1, 20_000_000);
	await until(() => outputs[0]!.isClosed);
	await until(() => isFree(block));
	t.true(lines.some(line => line.includes('it took nothing in 0.2 s')));
});

test('a new certificate is shown to new clients, and those that are there stay', async t => {
	const {tlsUrl, server, certificate} = await startTlsServer(t);
	const client = await connectRtsp(t, tlsUrl);
	certificate.pair = makeCertificate();
	certificate.emit('changed');
	const port = server.ports['rtspsAddress'] ?? 0;
	const other = connectTls({
		host: '127.0.0.1',
		port,
		ca: certificate.cert,
		servername: 'localhost',
	});
	await once(other, 'secureConnect');
	other.destroy();
	t.is((await client.ask('OPTIONS', tlsUrl)).status, 200);
});

test('a client that speaks no TLS, or begins no handshake, is hung up on', async t => {
	const {server} = await startTlsServer(t, {readTimeout: 100});
	const port = server.ports['rtspsAddress'] ?? 0;
	const [plain, silent] = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
	plain.on('error', () => {}).write('OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n');
	silent.on('error', () => {});
	await Promise.all([once(plain.resume(), 'close'), once(silent.resume(), 'close')]);
	t.is(server.connections().length, 0);
});

test('beyond their number no handshake is begun, which is logged once', async t => {
	const {tlsUrl, server, lines} = await startTlsServer(t, {}, 1);
	const client = await connectRtsp(t, tlsUrl);
	const port = server.ports['rtspsAddress'] ?? 0;
	for (let count = 0; count < 3; count++)
		await once(
			connect(port, '127.0.0.1')
				.on('error', () => {})
				.resume(),
			'close',
		);
	t.is(lines.filter(line => line.includes('turned away')).length, 1);
	t.is((await client.ask('OPTIONS', tlsUrl)).status, 200);
});
