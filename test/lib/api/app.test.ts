import {readFileSync} from 'node:fs';
import test from 'ava';
import {describeApi} from '../../../lib/api/openapi.ts';
import {routes} from '../../../lib/api/routes/table.ts';
import {pathSchema} from '../../../lib/api/schemas.ts';
import {pathFacts, startApi} from '../../helpers/api.ts';

const json = async (response: Response) => (await response.json()) as Record<string, unknown>;

test('a list of paths has the counts and fields of MediaMTX', async t => {
	const paths = [pathFacts('b'), pathFacts('a/x'), pathFacts('c')];
	const {send} = await startApi(t, {paths});
	const list = await json(await send('GET', '/v3/paths/list?itemsPerPage=2'));
	t.like(list, {itemCount: 3, pageCount: 2});
	const items = list['items'] as Record<string, unknown>[];
	t.deepEqual(
		items.map(item => item['name']),
		['a/x', 'b'],
	);
	t.like(items[0], {ready: true, available: true, online: true, inboundBytes: 1000});
	t.notThrows(() => pathSchema.strict().parse(items[0]));
	const second = await json(await send('GET', '/v3/paths/list?itemsPerPage=2&page=1'));
	t.is((second['items'] as unknown[]).length, 1);
});

for (const query of ['itemsPerPage=0', 'page=-1', 'itemsPerPage=x', 'page=1e9'])
	test(`a list with ${query} is 400`, async t => {
		const {send} = await startApi(t);
		const response = await send('GET', `/v3/paths/list?${query}`);
		t.is(response.status, 400);
		t.like(await json(response), {code: 'API_INVALID'});
	});

for (const name of ['a/b/c', 'a%2Fb%2Fc'])
	test(`the name ${name} is found`, async t => {
		const {send} = await startApi(t, {paths: [pathFacts('a/b/c')]});
		t.like(await json(await send('GET', `/v3/paths/get/${name}`)), {name: 'a/b/c'});
	});

test('a path that is not there is 404 with its name', async t => {
	const {send} = await startApi(t);
	const response = await send('GET', '/v3/paths/get/none');
	t.is(response.status, 404);
	t.like(await json(response), {code: 'PATH_NOT_FOUND', context: {path: 'none'}});
});

for (const word of ['play', 'pause', 'exit'])
	test(`${word} reaches the path`, async t => {
		const {send, steered} = await startApi(t, {paths: [pathFacts('a/b')]});
		const response = await send('POST', `/v3/paths/${word}/a/b`);
		t.deepEqual(await json(response), {status: 'ok'});
		t.deepEqual(steered, [`${word} a/b`]);
		t.is((await send('POST', `/v3/paths/${word}/none`)).status, 404);
	});

test('a path is added, changed, replaced and deleted', async t => {
	const {send} = await startApi(t, {yaml: 'paths: {}'});
	const change = (method: string, word: string, body?: object) =>
		send(method, `/v3/config/paths/${word}/site/cam`, body && {body: JSON.stringify(body)});
	const get = async () => json(await send('GET', '/v3/config/paths/get/site/cam'));
	t.is((await change('POST', 'add', {source: 'test:', maxReaders: 3})).status, 200);
	t.like(await get(), {name: 'site/cam', origin: 'api', source: 'test:', maxReaders: 3});
	t.is((await change('POST', 'add', {source: 'test:'})).status, 409);
	t.is((await change('PATCH', 'patch', {maxReaders: 5})).status, 200);
	t.like(await get(), {source: 'test:', maxReaders: 5});
	t.is((await change('POST', 'replace', {sourceOnDemand: true, source: 'test:'})).status, 200);
	t.like(await get(), {maxReaders: 0, sourceOnDemand: true});
	t.is((await change('DELETE', 'delete')).status, 200);
	t.is((await change('DELETE', 'delete')).status, 404);
});

test('a password reads as ***, and *** written back keeps it', async t => {
	const yaml = 'paths: {cam: {source: "rtsp://admin:hunter2@10.0.0.1/s"}}';
	const {send, store} = await startApi(t, {yaml});
	for (const path of ['get/cam', 'list']) {
		const text = await (await send('GET', `/v3/config/paths/${path}`)).text();
		t.false(text.includes('hunter2'));
		t.true(text.includes('***'));
	}
	const shown = await json(await send('GET', '/v3/config/paths/get/cam'));
	const body = JSON.stringify({...shown, maxReaders: 7});
	t.is((await send('PATCH', '/v3/config/paths/patch/cam', {body})).status, 200);
	t.like(store.config.paths['cam'], {source: 'rtsp://admin:hunter2@10.0.0.1/s', maxReaders: 7});
});

for (const body of [{gstreamer: 'videotestsrc ! hubsink'}, {source: 'file:///etc/passwd'}])
	test(`the API may not set ${JSON.stringify(body)} unless the file says so`, async t => {
		const refused = await startApi(t);
		const options = {body: JSON.stringify(body)};
		const response = await refused.send('POST', '/v3/config/paths/add/cam', options);
		t.is(response.status, 403);
		t.regex(String((await json(response))['error']), /apiAllowCommands/);
		const allowed = await startApi(t, {yaml: 'apiAllowCommands: yes'});
		t.is((await allowed.send('POST', '/v3/config/paths/add/cam', options)).status, 200);
	});

test('a body that is no JSON is 400 with its position', async t => {
	const {send} = await startApi(t);
	const response = await send('POST', '/v3/config/paths/add/cam', {body: '{\n "source": oops}'});
	t.is(response.status, 400);
	t.like(await json(response), {code: 'API_BODY_INVALID', context: {line: 2, column: 12}});
});

for (const body of ['[]', '"x"', 'null', '{"source": "test:"'])
	test(`the body ${body} is 400`, async t => {
		const {send} = await startApi(t);
		t.is((await send('POST', '/v3/config/paths/add/cam', {body})).status, 400);
	});

test('a body that is too large is 413', async t => {
	const {send} = await startApi(t);
	const body = JSON.stringify({source: 'x'.repeat(400_000)});
	t.is((await send('POST', '/v3/config/paths/add/cam', {body})).status, 413);
});

test('a key nobody knows is 400', async t => {
	const {send} = await startApi(t);
	const body = JSON.stringify({sorce: 'test:'});
	const response = await send('POST', '/v3/config/paths/add/cam', {body});
	t.is(response.status, 400);
	t.regex(String((await json(response))['error']), /source/);
});

test('what is not there is 404, with another method 405', async t => {
	const {send} = await startApi(t);
	t.is((await send('GET', '/v3/nothing')).status, 404);
	const response = await send('POST', '/v3/paths/list');
	t.is(response.status, 405);
	t.regex(response.headers.get('allow') ?? '', /GET/);
});

test('other origins get no leave to read the API', async t => {
	const {send} = await startApi(t);
	const response = await send('GET', '/v3/info', {headers: {origin: 'https://evil.example'}});
	t.is(response.headers.get('access-control-allow-origin'), null);
});

test('health, readiness and metrics are served', async t => {
	const {send, state} = await startApi(t);
	t.is((await send('GET', '/healthz')).status, 200);
	t.is((await send('GET', '/readyz')).status, 200);
	state.isReady = false;
	t.is((await send('GET', '/readyz')).status, 503);
	t.is(await (await send('GET', '/metrics')).text(), 'sluice_up 1\n');
});

test('api: no and metrics: no close them, health stays', async t => {
	const {send} = await startApi(t, {yaml: 'api: no\nmetrics: no'});
	t.is((await send('GET', '/v3/info')).status, 404);
	t.is((await send('GET', '/metrics')).status, 404);
	t.is((await send('GET', '/healthz')).status, 200);
});

test('the description that is served is the one in docs/reference', async t => {
	const {send} = await startApi(t);
	const file = new URL('../../../docs/reference/openapi.json', import.meta.url);
	const written = JSON.parse(readFileSync(file, 'utf8')) as unknown;
	t.deepEqual(await json(await send('GET', '/v3/openapi.json')), written as object);
	t.deepEqual(JSON.parse(JSON.stringify(describeApi(routes))), written);
});

test('every reference in the description leads somewhere', t => {
	const text = JSON.stringify(describeApi(routes));
	const description = JSON.parse(text) as {components: {schemas: object}};
	const names = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, name]) => name ?? '');
	t.true(names.length > 10);
	for (const name of names)
		t.true(
			name.replace('#/components/schemas/', '') in description.components.schemas,
			`no ${name}`,
		);
});
