import test from 'ava';
import fc from 'fast-check';
import type {Block} from '../../../lib/native/block.ts';
import {ReaderQueue} from '../../../lib/readers/reader-queue.ts';
import {isFree, manualBlock} from '../../helpers/blocks.ts';

type Made = {
	number: number;
	key?: boolean;
	droppable?: boolean;
	arrivalUs?: number;
	bytes?: number;
};

/** A queue whose writes end when the test says so. */
const startQueue = ({
	maxBytes = 1_000_000,
	lendPrelude = () => undefined as Block | undefined,
} = {}) => {
	const state = {nowUs: 0, unsentBytes: 0};
	const written: number[] = [];
	const unfinished: (() => void)[] = [];
	const numbers = new Map<unknown, number>();
	const queue = new ReaderQueue({
		sink: {
			write(block, done) {
				written.push(numbers.get(block) ?? 0);
				unfinished.push(done);
			},
			cork: () => {},
			uncork: () => {},
			unsentBytes: () => state.unsentBytes,
		},
		nowUs: () => state.nowUs,
		maxBytes,
		lendPrelude,
	});
	const make = ({number, key = false, droppable = false, arrivalUs = state.nowUs, bytes}: Made) => {
		const block = manualBlock(bytes);
		numbers.set(block, number);
		return {number, block, packets: 1, key, droppable, arrivalUs};
	};
	return {
		queue,
		written,
		/** How many writes have not ended. */
		unfinished: () => unfinished.length,
		make,
		/** What the kernel has taken and not sent. */
		keepUnsent: (bytes: number) => void (state.unsentBytes = bytes),
		pass: (ms: number) => void (state.nowUs += ms * 1000),
		offer: (...made: Made[]) => queue.offer(made.map(make)),
		finish: (count = unfinished.length) => unfinished.splice(0, count).forEach(done => done()),
	};
};

test('a reader begins with a key frame', t => {
	const {queue, offer, written} = startQueue();
	queue.beginAfter(3);
	offer({number: 3, key: true}, {number: 4}, {number: 5, key: true}, {number: 6});
	t.deepEqual(written, [5, 6]);
	t.is(queue.stats.dropped, 0);
});

test('a reader that begins with the ring is given nothing twice', t => {
	const {queue, offer, written, make} = startQueue();
	queue.begin([make({number: 7}), make({number: 8})]);
	offer({number: 7}, {number: 8}, {number: 9});
	t.deepEqual(written, [7, 8, 9]);
});

test('behind a ring that was cut, a reader goes on at the next key frame', t => {
	const {queue, offer, written, make} = startQueue();
	queue.begin([make({number: 3, key: true})]);
	offer({number: 9}, {number: 10}, {number: 11, key: true}, {number: 12});
	t.deepEqual(written, [3, 11, 12]);
});

test('after a gap, what decoders need goes before the key frame again', t => {
	const preludes: Block[] = [];
	const lendPrelude = () => {
		const block = manualBlock(10);
		preludes.push(block);
		return block;
	};
	const {queue, offer, written, make, finish} = startQueue({lendPrelude});
	queue.begin([make({number: 1, key: true})]);
	offer({number: 2}, {number: 4}, {number: 5, key: true});
	t.deepEqual(written, [1, 2, 0, 5], 'the one without a number');
	finish();
	t.true(preludes.length === 1 && preludes.every(isFree));
});

test('a reader that joins may be late for 3 s, then it goes on at a key frame', t => {
	const {queue, offer, written, make, pass} = startQueue();
	queue.begin([make({number: 1, key: true})]);
	pass(2900);
	offer({number: 2, droppable: true}, {number: 3});
	t.deepEqual(written, [1, 2, 3]);
	pass(200);
	offer({number: 4}, {number: 5, key: true});
	t.deepEqual(written, [1, 2, 3]);
	t.is(queue.stats.dropped, 2);
});

test('a reader that is 150 ms late loses what nobody refers to', t => {
	const {queue, offer, written, finish, pass} = startQueue();
	queue.beginAfter(0);
	offer({number: 1, key: true});
	finish();
	offer({number: 2});
	pass(160);
	offer({number: 3, droppable: true}, {number: 4});
	t.deepEqual(written, [1, 2, 4]);
	finish();
	offer({number: 5, droppable: true});
	t.deepEqual(written, [1, 2, 4, 5]);
	t.is(queue.stats.dropped, 1);
});

test('a reader that is 400 ms late goes on at the next key frame, once it is not late any more', t => {
	const {queue, offer, written, finish, pass} = startQueue();
	queue.beginAfter(0);
	offer({number: 1, key: true});
	finish();
	offer({number: 2});
	pass(410);
	offer({number: 3}, {number: 4, key: true});
	finish();
	offer({number: 5}, {number: 6, key: true}, {number: 7});
	t.deepEqual(written, [1, 2, 6, 7]);
	t.is(queue.stats.dropped, 3);
});

test("blocks that come late all at once are no reader's fault", t => {
	const {queue, offer, written, finish} = startQueue();
	queue.beginAfter(0);
	offer({number: 1, key: true});
	finish();
	offer({number: 2, arrivalUs: -700_000}, {number: 3, arrivalUs: -300_000}, {number: 4});
	t.deepEqual(written, [1, 2, 3, 4]);
	offer({number: 5});
	t.deepEqual(written, [1, 2, 3, 4]);
	t.is(queue.stats.dropped, 1);
});

test('what the kernel has not sent yet is part of the age', t => {
	const {offer, queue, written, finish, pass, keepUnsent} = startQueue();
	queue.beginAfter(0);
	offer({number: 1, key: true});
	finish();
	pass(300);
	offer({number: 2});
	finish();
	keepUnsent(150);
	offer({number: 3});
	pass(200);
	offer({number: 4});
	t.deepEqual(written, [1, 2, 3]);
	keepUnsent(50);
	offer({number: 5, key: true});
	t.deepEqual(written, [1, 2, 3, 5]);
});

test('what waits for one reader is bounded', t => {
	const {queue, offer, written, finish} = startQueue({maxBytes: 250});
	queue.beginAfter(0);
	offer({number: 1, key: true});
	finish();
	for (let number = 2; number < 10; number++) offer({number, bytes: 100});
	t.deepEqual(written, [1, 2, 3, 4]);
});

test('what was written is counted when its write is over', t => {
	const {queue, offer, finish, pass} = startQueue();
	queue.beginAfter(0);
	offer({number: 1, key: true, bytes: 1000});
	t.is(queue.stats.bytes, 0);
	pass(70);
	t.is(queue.stalledUs, 70_000);
	finish();
	t.like(queue.stats, {bytes: 1000, packets: 1});
	t.is(queue.stalledUs, 0);
});

test('a closed queue takes nothing more', t => {
	const {queue, offer, written} = startQueue();
	queue.beginAfter(0);
	queue.close();
	offer({number: 1, key: true});
	t.deepEqual(written, []);
});

test('whatever a reader takes, what it gets is whole from key frame to gap', t => {
	const step = fc.record({
		key: fc.boolean(),
		droppable: fc.boolean(),
		afterMs: fc.integer({min: 0, max: 120}),
		finishes: fc.nat(3),
	});
	fc.assert(
		fc.property(fc.array(step, {maxLength: 200}), steps => {
			const {queue, offer, written, finish, pass} = startQueue();
			queue.beginAfter(0);
			for (const [index, {key, droppable, afterMs, finishes}] of steps.entries()) {
				offer({number: index + 1, key, droppable: droppable && !key});
				pass(afterMs);
				finish(finishes);
			}
			const isReferred = (number: number) =>
				!steps[number - 1]!.droppable || steps[number - 1]!.key;
			for (const [index, number] of written.entries()) {
				const before = written[index - 1] ?? 0;
				const missed = Array.from({length: number - before - 1}, (_, add) => before + 1 + add);
				const isWhole = index > 0 && !missed.some(isReferred);
				t.true(isWhole || steps[number - 1]!.key);
			}
		}),
	);
});

test('a reader that plays again and again and takes nothing is not given the ring each time', t => {
	const {queue, make, offer, written} = startQueue({maxBytes: 100});
	queue.begin([make({number: 1, key: true, bytes: 80})]);
	queue.begin([make({number: 1, key: true, bytes: 80})]);
	queue.begin([make({number: 1, key: true, bytes: 80}), make({number: 2, bytes: 80})]);
	t.deepEqual(written, [1, 1]);
	offer({number: 2}, {number: 3}, {number: 4, key: true});
	t.deepEqual(written, [1, 1, 4]);
});

test('a reader that plays again and again is not joining anew each time', t => {
	const {queue, offer, written} = startQueue({maxBytes: 250});
	for (let number = 1; number <= 20; number++) {
		queue.beginAfter(number - 1);
		offer({number, key: true, bytes: 100});
	}
	t.deepEqual(written, [1, 2, 3]);
});

test('behind a ring that is larger than what may wait, as much may wait as always', t => {
	const {queue, make, offer, written} = startQueue({maxBytes: 250});
	queue.begin([make({number: 1, key: true, bytes: 1000})]);
	for (let number = 2; number <= 20; number++) offer({number, bytes: 100});
	t.deepEqual(written, [1, 2, 3, 4]);
});

/**
 * Media of 3 Mbit/s, a key frame each second, to a reader at 1 Mbit/s; the kernel keeps 128 KiB unsent. Seconds after
 * the beginning: of the first loss, and what each picture was late when the last of it left.
 */
const runSlowLine = (seconds: number) => {
	const [kept, pictureUs] = [131_072, 40_000];
	const state = {nowUs: 0, sent: 0, taken: 0, waiting: 0, mostWaiting: 0};
	const pending: {bytes: number; done: () => void}[] = [];
	const leaving: {end: number; arrivalUs: number}[] = [];
	const lateUs: number[] = [];
	const queue = new ReaderQueue({
		sink: {
			write: ({data: {byteLength: bytes}}, done) => {
				state.waiting += bytes;
				pending.push({bytes, done});
				leaving.push({end: (leaving.at(-1)?.end ?? state.sent) + bytes, arrivalUs: state.nowUs});
			},
			cork: () => {},
			uncork: () => {},
			unsentBytes: () => state.taken - state.sent,
		},
		nowUs: () => state.nowUs,
		maxBytes: 16_000_000,
	});
	const passPicture = () => {
		state.nowUs += pictureUs;
		state.sent = Math.min(leaving.at(-1)?.end ?? 0, state.sent + pictureUs / 8);
		while (pending[0] && state.taken + pending[0].bytes - state.sent <= kept) {
			const {bytes, done} = pending.shift()!;
			state.taken += bytes;
			state.waiting -= bytes;
			done();
		}
		state.mostWaiting = Math.max(state.mostWaiting, state.waiting);
		for (const {end, arrivalUs} of leaving)
			if (end <= state.sent && end > state.sent - pictureUs / 8)
				lateUs.push(state.nowUs - arrivalUs);
	};
	let firstLossUs: number | undefined;
	queue.beginAfter(0);
	for (let number = 1; number <= seconds * 25; number++) {
		const key = number % 25 === 1;
		const block = manualBlock(key ? 75_000 : 12_500);
		queue.offer([{number, block, packets: 1, key, droppable: false, arrivalUs: state.nowUs}]);
		if (queue.stats.dropped > 0) firstLossUs ??= state.nowUs;
		passPicture();
	}
	return {firstLossUs, mostLateUs: Math.max(...lateUs), mostWaiting: state.mostWaiting};
};

test('a reader at a third of the bitrate loses pictures within a second, and what it gets is never 2 s late', t => {
	const {firstLossUs, mostLateUs, mostWaiting} = runSlowLine(60);
	t.true(firstLossUs! <= 1_000_000, `${firstLossUs}`);
	t.true(mostLateUs <= 2_000_000, `${mostLateUs}`);
	t.true(mostWaiting <= 500_000, `${mostWaiting}`);
});
