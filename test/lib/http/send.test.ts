import {connect} from 'node:net';
import {once} from 'node:events';
import test from 'ava';
import {answer} from '../../../lib/http/handler.ts';
import {sendBlocks, sendFile} from '../../../lib/http/send.ts';
import {handlerOf, quiet, startHttp} from '../../helpers/http.ts';
import {until} from '../../helpers/until.ts';
import type {ExecutionContext} from 'ava';

const lend = (...texts: string[]) => {
	const released = texts.map(() => 0);
	const blocks = texts.map((text, index) => ({
		data: Uint8Array.from(Buffer.from(text)).buffer,
		release: () => void released[index]!++,
	}));
	return {blocks, released};
};

const serve = (t: ExecutionContext, {blocks}: Pick<ReturnType<typeof lend>, 'blocks'>) =>
	startHttp(t, [
		handlerOf((request, response) =>
			answer(response, quiet, () => sendBlocks(request, response, {blocks, headers: {}})),
		),
	]);

test('blocks are sent one after the other and each is released once', async t => {
	const lent = lend('abc', 'defg', '', 'h');
	const {url} = await serve(t, lent);
	const response = await fetch(url);
	t.is(response.headers.get('content-length'), '8');
	t.is(await response.text(), 'abcdefgh');
	await until(() => lent.released.every(count => count === 1));
	t.deepEqual(lent.released, [1, 1, 1, 1]);
});

for (const [range, body, header] of [
	['bytes=0-0', 'a', 'bytes 0-0/8'],
	['bytes=2-5', 'cdef', 'bytes 2-5/8'],
	['bytes=3-', 'defgh', 'bytes 3-7/8'],
	['bytes=-2', 'gh', 'bytes 6-7/8'],
	['bytes=7-99', 'h', 'bytes 7-7/8'],
] as const)
	test(`a range ${range} over several blocks gives ${body}`, async t => {
		const lent = lend('abc', 'defg', 'h');
		const {url} = await serve(t, lent);
		const response = await fetch(url, {headers: {range}});
		t.is(response.status, 206);
		t.is(response.headers.get('content-range'), header);
		t.is(await response.text(), body);
		await until(() => lent.released.every(count => count === 1));
		t.deepEqual(lent.released, [1, 1, 1]);
	});

test('a range behind the end is 416 and releases', async t => {
	const lent = lend('abc');
	const {url} = await serve(t, lent);
	const response = await fetch(url, {headers: {range: 'bytes=3-'}});
	t.is(response.status, 416);
	t.is(response.headers.get('content-range'), 'bytes */3');
	t.deepEqual(lent.released, [1]);
});

test('HEAD tells the length, sends nothing and releases', async t => {
	const lent = lend('abc', 'de');
	const {url} = await serve(t, lent);
	const response = await fetch(url, {method: 'HEAD'});
	t.is(response.headers.get('content-length'), '5');
	t.is(await response.text(), '');
	t.deepEqual(lent.released, [1, 1]);
});

test('a peer that hangs up in the middle releases once', async t => {
	const lent = lend('x'.repeat(8_000_000), 'y'.repeat(8_000_000));
	const {port} = await serve(t, lent);
	const socket = connect({host: '127.0.0.1', port});
	socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
	await once(socket, 'data');
	t.deepEqual(lent.released, [0, 0]);
	socket.destroy();
	await until(() => lent.released.every(count => count > 0));
	t.deepEqual(lent.released, [1, 1]);
});

test('a request behind another is lent nothing before its turn, and nothing when the peer hangs up', async t => {
	const lent: ReturnType<typeof lend>[] = [];
	const {port} = await startHttp(t, [
		handlerOf((request, response) => {
			const next = lend('x'.repeat(8_000_000));
			lent.push(next);
			answer(response, quiet, () => sendBlocks(request, response, {...next, headers: {}}));
		}),
	]);
	const socket = connect({host: '127.0.0.1', port});
	socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(3));
	await once(socket, 'data');
	t.is(lent.length, 1);
	socket.destroy();
	await until(() => lent[0]!.released[0] === 1);
	t.is(lent.length, 1);
});

test('a file that was removed meanwhile is 404, and says nothing of where it was', async t => {
	const {url} = await startHttp(t, [
		handlerOf((request, response) =>
			answer(response, quiet, () => sendFile(request, response, {path: '/no/such', headers: {}})),
		),
	]);
	const response = await fetch(url);
	t.is(response.status, 404);
	t.false((await response.text()).includes('/no/such'));
});
