import test from 'ava';
import type {RingBlock} from '../../../lib/native/ring-output.ts';
import {FanOuts} from '../../../lib/protocols/rtsp/fan-out.ts';
import {ReaderQueue} from '../../../lib/readers/reader-queue.ts';
import {Reading} from '../../../lib/readers/reading.ts';
import type {StartMode} from '../../../lib/readers/reading.ts';
import {isFree, manualBlock} from '../../helpers/blocks.ts';
import {SilentOutput} from '../../helpers/rtsp-server.ts';

const nowUs = () => 1e12;

/** A reading of a path whose ring is so old; `asked` is how the ring was asked for. */
const startReading = (mode: StartMode, ageMs: number | undefined) => {
	const lent: RingBlock[] = [];
	const asked: {compress: boolean}[] = [];
	const sent: number[] = [];
	const lendRing = (how: {compress: boolean}) => {
		asked.push(how);
		const starts = [{sequence: 7, timestamp: 90_000}];
		const arrivalUs = nowUs() - (ageMs ?? 0) * 1000;
		const place = {number: 1, packets: 3, arrivalUs, captureUs: arrivalUs - 5, starts};
		const ring = ageMs === undefined ? [] : [{...place, block: manualBlock()}];
		lent.push(...ring);
		return ring;
	};
	const openRtp = (spec: object) => Object.assign(new SilentOutput(spec), {lendRing});
	const fanOuts = new FanOuts({openRtp}, {note: () => {}});
	const choice = {layout: {stream: 1, tracks: []}, trackCount: 1, address: '127.0.0.1'};
	const reading = new Reading({
		join: member => fanOuts.join({...choice, member}),
		queue: new ReaderQueue({
			sink: {
				write: (block, done) => {
					sent.push(block.data.byteLength);
					done();
				},
				cork: () => {},
				uncork: () => {},
				unsentBytes: () => 0,
			},
			nowUs,
			maxBytes: 1_000_000,
		}),
		mode,
		nowUs,
		onEnded: () => {},
	});
	return {reading, lent, asked, sent};
};

const begins = test.macro({
	async exec(t, mode: StartMode, ageMs: number | undefined, withRing: boolean) {
		const {reading, lent, asked, sent} = startReading(mode, ageMs);
		const {starts, captureUs} = await reading.prepare();
		t.is(starts.length, withRing ? 1 : 0);
		t.is(captureUs !== undefined, withRing);
		t.true(asked.every(({compress}) => compress === (mode === 'fast')));
		t.deepEqual(sent, [], 'nothing before the answer to PLAY');
		reading.start();
		t.is(sent.length, withRing ? 1 : 0);
		reading.stop();
		t.true(lent.every(({block}) => isFree(block)));
	},
	title: (_, mode, ageMs, withRing) =>
		`with start=${mode} and ${ageMs === undefined ? 'no ring' : `a ring of ${ageMs} ms`} it begins with ${withRing ? 'the ring' : 'what comes next'}`,
});

test(begins, 'live', 999, true);
test(begins, 'live', 1000, false);
test(begins, 'live', undefined, false);
test(begins, 'fast', 9000, true);
test(begins, 'real', 9000, true);
test(begins, 'real', undefined, false);
