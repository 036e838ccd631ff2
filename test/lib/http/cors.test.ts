import test from 'ava';
import {allowOrigins} from '../../../lib/http/cors.ts';
import {handlerOf, startHttp} from '../../helpers/http.ts';

const serving = (origins: string[]) =>
	handlerOf((request, response) => {
		if (!allowOrigins(request, response, origins)) response.end('media');
	});

for (const [origins, origin, allowed] of [
	[['*'], 'https://any.example', '*'],
	[['https://a.example'], 'https://a.example', 'https://a.example'],
	[['https://a.example'], 'https://b.example', null],
	[['https://*.example.com'], 'https://x.example.com', 'https://x.example.com'],
	[['https://*.example.com'], 'https://example.com', null],
	[[], 'https://a.example', null],
] as const)
	test(`${origin} against [${origins.join()}] is ${allowed ?? 'not allowed'}`, async t => {
		const {url} = await startHttp(t, [serving([...origins])]);
		const response = await fetch(url, {headers: {origin}});
		t.is(response.headers.get('access-control-allow-origin'), allowed);
		t.is(await response.text(), 'media');
	});

test('a preflight is answered without a body', async t => {
	const {url} = await startHttp(t, [serving(['*'])]);
	const response = await fetch(url, {method: 'OPTIONS', headers: {origin: 'https://a.example'}});
	t.is(response.status, 204);
	t.regex(response.headers.get('access-control-allow-headers') ?? '', /range/);
});
