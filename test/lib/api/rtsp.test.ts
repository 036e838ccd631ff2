import test from 'ava';
import {rtspConnectionSchema, rtspSessionSchema} from '../../../lib/api/session-schemas.ts';
import {startApi} from '../../helpers/api.ts';

const json = async (response: Response) => (await response.json()) as Record<string, unknown>;

test('sessions are listed with the fields of MediaMTX', async t => {
	const {send} = await startApi(t);
	const list = await json(await send('GET', '/v3/rtspsessions/list'));
	t.like(list, {itemCount: 1, pageCount: 1});
	const [session] = list['items'] as object[];
	t.like(session, {
		id: 'rtsp-1',
		state: 'read',
		transport: 'TCP',
		outboundBytes: 5000,
		outboundRTPPackets: 50,
		outboundRTPPacketsDiscarded: 3,
		bytesSent: 5000,
	});
	t.notThrows(() => rtspSessionSchema.strict().parse(session));
	t.deepEqual(await json(await send('GET', '/v3/rtspsessions/get/rtsp-1')), session);
});

test('connections are listed with the fields of MediaMTX', async t => {
	const {send} = await startApi(t);
	const list = await json(await send('GET', '/v3/rtspconns/list'));
	const [connection] = list['items'] as object[];
	t.like(connection, {id: 'rtspconn-1', session: 'rtsp-1', inboundBytes: 200, tunnel: 'none'});
	t.notThrows(() => rtspConnectionSchema.strict().parse(connection));
	t.deepEqual(await json(await send('GET', '/v3/rtspconns/get/rtspconn-1')), connection);
});

test('a session is kicked', async t => {
	const {send, kicked} = await startApi(t);
	t.deepEqual(await json(await send('POST', '/v3/rtspsessions/kick/rtsp-1')), {status: 'ok'});
	t.deepEqual(kicked, ['rtsp-1']);
});

test('a connection is kicked', async t => {
	const {send, kicked} = await startApi(t);
	t.deepEqual(await json(await send('POST', '/v3/rtspconns/kick/rtspconn-1')), {status: 'ok'});
	t.deepEqual(kicked, ['rtspconn-1']);
});

for (const [method, path] of [
	['GET', '/v3/rtspsessions/get/none'],
	['GET', '/v3/rtspconns/get/none'],
	['POST', '/v3/rtspsessions/kick/none'],
	['POST', '/v3/rtspconns/kick/none'],
] as const)
	test(`${method} ${path} is 404`, async t => {
		const {send} = await startApi(t);
		const response = await send(method, path);
		t.is(response.status, 404);
		const {code, error} = await json(response);
		t.is(code, 'SESSION_NOT_FOUND');
		t.regex(String(error), /^There is no (session|connection) none now$/);
	});
