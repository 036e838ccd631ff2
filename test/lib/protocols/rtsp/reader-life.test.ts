import test from 'ava';
import {isFree} from '../../../helpers/blocks.ts';
import {connectRtsp} from '../../../helpers/rtsp-client.ts';
import {startRtspServer, tell} from '../../../helpers/rtsp-server.ts';
import {until} from '../../../helpers/until.ts';

test('a reader that takes nothing for writeTimeout is hung up on, and gives back what it held', async t => {
	const {url, outputs, lines} = await startRtspServer(t, {settings: {writeTimeout: 200}});
	const client = await connectRtsp(t, url);
	await client.play(url, [0]);
	client.socket.pause();
	const block = tell(outputs[0]!, 1, 20_000_000);
	await until(() => outputs[0]!.isClosed);
	await until(() => isFree(block));
	t.true(lines.some(line => line.includes('it took nothing in 0.2 s')));
});

test('what a reader got and what it reports is in its facts', async t => {
	const {url, outputs, server} = await startRtspServer(t);
	const client = await connectRtsp(t, url);
	await client.play(url, [0]);
	t.like(server.sessions()[0], {packetsSent: 0, reportedLost: null, jitter: null});
	t.true(server.sessions()[0]!.roundTripTime! > 0, 'as the kernel knows it');
	tell(outputs[0]!, 1, 1000);
	await until(() => server.sessions()[0]!.packetsSent === 3);
	t.is(server.sessions()[0]!.bytesSent, 1000);
	t.is(server.bytesSent().get('cam'), 1000);
	const report = Buffer.from(
		'81c9000700000001deadbeef00000005000000000000005a0000000000000000',
		'hex',
	);
	client.write(Buffer.concat([Buffer.from([0x24, 1, 0, report.length]), report]));
	await until(() => server.sessions()[0]!.reportedLost !== null);
	t.like(server.sessions()[0], {reportedLost: 5, jitter: 0.001});
	client.socket.destroy();
	await until(() => server.sessions().length === 0);
	t.is(server.bytesSent().get('cam'), 1000);
});
