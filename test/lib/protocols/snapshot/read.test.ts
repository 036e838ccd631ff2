import test from 'ava';
import type {ExecutionContext} from 'ava';
import {fetchUntil, movingPicture, startServer} from '../../../helpers/live.ts';
import {until} from '../../../helpers/until.ts';

const live = (t: ExecutionContext, more: Record<string, unknown> = {}) =>
	startServer(t, {
		paths: {
			cam: {source: movingPicture},
			demand: {source: movingPicture, sourceOnDemand: true, sourceOnDemandCloseAfter: '100ms'},
			dead: {source: 'rtsp://127.0.0.1:1/x', sourceOnDemand: true},
			...more,
		},
	});

const bytes = async (response: Response) => Buffer.from(await response.arrayBuffer());

for (const [name, type, magic] of [
	['snapshot.jpg', 'image/jpeg', 'ffd8ff'],
	['snapshot.png', 'image/png', '89504e47'],
	['snapshot.webp', 'image/webp', '52494646'],
] as const)
	test(`${name} is a picture of its kind`, async t => {
		const {url} = await live(t);
		const response = await fetch(`${url}/cam/${name}`);
		t.is(response.status, 200);
		t.is(response.headers.get('content-type'), type);
		t.is(response.headers.get('x-sluice-state'), 'live');
		t.true((await bytes(response)).toString('hex').startsWith(magic));
	});

test('a picture has the width that was asked for, and the height that belongs to it', async t => {
	const {url} = await live(t);
	const png = await bytes(await fetch(`${url}/cam/snapshot.png?width=160`));
	t.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [160, 120]);
});

test('who has the picture already is told so, until the next key frame', async t => {
	const {url} = await live(t);
	const first = await fetch(`${url}/cam/snapshot.jpg`);
	const etag = first.headers.get('etag')!;
	const again = () => fetch(`${url}/cam/snapshot.jpg`, {headers: {'if-none-match': etag}});
	const next = await fetchUntil(again, ({status}) => status !== 304);
	t.is(next.status, 200);
	t.not(next.headers.get('etag'), etag);
});

test('many who ask at once get the same picture', async t => {
	const {url} = await live(t);
	await fetch(`${url}/cam/snapshot.jpg`);
	const all = await Promise.all(Array.from({length: 20}, () => fetch(`${url}/cam/snapshot.jpg`)));
	const bodies = await Promise.all(all.map(bytes));
	const byTag = new Map(
		all.map((response, index) => [response.headers.get('etag'), bodies[index]!]),
	);
	t.true(byTag.size <= 2);
	t.true(
		all.every((response, index) => byTag.get(response.headers.get('etag'))!.equals(bodies[index]!)),
	);
});

for (const query of [
	'width=0',
	'width=5',
	'width=99999',
	'height=x',
	'quality=0',
	'quality=101',
	'start=maybe',
])
	test(`a snapshot with ${query} is 400 with its reason`, async t => {
		const {url} = await live(t);
		const response = await fetch(`${url}/cam/snapshot.jpg?${query}`);
		t.is(response.status, 400);
		t.like(await response.json(), {code: 'SNAPSHOT_INVALID', context: {key: query.split('=')[0]}});
	});

test('a thumbnail starts no source; the last picture comes with its age', async t => {
	const {server, url} = await live(t);
	const thumbnail = () => fetch(`${url}/demand/snapshot.jpg?start=no`);
	const state = () => server.paths().find(({name}) => name === 'demand')?.state;
	const none = await thumbnail();
	t.is(none.status, 404);
	t.like(await none.json(), {code: 'SNAPSHOT_NONE'});
	t.is(state(), 'idle');
	t.is((await fetch(`${url}/demand/snapshot.jpg`)).status, 200);
	await until(() => state() === 'idle');
	const kept = await thumbnail();
	t.is(kept.status, 200);
	t.is(kept.headers.get('x-sluice-state'), 'kept');
	t.regex(kept.headers.get('age') ?? '', /^\d+$/);
	t.is(state(), 'idle');
});

test('without a stream there is a reason and no picture', async t => {
	const {url} = await live(t, {pub: {source: 'publisher'}});
	for (const [name, code] of [
		['none', 'PATH_NOT_FOUND'],
		['dead', 'PATH_FAILED'],
		['pub', 'PATH_NOT_READY'],
	]) {
		const response = await fetch(`${url}/${name}/snapshot.jpg`);
		t.is(response.status, 404);
		t.like(await response.json(), {code});
	}
});

test('nothing stays on loan after a picture', async t => {
	const {url} = await live(t);
	await (await fetch(`${url}/cam/snapshot.jpg`)).arrayBuffer();
	const metrics = await fetchUntil(
		async () => (await fetch(`${url}/metrics`)).text(),
		text => text.includes('sluice_blocks_on_loan 0\n'),
	);
	t.regex(metrics, /sluice_bytes_on_loan 0\n/);
});
