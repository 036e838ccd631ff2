import test from 'ava';
import {Moves} from '../../../../lib/protocols/rtmp/moves.ts';

const startMoves = () => {
	const state = {nowMs: 0};
	return {moves: new Moves(() => state.nowMs), pass: (ms: number) => void (state.nowMs += ms)};
};

test('three moves in a row are followed, not a fourth', t => {
	const {moves} = startMoves();
	t.deepEqual(
		[1, 2, 3, 4].map(() => moves.mayFollow()),
		[true, true, true, false],
	);
});

test('a server that was played for five seconds is worth another move', t => {
	const {moves, pass} = startMoves();
	for (let count = 0; count < 10; count++) {
		moves.played();
		moves.played();
		pass(5000);
		t.true(moves.mayFollow());
	}
});

test('time without media is worth nothing', t => {
	const {moves, pass} = startMoves();
	moves.played();
	pass(5000);
	t.true(moves.mayFollow());
	for (const isFollowed of [true, true, false]) {
		pass(60_000);
		t.is(moves.mayFollow(), isFollowed);
	}
});
