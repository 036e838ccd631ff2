import {createHash} from 'node:crypto';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {Authenticator} from '../../../../lib/protocols/rtsp/auth.ts';
import {headersOf} from '../../../../lib/protocols/rtsp/message.ts';
import {connectRtsp} from '../../../helpers/rtsp-client.ts';
import {startRtspServer} from '../../../helpers/rtsp-server.ts';

const userWith = (pass: string) =>
	`authInternalUsers: [{user: eye, pass: "${pass}", permissions: [{action: read, path: cam}]}]`;

/** Asks until there is an answer to no challenge left; gives the statuses in their order. */
const statuses = async (
	t: ExecutionContext,
	{url, password, schemes = /./}: {url: string; password: string; schemes?: RegExp},
) => {
	const client = await connectRtsp(t, url);
	const authenticator = new Authenticator({user: 'eye', password});
	const seen: number[] = [];
	for (;;) {
		const authorization = authenticator.authorize('DESCRIBE', url);
		const answer = await client.ask('DESCRIBE', url, [
			...(authorization === undefined ? [] : [['Authorization', authorization] as const]),
		]);
		seen.push(answer.status);
		const headers = answer.headers.filter(
			([name, value]) => name !== 'WWW-Authenticate' || schemes.test(value),
		);
		if (answer.status !== 401 || !authenticator.challenged({...answer, headers})) return seen;
	}
};

const ha1 = (kind: string) => createHash(kind).update('eye:sluice:secret').digest('hex');
const forms: [form: string, kinds: RegExp[]][] = [
	['secret', [/^Basic/, /SHA-256/, /^Digest (?!.*SHA)/]],
	['sha256:K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=', [/^Basic/]],
	[`ha1:${ha1('md5')}`, [/^Basic/, /^Digest (?!.*SHA)/]],
	[`ha1:${ha1('sha256')}`, [/^Basic/, /SHA-256/]],
];

for (const [form, kinds] of forms)
	for (const schemes of kinds)
		test(`a reader with the password ${form.slice(0, 12)} is let in by ${schemes}`, async t => {
			const {url} = await startRtspServer(t, {yaml: userWith(form)});
			t.deepEqual(await statuses(t, {url, password: 'secret', schemes}), [401, 200]);
		});

test('a wrong password is 401 by every kind', async t => {
	const {url} = await startRtspServer(t, {yaml: userWith('secret')});
	t.deepEqual(await statuses(t, {url, password: 'wrong', schemes: /^Basic/}), [401, 401]);
	t.deepEqual(await statuses(t, {url, password: 'wrong', schemes: /SHA-256/}), [401, 401]);
});

test('another path is 403 for a user who may not read it', async t => {
	const {url} = await startRtspServer(t, {yaml: userWith('secret')});
	t.deepEqual(
		await statuses(t, {url: `${url}2`, password: 'secret', schemes: /^Basic/}),
		[401, 403],
	);
});

test('SETUP asks for the user as well, and the session knows the name', async t => {
	const {url, server, control} = await startRtspServer(t, {yaml: userWith('secret')});
	const client = await connectRtsp(t, url);
	const transport = ['Transport', 'RTP/AVP/TCP;interleaved=0-1'] as const;
	t.is((await client.ask('SETUP', `${url}/trackID=0`, [transport])).status, 401);
	t.is(control.wishes.length, 0);
	const basic = `Basic ${Buffer.from('eye:secret').toString('base64')}`;
	const answer = await client.ask('SETUP', `${url}/trackID=0`, [
		transport,
		['Authorization', basic],
	]);
	t.is(answer.status, 200);
	t.is(server.sessions()[0]?.user, 'eye');
	t.is((await client.ask('PLAY', url)).status, 200);
});

test('an answer that is about another URL is no answer, one about the path of a track is', async t => {
	const {url} = await startRtspServer(t, {yaml: userWith('secret')});
	const client = await connectRtsp(t, url);
	const authenticator = new Authenticator({user: 'eye', password: 'secret'});
	authenticator.challenged(await client.ask('DESCRIBE', url));
	const ask = (uri: string) =>
		client.ask('SETUP', `${url}/trackID=0`, [
			['Transport', 'RTP/AVP/TCP;interleaved=0-1'],
			['Authorization', authenticator.authorize('SETUP', uri)!],
		]);
	t.is((await ask('rtsp://host/other')).status, 401);
	t.is((await ask(`${url}/`)).status, 200);
});

test('a nonce that is not known any more is stale, not wrong', async t => {
	const {url} = await startRtspServer(t, {yaml: userWith('secret')});
	const client = await connectRtsp(t, url);
	const response = 'response="00112233445566778899aabbccddeeff"';
	const answer = await client.ask('DESCRIBE', url, [
		[
			'Authorization',
			`Digest username="eye", realm="sluice", nonce="old", uri="${url}", ${response}`,
		],
	]);
	t.is(answer.status, 401);
	t.true(headersOf(answer, 'WWW-Authenticate').some(value => value.includes('stale=true')));
});

test('only what the configuration names is offered', async t => {
	const {url} = await startRtspServer(t, {
		yaml: userWith('secret'),
		settings: {rtspAuthMethods: ['basic']},
	});
	const client = await connectRtsp(t, url);
	const offered = headersOf(await client.ask('DESCRIBE', url), 'WWW-Authenticate');
	t.deepEqual(offered, ['Basic realm="sluice"']);
});
