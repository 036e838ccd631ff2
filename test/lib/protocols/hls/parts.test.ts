import test from 'ava';
import fc from 'fast-check';
import {newMemory} from '../../../../lib/protocols/hls/memory.ts';
import {Window} from '../../../../lib/protocols/hls/window.ts';
import {parsePlaylist} from '../../../helpers/hls-playlist.ts';

/** A window whose parts are told as a muxer does. */
const open = (memory = newMemory(), count = 3) => {
	const window = new Window(memory, {count, segmentDuration: 1000, lowLatency: true});
	let parts = 0;
	const segment = {initUri: 'i.mp4', captureUs: 1_700_000_000_000_000, discontinuity: false};
	return {
		window,
		part: (durationUs = 200_000, more: {targetUs?: number; discontinuity?: boolean} = {}) => {
			const {targetUs = 200_000, discontinuity = false} = more;
			const uri = `p${++parts}.m4s`;
			const facts = {uri, hintUri: `p${parts + 1}.m4s`, durationUs, independent: false, bytes: 1};
			return window.addPart({...facts, targetUs}, {...segment, discontinuity});
		},
		complete: (durationUs: number, discontinuity = false) =>
			window.add({...segment, discontinuity, uri: `s${parts}.m4s`, durationUs, bytes: 5}),
		read: (isDelta = false) => parsePlaylist(window.format({isDelta})),
	};
};

const segments = (it: ReturnType<typeof open>, count: number, parts = 5) => {
	for (let index = 0; index < count; index++) {
		for (let part = 0; part < parts; part++) it.part();
		it.complete(parts * 200_000);
	}
};

test('there is no playlist before the length of segments is known', t => {
	const it = open();
	it.part();
	t.false(it.window.isReady);
	it.window.foresee(2_000_000);
	t.true(it.window.isReady);
	t.is(it.read().targetDuration, 2);
	t.is(it.read().segments.length, 1);
});

test('without anything foreseen the first whole segment says it', t => {
	const it = open();
	segments(it, 1, 12);
	t.true(it.window.isReady);
	t.is(it.read().targetDuration, 3);
});

test('parts are listed with the segment that is made, and for three target durations', t => {
	const it = open(newMemory(), 7);
	segments(it, 6);
	it.part();
	const {segments: listed, hint} = it.read();
	t.deepEqual(
		listed.map(({parts}) => parts.length),
		[0, 0, 0, 5, 5, 5, 1],
	);
	t.is(hint, 'p32.m4s');
});

test('a segment that grows too long stays out until it is complete, and begins the playlist anew', t => {
	const it = open();
	segments(it, 2);
	for (let part = 0; part < 7; part++) t.true(it.part());
	const before = it.window.format();
	t.false(it.part());
	t.false(it.part());
	t.is(it.window.format(), before);
	it.complete(1_800_000);
	const after = it.read();
	t.is(after.targetDuration, 2);
	t.is(after.mediaSequence, 3);
	t.is(after.segments[0]?.discontinuities, 1);
	it.part();
	t.is(it.read().segments.length, 2);
});

test('longer parts begin the playlist anew', t => {
	const it = open();
	segments(it, 2);
	it.part(500_000, {targetUs: 500_000, discontinuity: true});
	const playlist = it.read();
	t.is(playlist.partTarget, 0.5);
	t.is(playlist.mediaSequence, 2);
	t.is(playlist.segments.length, 1);
});

test('a later muxer of the path goes on from the segment that was never complete', t => {
	const memory = newMemory();
	const first = open(memory);
	segments(first, 2);
	first.part();
	first.window.close();
	const second = open(memory);
	second.part();
	const playlist = second.read();
	t.is(playlist.mediaSequence, 3);
	t.is(playlist.segments[0]?.discontinuities, 1);
	t.is(playlist.targetDuration, 1);
});

test('what a delta update leaves out is further from the end than six target durations', t => {
	const it = open(newMemory(), 20);
	segments(it, 10);
	it.part();
	t.is(it.read(true).skipped, 4);
	t.is(it.read(true).segments[0]?.sequence, 4);
	t.is(it.read().skipped, 0);
	const short = open();
	segments(short, 3);
	t.is(short.read(true).skipped, 0);
});

const place = (it: ReturnType<typeof open>, msn: number, part?: number) =>
	it.window.has({msn, part});

test('the playlist has what was told, and a part past the end of a segment is the next one', t => {
	const it = open();
	segments(it, 2);
	it.part();
	t.true(place(it, 1));
	t.false(place(it, 2));
	t.true(place(it, 2, 0));
	t.false(place(it, 2, 1));
	t.true(place(it, 1, 4));
	t.true(place(it, 1, 5));
	it.complete(200_000);
	t.true(place(it, 2));
	t.false(place(it, 2, 1));
	it.part();
	t.true(place(it, 2, 1));
	t.false(place(it, 3));
});

type Step = {parts: number[]; discontinuity: boolean; isNewMuxer: boolean; isComplete: boolean};

/** Every playlist of such a life. */
const live = (steps: Step[]): string[] => {
	const memory = newMemory();
	const texts: string[] = [];
	let it = open(memory);
	const tell = () => {
		if (it.window.isReady) texts.push(it.window.format());
	};
	for (const {parts, discontinuity, isNewMuxer, isComplete} of steps) {
		if (isNewMuxer) {
			it.window.close();
			it = open(memory);
		}
		for (const durationUs of parts) {
			it.part(durationUs, {discontinuity});
			tell();
		}
		if (!isComplete) continue;
		it.complete(parts.reduce((sum, us) => sum + us, 0) || 1, discontinuity);
		tell();
	}
	return texts;
};

const step = fc.record({
	parts: fc.array(fc.integer({min: 1, max: 200_000}), {maxLength: 20}),
	discontinuity: fc.boolean(),
	isNewMuxer: fc.boolean(),
	isComplete: fc.boolean(),
});

test('whatever is told, segments keep their numbers, durations and discontinuities', t => {
	fc.assert(
		fc.property(fc.array(step, {maxLength: 30}), steps => {
			const known = new Map<number, number>();
			let before: ReturnType<typeof parsePlaylist> | undefined;
			for (const playlist of live(steps).map(parsePlaylist)) {
				const {targetDuration, mediaSequence, segments: listed} = playlist;
				for (const {sequence, discontinuities, duration} of listed) {
					t.true(Math.round(duration) <= targetDuration);
					t.is(known.get(sequence) ?? discontinuities, discontinuities);
					known.set(sequence, discontinuities);
				}
				t.true(mediaSequence >= (before?.mediaSequence ?? 0));
				if (before?.segments.some(({sequence}) => sequence === mediaSequence))
					t.is(targetDuration, before.targetDuration);
				before = playlist;
			}
		}),
		{numRuns: 60},
	);
	t.pass();
});
