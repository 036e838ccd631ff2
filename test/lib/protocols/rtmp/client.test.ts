import {once} from 'node:events';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {RtmpClient} from '../../../../lib/protocols/rtmp/client.ts';
import {startNative} from '../../../helpers/native.ts';
import {startScriptedServer} from '../../../helpers/scripted-rtmp-server.ts';
import type {Published} from '../../../helpers/scripted-rtmp-server.ts';

const startClient = async (t: ExecutionContext, published: (it: Published) => void) => {
	const url = await startScriptedServer(t, published);
	const ingest = startNative(t).openRtmpIngest();
	t.teardown(async () => {
		const closed = once(ingest, 'closed');
		ingest.close();
		await closed;
	});
	const {signal} = new AbortController();
	return new RtmpClient({url, ingest, timeoutMs: 10_000, signal});
};

test('a permission that is taken back in the same breath is none', async t => {
	const client = await startClient(t, ({status}) =>
		status(['status', 'NetStream.Publish.Start'], ['error', 'NetStream.Publish.Denied']),
	);
	const error = await t.throwsAsync(client.publish());
	t.like(error, {code: 'RTMP_REFUSED'});
	t.regex(error?.message ?? '', /NetStream\.Publish\.Denied/);
	t.is(client.socket, undefined);
});

test('a goodbye is none where what is written before it gets lost', async t => {
	let breakOff = () => {};
	const client = await startClient(t, ({socket, status}) => {
		socket.pause();
		status(['status', 'NetStream.Publish.Start']);
		breakOff = () => socket.resetAndDestroy();
	});
	await client.publish();
	client.socket?.write(Buffer.alloc(20_000_000));
	const finished = client.finish();
	breakOff();
	t.like(await t.throwsAsync(finished), {code: 'RTMP_LOST'});
});
