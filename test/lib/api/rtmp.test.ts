import test from 'ava';
import {rtmpConnectionSchema} from '../../../lib/api/session-schemas.ts';
import {startApi} from '../../helpers/api.ts';

const json = async (response: Response) => (await response.json()) as Record<string, unknown>;

for (const [scheme, id] of [
	['rtmp', 'rtmp-1'],
	['rtmps', 'rtmps-2'],
] as const) {
	test(`connections of ${scheme} are listed with the fields of MediaMTX`, async t => {
		const {send} = await startApi(t);
		const list = await json(await send('GET', `/v3/${scheme}conns/list`));
		t.is(list['itemCount'], 1);
		const [connection] = list['items'] as object[];
		t.like(connection, {id, state: 'publish', path: 'live/cam', inboundBytes: 5000});
		t.notThrows(() => rtmpConnectionSchema.strict().parse(connection));
		t.deepEqual(await json(await send('GET', `/v3/${scheme}conns/get/${id}`)), connection);
	});

	test(`a connection of ${scheme} is kicked, another one is 404`, async t => {
		const {send, kicked} = await startApi(t);
		t.is((await send('POST', `/v3/${scheme}conns/kick/${id}`)).status, 200);
		t.deepEqual(kicked, [id]);
		t.is((await send('POST', `/v3/${scheme}conns/kick/none`)).status, 404);
		t.is((await send('GET', `/v3/${scheme}conns/get/none`)).status, 404);
	});
}

test('a client is asked to connect anew, where it knows that', async t => {
	const {send, kicked} = await startApi(t);
	const body = JSON.stringify({url: 'rtmp://other/live'});
	t.is((await send('POST', '/v3/rtmpconns/reconnect/rtmp-1', {body})).status, 200);
	t.deepEqual(kicked, ['rtmp-1 to rtmp://other/live']);
	t.is((await send('POST', '/v3/rtmpconns/reconnect/none', {})).status, 404);
	const refused = await send('POST', '/v3/rtmpsconns/reconnect/rtmps-2', {});
	t.like(await json(refused), {code: 'RTMP_NO_RECONNECT'});
	const wrong = await send('POST', '/v3/rtmpconns/reconnect/rtmp-1', {body: '{"to": 1}'});
	t.is(wrong.status, 400);
});
