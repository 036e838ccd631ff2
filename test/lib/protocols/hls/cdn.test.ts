import test from 'ava';
import {isFromCdn} from '../../../../lib/protocols/hls/cdn.ts';
import {movingPicture, startServer} from '../../../helpers/live.ts';

test('only a request with the secret is of the CDN', t => {
	t.true(isFromCdn('Bearer open sesame', 'open sesame'));
	t.false(isFromCdn('Bearer open', 'open sesame'));
	t.false(isFromCdn('open sesame', 'open sesame'));
	t.false(isFromCdn(undefined, 'open sesame'));
	t.false(isFromCdn('Bearer ', ''));
});

for (const hlsVariant of ['fmp4', 'lowLatency'])
	test(`a CDN gets ${hlsVariant} without a user, without sessions and without counting`, async t => {
		const {server, url} = await startServer(t, {
			hlsVariant,
			hlsSegmentDuration: '500ms',
			hlsCDNSecret: 'open sesame',
			authInternalUsers: [{user: 'ann', pass: 'x', permissions: [{action: 'read'}]}],
			paths: {cam: {source: movingPicture}},
		});
		const ask = (file: string, secret = 'open sesame') =>
			fetch(`${url}/cam/${file}`, {headers: {authorization: `Bearer ${secret}`}});
		t.is((await ask('index.m3u8', 'other')).status, 401);
		const master = await (await ask('index.m3u8')).text();
		const media = master.trim().split('\n').at(-1)!;
		t.is(media, 'stream.m3u8');
		const answer = await ask(media);
		t.regex(answer.headers.get('cache-control') ?? '', /^public/);
		const [, init = ''] = /EXT-X-MAP:URI="([^"]+)"/.exec(await answer.text()) ?? [];
		t.is((await ask(init)).status, 200);
		const {readers} = server.path('cam').facts!;
		t.deepEqual(
			readers.map(({type}) => type),
			['hlsMuxer'],
		);
	});
