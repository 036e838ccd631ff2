import test from 'ava';
import fc from 'fast-check';
import {Pace, stepSeconds} from '../../../web/player/pace.ts';

/** Plays on with what the pace says, while media comes at its own speed; seconds behind after each step. */
const play = (pace: Pace, from: number, steps: number): number[] => {
	const behind = [from];
	for (let count = 0; count < steps; count++) {
		const now = behind.at(-1)!;
		const step = pace.step(now);
		behind.push('jump' in step ? pace.target : now + (1 - step.rate) * stepSeconds);
	}
	return behind;
};

test('a player that is a little off comes to its target and stays there', t => {
	fc.assert(
		fc.property(fc.double({min: -0.1, max: 0.9, noNaN: true}), from => {
			const last = play(new Pace({target: 0.05}), from, 600).slice(-100);
			for (const behind of last) t.true(Math.abs(behind - 0.05) < 0.02, `${from} ${behind}`);
		}),
		{numRuns: 50},
	);
});

test('a player that is far off jumps at once', t => {
	const pace = new Pace({target: 0.05});
	t.deepEqual(pace.step(1.2), {jump: true});
	t.deepEqual(pace.step(-3), {jump: true});
	t.deepEqual(pace.step(0.05), {rate: 1});
});

test('a beginning that was slow is mended once, by a jump a second later', t => {
	const jumps = play(new Pace({target: 0.05}), 0.8, 60).filter(behind => behind === 0.05);
	t.is(jumps.length > 0, true);
	const pace = new Pace({target: 0.05});
	const steps = Array.from({length: 60}, () => pace.step(0.8));
	t.deepEqual(
		steps.flatMap((step, index) => ('jump' in step ? [index] : [])),
		[19],
	);
});

test('whatever it is told, it plays between 0.95 and 1.1 times as fast', t => {
	fc.assert(
		fc.property(fc.array(fc.double({min: -10, max: 10, noNaN: true})), all => {
			const pace = new Pace({target: 0.1});
			for (const behind of all) {
				const step = pace.step(behind);
				t.true('jump' in step || (step.rate >= 0.95 && step.rate <= 1.1));
			}
		}),
	);
});

test('each time that it stands still it keeps a larger distance, up to a second, and slowly a smaller one again', t => {
	const pace = new Pace({target: 0.05});
	pace.stalled();
	t.is(pace.target, 0.1);
	for (let count = 0; count < 100; count++) pace.stalled();
	t.is(pace.target, 1);
	for (let count = 0; count < 20; count++) pace.step(pace.target);
	t.true(pace.target < 1 && pace.target > 0.99);
});
