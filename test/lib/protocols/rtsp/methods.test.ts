import test from 'ava';
import {pino} from 'pino';
import {respond} from '../../../../lib/protocols/rtsp/methods.ts';
import type {Client, MethodServices} from '../../../../lib/protocols/rtsp/methods.ts';
import type {ServerSession} from '../../../../lib/protocols/rtsp/server-session.ts';

test('a SETUP that fails leaves no session', async t => {
	const closed: string[] = [];
	const session: Partial<ServerSession> = {
		secret: 's',
		timeoutMs: 1000,
		methods: () => ({
			SETUP: () => {
				throw new Error('no room');
			},
		}),
		close: reason => closed.push(reason),
	};
	const services: Partial<MethodServices> = {
		openReader: async () => session as ServerSession,
		gatekeeper: {admit: async () => '', challenges: () => []},
		schemes: () => [],
		logger: pino({level: 'silent'}),
	};
	const connection = {peer: '', address: '', isClosed: false};
	const client = {connection, session: undefined, described: undefined} as unknown as Client;
	const request = {type: 'request', method: 'SETUP', url: 'rtsp://h/cam', headers: [['CSeq', '1']]};
	const answer = await respond({...request, body: ''} as never, client, services as MethodServices);
	t.is(answer.status, 500);
	t.is(client.session, undefined);
	t.is(closed.length, 1);
});
