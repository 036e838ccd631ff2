import test from 'ava';
import {ClientHandshake} from '../../../../lib/protocols/rtmp/client-handshake.ts';

const block = (fill: number) => Buffer.alloc(1536, fill);

test('a handshake that comes in pieces is answered once, and leaves what follows it', t => {
	const handshake = new ClientHandshake();
	t.is(handshake.greeting().length, 1537);
	t.is(handshake.greeting()[0], 3);
	const bytes = Buffer.concat([Buffer.from([3]), block(1), block(2), Buffer.from('rest')]);
	t.deepEqual(handshake.take(bytes.subarray(0, 1000)), {});
	t.deepEqual(handshake.take(bytes.subarray(1000, 2000)), {reply: block(1)});
	t.deepEqual(handshake.take(bytes.subarray(2000)), {rest: Buffer.from('rest')});
});

test('all of it may come at once', t => {
	const handshake = new ClientHandshake();
	const bytes = Buffer.concat([Buffer.from([3]), block(1), block(2)]);
	t.deepEqual(handshake.take(bytes), {reply: block(1), rest: Buffer.alloc(0)});
});

test('who speaks something else is refused with its first byte', t => {
	const said = (text: string) => new ClientHandshake().take(Buffer.from(text)).refusal;
	t.is(said('HTTP/1.1 400 Bad Request'), 'a web server answers there');
	t.is(said('220 mail'), 'what answers there speaks no RTMP');
});
