import test from 'ava';
import {MediaError} from '../../../../lib/errors.ts';
import {headerOf} from '../../../../lib/protocols/rtsp/message.ts';
import {scriptedControl} from '../../../helpers/delivery.ts';
import {connectRtsp} from '../../../helpers/rtsp-client.ts';
import {startRtspServer} from '../../../helpers/rtsp-server.ts';

test('OPTIONS names the methods that there are', async t => {
	const {url} = await startRtspServer(t);
	const client = await connectRtsp(t, url);
	const answer = await client.ask('OPTIONS', url);
	t.is(answer.status, 200);
	t.regex(
		headerOf(answer, 'Public') ?? '',
		/^OPTIONS, DESCRIBE, ANNOUNCE, SETUP, PLAY, RECORD, PAUSE, TEARDOWN/,
	);
	t.is(headerOf(answer, 'CSeq'), '1');
});

test('DESCRIBE gives the tracks of the path', async t => {
	const {url, control} = await startRtspServer(t);
	const client = await connectRtsp(t, url);
	const answer = await client.ask('DESCRIBE', `${url}?a=b`, [['Accept', 'application/sdp']]);
	t.is(answer.status, 200);
	t.is(headerOf(answer, 'Content-Base'), `${url}/`);
	t.is(headerOf(answer, 'Content-Type'), 'application/sdp');
	t.regex(answer.body, /a=rtpmap:96 H264\/90000\r\n/);
	t.is(control.readers.size, 0);
	t.like(control.wishes[0], {path: 'cam', protocol: 'rtsp', counted: false, start: true});
});

test('a path that is not there is 404, one that is late 504', async t => {
	const control = scriptedControl({refusal: new MediaError('PATH_NOT_FOUND', 'No such path')});
	const {url} = await startRtspServer(t, {control});
	const client = await connectRtsp(t, url);
	const unknown = await client.ask('DESCRIBE', url);
	t.like(unknown, {status: 404, body: 'No such path\r\n'});
	control.refuseWith(new MediaError('PATH_TIMEOUT', 'No key frame'));
	t.is((await client.ask('DESCRIBE', url)).status, 504);
	control.refuseWith(new MediaError('PATH_TOO_MANY_READERS', 'Full'));
	t.is((await client.ask('DESCRIBE', url)).status, 453);
});

test('a path may send its clients elsewhere', async t => {
	const {url} = await startRtspServer(t, {redirect: () => 'rtsp://other/cam'});
	const client = await connectRtsp(t, url);
	const answer = await client.ask('DESCRIBE', url);
	t.is(answer.status, 302);
	t.is(headerOf(answer, 'Location'), 'rtsp://other/cam');
});

test('a method that nobody knows is 501 with those that there are', async t => {
	const {url} = await startRtspServer(t);
	const client = await connectRtsp(t, url);
	const answer = await client.ask('DANCE', url);
	t.is(answer.status, 501);
	t.regex(headerOf(answer, 'Public') ?? '', /DESCRIBE/);
});

test('a CSeq that comes again is answered again, and a body with DESCRIBE is no request', async t => {
	const {url} = await startRtspServer(t);
	const client = await connectRtsp(t, url);
	const body = `OPTIONS ${url} RTSP/1.0\r\nCSeq: 99\r\n\r\n`;
	const describe = `DESCRIBE ${url} RTSP/1.0\r\nCSeq: 3\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
	client.write(describe + describe);
	await client.until(() => client.answers.length === 2);
	client.write(`GET_PARAMETER ${url} RTSP/1.0\r\nCSeq: 4\r\nContent-Length: 8\r\n\r\nposition`);
	await client.until(() => client.answers.length === 3);
	t.deepEqual(
		client.answers.map(answer => [answer.status, headerOf(answer, 'CSeq')]),
		[
			[200, '3'],
			[200, '3'],
			[200, '4'],
		],
	);
});

test('a version that is not spoken is 505', async t => {
	const {url} = await startRtspServer(t);
	const client = await connectRtsp(t, url);
	client.write(`OPTIONS ${url} RTSP/2.0\r\nCSeq: 5\r\n\r\n`);
	await client.until(() => client.answers.length === 1);
	t.is(client.answers[0]!.status, 505);
	t.is(headerOf(client.answers[0]!, 'CSeq'), '5');
	client.write(`OPTIONS ${url} RTSP/1.1\r\nCSeq: 6\r\n\r\n`);
	await client.until(() => client.answers.length === 2);
	t.is(client.answers[1]!.status, 200);
});

test('requests that are sent ahead are answered in their order, nonsense behind them as well', async t => {
	const {url} = await startRtspServer(t);
	const client = await connectRtsp(t, url);
	client.write(
		`OPTIONS ${url} RTSP/1.0\r\nCSeq: 7\r\n\r\nDESCRIBE ${url} RTSP/1.0\r\nCSeq: 8\r\n\r\nGET / HTTP/1.1\r\n\r\n`,
	);
	await client.ended;
	t.deepEqual(
		client.answers.map(answer => [answer.status, headerOf(answer, 'CSeq')]),
		[
			[200, '7'],
			[200, '8'],
			[400, undefined],
		],
	);
});
