import {once} from 'node:events';
import test from 'ava';
import {RtmpClient} from '../../../../lib/protocols/rtmp/client.ts';
import {startNative} from '../../../helpers/native.ts';
import {startScriptedServer} from '../../../helpers/scripted-rtmp-server.ts';

test('a permission that is taken back in the same breath is none', async t => {
	const url = await startScriptedServer(t, ({status}) =>
		status(['status', 'NetStream.Publish.Start'], ['error', 'NetStream.Publish.Denied']),
	);
	const ingest = startNative(t).openRtmpIngest();
	t.teardown(async () => {
		const closed = once(ingest, 'closed');
		ingest.close();
		await closed;
	});
	const {signal} = new AbortController();
	const client = new RtmpClient({url, ingest, timeoutMs: 10_000, signal});
	const error = await t.throwsAsync(client.publish());
	t.like(error, {code: 'RTMP_REFUSED'});
	t.regex(error?.message ?? '', /NetStream\.Publish\.Denied/);
	t.is(client.socket, undefined);
});
