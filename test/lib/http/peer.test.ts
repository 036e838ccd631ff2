import test from 'ava';
import {isLoopback, peerAddress} from '../../../lib/http/peer.ts';
import {handlerOf, startHttp} from '../../helpers/http.ts';

for (const [proxies, forwarded, peer] of [
	[[], '10.1.1.1', '127.0.0.1'],
	[['127.0.0.1'], '10.1.1.1', '10.1.1.1'],
	[['127.0.0.0/8'], '6.6.6.6, 10.1.1.1', '10.1.1.1'],
	[['127.0.0.0/8', '10.0.0.0/8'], '6.6.6.6, 10.1.1.1', '6.6.6.6'],
	[['127.0.0.1'], '', '127.0.0.1'],
	[['127.0.0.1'], 'nonsense', '127.0.0.1'],
	[['127.0.0.1'], '6.6.6.6, nonsense', '127.0.0.1'],
	[['127.0.0.1'], '6.6.6.6, 10.1.1.1:5060', '10.1.1.1'],
	[['127.0.0.1'], '6.6.6.6, [fd00::1]:5060', 'fd00::1'],
] as const)
	test(`behind [${proxies.join()}] X-Forwarded-For "${forwarded}" means ${peer}`, async t => {
		const telling = handlerOf((request, response) => response.end(peerAddress(request, proxies)));
		const {url} = await startHttp(t, [telling]);
		const response = await fetch(url, {headers: {'x-forwarded-for': forwarded}});
		t.is(await response.text(), peer);
	});

test('only the machine itself is loopback', t => {
	t.true(isLoopback('127.0.0.1') && isLoopback('127.9.9.9') && isLoopback('::1'));
	t.true(isLoopback('::ffff:127.0.0.1'));
	t.false(
		isLoopback('10.0.0.1') || isLoopback('::') || isLoopback('') || isLoopback('127.0.0.1.x'),
	);
});
