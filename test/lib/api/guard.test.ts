import test from 'ava';
import {pathFacts, startApi} from '../../helpers/api.ts';
import {exchange} from '../../helpers/http.ts';

const users = `
authInternalUsers:
  - {user: any, permissions: [{action: read}]}
  - {user: boss, pass: secret, permissions: [{action: api}]}
  - {user: guest, pass: guest, permissions: [{action: read}]}
`;
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

type Case = {
	title: string;
	headers?: Record<string, string>;
	yaml?: string;
	status: number;
	code?: string;
};

const cases: Case[] = [
	{title: 'from this machine', status: 200},
	{title: 'with the Host localhost', headers: {host: 'localhost:8080'}, status: 200},
	{title: 'with the Host [::1]', headers: {host: '[::1]:8080'}, status: 200},
	{
		title: 'with an Origin of our own',
		headers: {host: '127.0.0.1', origin: 'http://127.0.0.1'},
		status: 200,
	},
	{
		title: 'with a Host by name',
		headers: {host: 'evil.example'},
		status: 403,
		code: 'API_FORBIDDEN',
	},
	{
		title: 'with another Origin',
		headers: {origin: 'https://evil.example'},
		status: 403,
		code: 'API_FORBIDDEN',
	},
	{title: 'with the Origin null', headers: {origin: 'null'}, status: 403, code: 'API_FORBIDDEN'},
	{
		title: 'with an Origin of the same host and another port',
		headers: {host: '127.0.0.1:8080', origin: 'http://127.0.0.1:9999'},
		status: 403,
	},
	{
		title: 'with X-Forwarded-For',
		headers: {'x-forwarded-for': '127.0.0.1'},
		status: 403,
		code: 'API_FORBIDDEN',
	},
	{title: 'with X-Forwarded-Proto', headers: {'x-forwarded-proto': 'https'}, status: 403},
	{title: 'with Forwarded', headers: {forwarded: 'for=127.0.0.1'}, status: 403},
	{
		title: 'through a proxy, with a user',
		yaml: users,
		headers: {'x-forwarded-for': '10.0.0.1', authorization: basic('boss:secret')},
		status: 200,
	},
	{
		title: 'through a proxy, without credentials where users are configured',
		yaml: users,
		headers: {'x-forwarded-for': '10.0.0.1'},
		status: 401,
		code: 'API_UNAUTHORIZED',
	},
	{
		title: 'with a wrong password',
		yaml: users,
		headers: {authorization: basic('boss:wrong')},
		status: 401,
		code: 'API_UNAUTHORIZED',
	},
	{
		title: 'as a user without the permission',
		yaml: users,
		headers: {authorization: basic('guest:guest')},
		status: 403,
		code: 'API_FORBIDDEN',
	},
	{
		title: "from a stranger's page in the browser of a user",
		yaml: users,
		headers: {authorization: basic('boss:secret'), origin: 'https://evil.example'},
		status: 403,
		code: 'API_FORBIDDEN',
	},
	{
		title: "with made-up credentials where any may use the API, under a stranger's name for us",
		yaml: 'authInternalUsers: [{user: any, permissions: [{action: read}, {action: api}]}]',
		headers: {authorization: basic('x:y'), host: 'evil.example', origin: 'http://evil.example'},
		status: 401,
	},
	{
		title: 'as a user that only another address may be',
		yaml: `
trustedProxies: [127.0.0.1]
authInternalUsers:
  - {user: any, permissions: [{action: read}]}
  - {user: boss, pass: secret, ips: [10.1.0.0/16], permissions: [{action: api}]}`,
		headers: {authorization: basic('boss:secret'), 'x-forwarded-for': '10.2.0.1'},
		status: 403,
	},
	{
		title: 'as a user at the address that it may be, told by a trusted proxy',
		yaml: `
trustedProxies: [127.0.0.1]
authInternalUsers:
  - {user: any, permissions: [{action: read}]}
  - {user: boss, pass: secret, ips: [10.1.0.0/16], permissions: [{action: api}]}`,
		headers: {authorization: basic('boss:secret'), 'x-forwarded-for': '10.1.0.1'},
		status: 200,
	},
];

for (const {title, headers = {}, yaml = '', status, code} of cases)
	test(`a change ${title} is ${status}`, async t => {
		const {port, steered} = await startApi(t, {yaml, paths: [pathFacts('cam')]});
		const lines = Object.entries({host: '127.0.0.1', ...headers, connection: 'close'});
		const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
		const answer = await exchange(port, `POST /v3/paths/pause/cam HTTP/1.1\r\n${head}\r\n`);
		t.regex(answer, new RegExp(`^HTTP/1.1 ${status} `));
		t.is(steered.length, status === 200 ? 1 : 0);
		if (code) t.true(answer.includes(code));
	});

test('a refusal names the key to set', async t => {
	const {send} = await startApi(t);
	const response = await send('DELETE', '/v3/config/paths/delete/cam', {
		headers: {'x-forwarded-for': '10.0.0.1'},
	});
	const body = (await response.json()) as {error: string; context: object};
	t.regex(body.error, /authInternalUsers/);
	t.like(body.context, {key: 'authInternalUsers'});
});

test('without users everybody reads, with users who may, or who sits here', async t => {
	const headers = {'x-forwarded-for': '10.0.0.1'};
	const open = await startApi(t);
	t.is((await open.send('GET', '/v3/paths/list', {headers})).status, 200);
	const closed = await startApi(t, {yaml: users});
	const refused = await closed.send('GET', '/v3/paths/list', {headers});
	t.is(refused.status, 401);
	t.regex(refused.headers.get('www-authenticate') ?? '', /^Basic /);
	t.is((await closed.send('GET', '/v3/paths/list')).status, 200);
	const authorization = basic('boss:secret');
	const allowed = {headers: {...headers, authorization}};
	t.is((await closed.send('GET', '/v3/paths/list', allowed)).status, 200);
});
