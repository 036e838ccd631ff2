import test from 'ava';
import fc from 'fast-check';
import {newMemory} from '../../../../lib/protocols/hls/memory.ts';
import {Window} from '../../../../lib/protocols/hls/window.ts';

const facts = (durationUs = 2_000_000, discontinuity = false) => ({
	uri: 'x.m4s',
	initUri: 'i.mp4',
	durationUs,
	captureUs: 0,
	discontinuity,
	bytes: 1,
});

const open = (memory = newMemory(), count = 3) =>
	new Window(memory, {count, segmentDuration: 1000, lowLatency: false});

const tag = (playlist: string, name: string) =>
	Number(new RegExp(`#EXT-X-${name}:(\\d+)`).exec(playlist)?.[1]);

const count = (playlist: string, line: string) =>
	playlist.split('\n').filter(text => text === line).length;

test('the newest segments are listed, as many more are kept', t => {
	const window = open();
	const gone = Array.from({length: 8}, () => window.add(facts()).length);
	t.deepEqual(gone, [0, 0, 0, 0, 0, 0, 1, 1]);
	t.is(tag(window.format(), 'MEDIA-SEQUENCE'), 5);
	t.is(count(window.format(), 'x.m4s'), 3);
});

test('the target duration is the longest segment rounded up, at least the configured one', t => {
	const long = open();
	long.add(facts(2_040_000));
	t.is(long.targetDuration, 3);
	const short = open();
	short.add(facts(400_000));
	t.is(short.targetDuration, 1);
});

test('a segment that is longer than the target begins the playlist anew', t => {
	const window = open();
	window.add(facts(2_000_000));
	window.add(facts(2_400_000));
	t.is(tag(window.format(), 'TARGETDURATION'), 2);
	window.add(facts(4_000_000));
	const playlist = window.format();
	t.is(tag(playlist, 'TARGETDURATION'), 4);
	t.is(tag(playlist, 'MEDIA-SEQUENCE'), 2);
	t.is(count(playlist, 'x.m4s'), 1);
	t.is(count(playlist, '#EXT-X-DISCONTINUITY'), 1);
});

test('a later muxer of the path goes on with sequence, target and a discontinuity', t => {
	const memory = newMemory();
	const first = open(memory);
	first.add(facts(5_000_000));
	first.add(facts());
	first.close();
	const second = open(memory);
	second.add(facts(1_000_000));
	const playlist = second.format();
	t.is(tag(playlist, 'MEDIA-SEQUENCE'), 2);
	t.is(tag(playlist, 'TARGETDURATION'), 5);
	t.is(count(playlist, '#EXT-X-DISCONTINUITY'), 1);
});

test('dates go with the media, and come near to the clock little by little', t => {
	const window = open(newMemory(), 7);
	const second = 1_000_000;
	const start = 1_700_000_000 * second;
	const captures = [3, 2, 3, 4, 5.05, 60].map(it => start + it * second);
	for (const [index, captureUs] of captures.entries())
		window.add({...facts(second, index === 5), captureUs});
	const dates = [...window.format().matchAll(/DATE-TIME:.*:(.*)Z/g)].map(([, it]) => Number(it));
	t.deepEqual(dates, [23, 23.9, 24.8, 25.7, 26.6, 20]);
});

test('every segment keeps its discontinuity number, whatever leaves the playlist', t => {
	const step = fc.record({
		durationUs: fc.integer({min: 1, max: 9_000_000}),
		discontinuity: fc.boolean(),
		isNewMuxer: fc.boolean(),
	});
	fc.assert(
		fc.property(fc.array(step, {maxLength: 40}), steps => {
			const memory = newMemory();
			const known = new Map<number, number>();
			let window = open(memory);
			for (const {durationUs, discontinuity, isNewMuxer} of steps) {
				if (isNewMuxer) {
					window.close();
					window = open(memory);
				}
				window.add(facts(durationUs, discontinuity));
				const playlist = window.format();
				let sequence = tag(playlist, 'MEDIA-SEQUENCE');
				let number = tag(playlist, 'DISCONTINUITY-SEQUENCE');
				for (const line of playlist.split('\n')) {
					if (line === '#EXT-X-DISCONTINUITY') number++;
					const length = Number(/#EXTINF:([\d.]+)/.exec(line)?.[1] ?? 0);
					if (Math.round(length) > tag(playlist, 'TARGETDURATION')) return false;
					if (line !== 'x.m4s') continue;
					if ((known.get(sequence) ?? number) !== number) return false;
					known.set(sequence++, number);
				}
			}
			return true;
		}),
	);
	t.pass();
});
