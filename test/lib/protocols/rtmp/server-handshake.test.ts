import {createHmac} from 'node:crypto';
import test from 'ava';
import {ServerHandshake} from '../../../../lib/protocols/rtmp/server-handshake.ts';

const block = (fill: number) => {
	const bytes = Buffer.alloc(1536, fill);
	bytes.fill(0, 4, 8);
	return bytes;
};

test('a plain handshake is answered with its own block behind ours, whatever the pieces', t => {
	const handshake = new ServerHandshake();
	const bytes = Buffer.concat([Buffer.from([3]), block(1), block(2), Buffer.from('rest')]);
	t.deepEqual(handshake.take(bytes.subarray(0, 1536)), {});
	const {reply, rest} = handshake.take(bytes.subarray(1536, 1540));
	t.is(reply?.length, 1 + 2 * 1536);
	t.is(reply?.[0], 3);
	t.deepEqual(reply?.subarray(1537), block(1));
	t.is(rest, undefined);
	t.deepEqual(handshake.take(bytes.subarray(1540)), {rest: Buffer.from('rest')});
});

for (const place of [8, 772])
	test(`a handshake with a digest behind byte ${place} is answered with digests`, t => {
		const name = Buffer.from('Genuine Adobe Flash Player 001');
		const greeting = Buffer.alloc(1536, 0x5a);
		greeting.writeUInt32BE(0x80000702, 4);
		const at = digestAt(greeting, place);
		const rest = Buffer.concat([greeting.subarray(0, at), greeting.subarray(at + 32)]);
		createHmac('sha256', name).update(rest).digest().copy(greeting, at);
		const {reply} = new ServerHandshake().take(Buffer.concat([Buffer.from([3]), greeting]));
		const own = reply!.subarray(1, 1537);
		const server = Buffer.from('Genuine Adobe Flash Media Server 001');
		const ownAt = digestAt(own, place);
		const signed = Buffer.concat([own.subarray(0, ownAt), own.subarray(ownAt + 32)]);
		t.deepEqual(
			own.subarray(ownAt, ownAt + 32),
			createHmac('sha256', server).update(signed).digest(),
		);
		t.notDeepEqual(reply!.subarray(1537), greeting);
	});

test('a version that is no RTMP is refused', t => {
	t.is(new ServerHandshake().take(Buffer.from('GET /')).refusal, 'a handshake of version 71');
});

const digestAt = (bytes: Buffer, place: number): number =>
	place + 4 + (bytes.subarray(place, place + 4).reduce((sum, byte) => sum + byte, 0) % 728);
