import {Writable} from 'node:stream';
import test from 'ava';
import {PushQueue} from '../../../../lib/protocols/rtmp/push-queue.ts';

/** A server that takes what it is told to take, and a clock turned by hand. */
const start = () => {
	const taken: number[] = [];
	const waiting: (() => void)[] = [];
	let now = 1000;
	const queue = new PushQueue(new Writable(), () => now);
	let last = 0;
	const offer = ({key = false, number = last + 1, bytes = 1000} = {}) => {
		last = number;
		const data = new ArrayBuffer(bytes);
		const writeTo = (_: Writable, done = () => {}) => {
			taken.push(number);
			waiting.push(done);
			return true;
		};
		queue.offer({key, number, block: {data, writeTo}});
	};
	return {
		queue,
		taken,
		offer,
		pass: (ms: number) => (now += ms),
		take: (count = waiting.length) => {
			for (const done of waiting.splice(0, count)) done();
		},
	};
};

test('all goes to a server that takes it', t => {
	const {offer, take, taken, queue} = start();
	for (let number = 1; number < 4; number++) {
		offer({key: number === 1});
		take();
	}
	t.deepEqual(taken, [1, 2, 3]);
	t.is(queue.stalledMs, 0);
});

test('a server that is late by seconds goes on with a key frame when it has caught up', t => {
	const {offer, take, taken, pass} = start();
	offer({key: true});
	pass(4000);
	offer();
	pass(1001);
	offer();
	offer({key: true});
	take();
	offer();
	offer({key: true});
	t.deepEqual(taken, [1, 2, 6]);
});

test('what waits is bounded in bytes', t => {
	const {offer, take, taken} = start();
	offer({key: true, bytes: 16_000_001});
	offer();
	take();
	offer();
	offer({key: true});
	t.deepEqual(taken, [1, 4]);
});

test('behind a gap it goes on with a key frame', t => {
	const {offer, take, taken} = start();
	offer({key: true});
	take();
	offer({number: 3});
	offer({number: 4, key: true});
	t.deepEqual(taken, [1, 4]);
});

test('it knows how long nothing has been taken', t => {
	const {offer, take, pass, queue} = start();
	offer({key: true});
	offer();
	pass(3000);
	t.is(queue.stalledMs, 3000);
	take(1);
	t.is(queue.stalledMs, 0);
	pass(500);
	t.is(queue.stalledMs, 500);
});
