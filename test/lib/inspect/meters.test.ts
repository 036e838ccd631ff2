import fc from 'fast-check';
import test from 'ava';
import {BitrateMeter} from '../../../lib/inspect/meters/bitrate.ts';
import {DriftMeter} from '../../../lib/inspect/meters/drift.ts';
import {FrameRateMeter} from '../../../lib/inspect/meters/frame-rate.ts';
import {GopMeter} from '../../../lib/inspect/meters/gop.ts';
import {JitterMeter} from '../../../lib/inspect/meters/jitter.ts';
import {JumpMeter} from '../../../lib/inspect/meters/jumps.ts';
import {OddityMeter} from '../../../lib/inspect/meters/oddities.ts';
import {ReportMeter} from '../../../lib/inspect/meters/reports.ts';
import {SequenceMeter} from '../../../lib/inspect/meters/sequence.ts';
import {unwrapper} from '../../../lib/inspect/meters/unwrap.ts';

const word = fc.integer({min: 0, max: 0xffff});

test('a wrapping counter is unwrapped whatever its steps below half the range', t => {
	fc.assert(
		fc.property(
			fc.integer({min: 0, max: 0xffff_ffff}),
			fc.array(fc.integer({min: -0x7fff_ffff, max: 0x7fff_ffff})),
			(first, steps) => {
				const unwrap = unwrapper(32);
				let expected = unwrap(first);
				return steps.every(step => {
					expected += step;
					return unwrap(((expected % 2 ** 32) + 2 ** 32) % 2 ** 32) === expected;
				});
			},
		),
	);
	t.pass();
});

test('sequence numbers tell what was lost, sent twice and overtaken, wherever they begin', t => {
	const packets = fc.record({
		first: word,
		fates: fc.array(fc.constantFrom('sent', 'sent', 'sent', 'lost', 'twice', 'late'), {
			maxLength: 300,
		}),
	});
	fc.assert(
		fc.property(packets, ({first, fates}) => {
			const meter = new SequenceMeter();
			const send = (index: number) => meter.add({sequence: (first + index) & 0xffff, ssrc: 1});
			const wanted = {received: 2, lost: 0, duplicates: 0, reordered: 0, restarts: 0};
			let overdue: number | undefined;
			send(0);
			for (const [index, fate] of fates.entries()) {
				const held = overdue;
				overdue = fate === 'late' ? index + 1 : undefined;
				if (fate === 'sent' || fate === 'twice') send(index + 1);
				if (fate === 'twice') send(index + 1);
				if (held !== undefined && overdue === undefined && fate !== 'lost') send(held);
				const isHeldSent = held !== undefined && overdue === undefined && fate !== 'lost';
				wanted.received += (fate === 'sent' ? 1 : fate === 'twice' ? 2 : 0) + Number(isHeldSent);
				wanted.duplicates += Number(fate === 'twice');
				wanted.reordered += Number(isHeldSent);
				wanted.lost += Number(fate === 'lost') + Number(held !== undefined && !isHeldSent);
			}
			if (overdue !== undefined) wanted.lost++;
			send(fates.length + 1);
			t.deepEqual(meter.read(), wanted);
		}),
	);
});

test('another source and a wild step begin a new count, and lose nothing', t => {
	const meter = new SequenceMeter();
	meter.add({sequence: 10, ssrc: 1});
	meter.add({sequence: 50_000, ssrc: 1});
	meter.add({sequence: 7, ssrc: 2});
	meter.add({sequence: 8, ssrc: 2});
	t.deepEqual(meter.read(), {received: 4, lost: 0, duplicates: 0, reordered: 0, restarts: 2});
});

test('a packet that is overtaken by the very first one is late, not sent twice', t => {
	const meter = new SequenceMeter();
	for (const sequence of [5, 2, 3, 4, 4]) meter.add({sequence, ssrc: 1});
	t.deepEqual(meter.read(), {received: 5, lost: 0, duplicates: 1, reordered: 3, restarts: 0});
});

test('packets in step with their times have no jitter, and no jitter exceeds the largest step', t => {
	fc.assert(
		fc.property(
			fc.array(fc.integer({min: 0, max: 50_000}), {minLength: 1, maxLength: 200}),
			fc.integer({min: 0, max: 0xffff_ffff}),
			(delays, start) => {
				const [even, uneven] = [new JitterMeter(90_000), new JitterMeter(90_000)];
				for (const [index, delayUs] of delays.entries()) {
					const timestamp = (start + index * 3600) % 2 ** 32;
					even.add({timestamp, arrivalUs: index * 40_000});
					uneven.add({timestamp, arrivalUs: index * 40_000 + delayUs});
				}
				const {jitterUs, maxJitterUs} = uneven.read();
				const spread = Math.max(...delays) - Math.min(...delays);
				t.deepEqual(even.read(), {jitterUs: 0, maxJitterUs: 0});
				t.true(jitterUs >= 0 && jitterUs <= maxJitterUs && maxJitterUs <= spread + 1);
			},
		),
	);
});

test('jitter is that of RFC 3550 section A.8', t => {
	const meter = new JitterMeter(8000);
	meter.add({timestamp: 0, arrivalUs: 0});
	meter.add({timestamp: 160, arrivalUs: 36_000});
	t.deepEqual(meter.read(), {jitterUs: 1000, maxJitterUs: 1000});
	meter.add({timestamp: 320, arrivalUs: 56_000});
	t.deepEqual(meter.read(), {jitterUs: 938, maxJitterUs: 1000});
});

test('groups of pictures sum up to the pictures between the first and the last key frame', t => {
	fc.assert(
		fc.property(fc.array(fc.boolean(), {maxLength: 200}), keys => {
			const meter = new GopMeter();
			for (const [index, key] of keys.entries()) meter.add({key, ptsUs: index * 40_000});
			const {keyFrames, frames, intervalUs, open} = meter.read();
			const [first, last] = [keys.indexOf(true), keys.lastIndexOf(true)];
			t.is(keyFrames, keys.filter(Boolean).length);
			t.is(open, keys.length - Math.max(last, 0));
			t.is(frames ? Math.round(frames.avg * (keyFrames - 1)) : 0, frames ? last - first : 0);
			if (frames && intervalUs) t.is(intervalUs.max, frames.max * 40_000);
			else t.true(keyFrames < 2);
		}),
	);
});

test('a clock that runs fast or slow is found to do so, whatever the burst at the start', t => {
	fc.assert(
		fc.property(
			fc.integer({min: -5000, max: 5000}),
			fc.integer({min: 0, max: 1_000_000}),
			(ppm, burstUs) => {
				const meter = new DriftMeter();
				for (let index = 0; index < 300; index++) {
					const arrivalUs = index * 40_000;
					const early = arrivalUs < 1_000_000 ? burstUs : 0;
					meter.add({mediaUs: arrivalUs * (1 + ppm / 1e6), arrivalUs: arrivalUs + early});
				}
				const drift = meter.read();
				t.true(drift !== null && Math.abs(drift.ppm - ppm) < 1 && drift.errorPpm < 1);
			},
		),
	);
});

test('noise on arrival is within a few standard errors of the drift, and B-frames do not matter', t => {
	fc.assert(
		fc.property(
			fc.array(fc.integer({min: -2000, max: 2000}), {minLength: 250, maxLength: 250}),
			noise => {
				const meter = new DriftMeter();
				for (const [index, noiseUs] of noise.entries()) {
					const mediaUs = (index % 3 === 2 ? index - 2 : index) * 40_000;
					meter.add({mediaUs, arrivalUs: index * 40_000 + noiseUs});
				}
				const drift = meter.read();
				t.true(drift !== null && Math.abs(drift.ppm) < 6 * drift.errorPpm + 1);
			},
		),
		{seed: 1},
	);
});

test('too little tells no drift', t => {
	const meter = new DriftMeter();
	t.is(meter.read(), null);
	for (let index = 0; index < 60; index++)
		meter.add({mediaUs: index * 40_000, arrivalUs: index * 40_000});
	t.is(meter.read(), null);
});

test('the frame rate is that of the times, in whatever order they come', t => {
	fc.assert(
		fc.property(fc.shuffledSubarray([...Array(50).keys()], {minLength: 50}), order => {
			const meter = new FrameRateMeter();
			for (const [index, number] of order.entries())
				meter.add({ptsUs: number * 40_000, arrivalUs: index * 80_000});
			const {byMedia, byArrival} = meter.read();
			t.true(Math.abs((byMedia ?? 0) - 25) < 1e-9 && Math.abs((byArrival ?? 0) - 12.5) < 1e-9);
		}),
	);
	const burst = new FrameRateMeter();
	for (let index = 0; index <= 100; index++)
		burst.add({ptsUs: index * 100_000, arrivalUs: Math.max(0, index - 20) * 100_000});
	t.is(Math.round((burst.read().byArrival ?? 0) * 100), 1000);
	const one = new FrameRateMeter();
	t.deepEqual(one.read(), {byMedia: null, byArrival: null});
});

test('bitrate is that of what comes after the first second, if more comes', t => {
	const meter = new BitrateMeter();
	for (let index = 0; index < 100; index++) meter.add({bytes: 9000, arrivalUs: 5e9});
	t.deepEqual(meter.read(), {bytes: 900_000, bps: null, peakBps: null});
	for (let index = 0; index < 100; index++)
		meter.add({bytes: 1000, arrivalUs: 5e9 + index * 10_000});
	t.like(meter.read(), {bytes: 1_000_000, peakBps: null});
	for (let index = 100; index <= 400; index++)
		meter.add({bytes: index < 300 ? 1000 : 2000, arrivalUs: 5e9 + index * 10_000});
	t.deepEqual(meter.read(), {bytes: 1_402_000, bps: 1_072_000, peakBps: 1_600_000});
	t.deepEqual(new BitrateMeter().read(), {bytes: 0, bps: null, peakBps: null});
});

test('jitter forgets the burst that a camera begins with', t => {
	const meter = new JitterMeter(8000);
	meter.add({timestamp: 0, arrivalUs: 0});
	meter.add({timestamp: 8000, arrivalUs: 0});
	t.deepEqual(meter.read(), {jitterUs: 62_500, maxJitterUs: 62_500});
	meter.add({timestamp: 16_000, arrivalUs: 1_000_000});
	t.deepEqual(meter.read(), {jitterUs: 0, maxJitterUs: 0});
});

test('a clock that is set is a jump, a late frame is none', t => {
	const meter = new JumpMeter();
	meter.add({clockUs: 0, arrivalUs: 0});
	meter.add({clockUs: 40_000, arrivalUs: 900_000});
	t.deepEqual(meter.read(), {count: 0, largestUs: 0});
	meter.add({clockUs: 3_600_080_000, arrivalUs: 980_000});
	meter.add({clockUs: 120_000, arrivalUs: 1_020_000});
	t.deepEqual(meter.read(), {count: 2, largestUs: -3_600_000_000});
});

test('sender reports tell the offset of the wall clock and the speed of the RTP clock', t => {
	const meter = new ReportMeter(90_000);
	t.like(meter.read(), {count: 0, offsetUs: null});
	const ntpUs = 3.9e15;
	const arrivalUs = ntpUs - 2_208_988_800e6 - 5e6;
	meter.add({ntpUs, timestamp: 0xffff_ff00, arrivalUs});
	meter.add({ntpUs: ntpUs + 10e6, timestamp: 900_090 - 256, arrivalUs: arrivalUs + 10e6});
	const {rtpPpm, ...figures} = meter.read();
	t.deepEqual(figures, {count: 2, intervalUs: 10e6, offsetUs: 5e6, jumps: 0});
	t.is(Math.round(rtpPpm ?? 0), 100);
});

const packetOf = (sequence: number, timestamp: number, nal: number, piece: NalPiece) => ({
	...{ssrc: 1, sequence, timestamp, piece},
	...{nals: [nal], oddities: []},
});
type NalPiece = 'whole' | 'start' | 'middle' | 'end';

test('a picture whose packets differ in type or time is odd, one that lost a packet is not', t => {
	const meter = new OddityMeter('H264');
	const of = (...packets: ReturnType<typeof packetOf>[]) => {
		for (const packet of packets) meter.addPacket(packet);
		return meter.read();
	};
	t.like(of(packetOf(65_534, 0, 7, 'whole'), packetOf(65_535, 0, 5, 'start')), {timesWithin: 0});
	t.like(of(packetOf(0, 0, 5, 'middle'), packetOf(1, 0, 1, 'end')), {fragmentTypes: 1});
	t.like(of(packetOf(2, 3600, 1, 'start'), packetOf(3, 3690, 1, 'end')), {timesWithin: 1});
	t.like(of(packetOf(4, 7200, 6, 'whole'), packetOf(5, 7300, 1, 'whole')), {timesWithin: 2});
	t.like(of(packetOf(7, 9000, 5, 'middle'), packetOf(9, 9999, 1, 'end')), {
		timesWithin: 2,
		fragmentTypes: 1,
	});
});

test('slices, delimiters and key frames without an IDR are counted by picture', t => {
	const meter = new OddityMeter('H265');
	meter.addUnit({key: true, nals: [35, 32, 33, 34, 19, 19]});
	meter.addUnit({key: true, nals: [39, 1, 1, 1]});
	meter.addUnit({key: false, nals: [35, 1]});
	t.like(meter.read(), {slices: 3, delimiters: 2, recoveryPoints: 1});
	const sound = new OddityMeter('MPEG4-GENERIC');
	sound.addUnit({key: true, nals: []});
	t.like(sound.read(), {slices: 0, recoveryPoints: 0});
});
