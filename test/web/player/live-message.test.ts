import test from 'ava';
import fc from 'fast-check';
import {parseInit, parseMedia} from '../../../web/player/live-message.ts';
import {ServerClock} from '../../../web/player/server-clock.ts';

test('a message is read as the protocol describes it', t => {
	const bytes = Buffer.alloc(27, 0xaa);
	bytes.set([2, 5, 3, 0], 0);
	bytes.writeUInt32BE(0xfffffffe, 4);
	bytes.writeBigInt64BE(-40_000n, 8);
	bytes.writeBigInt64BE(1_700_000_000_000_000n, 16);
	const media = parseMedia(new Uint8Array(bytes).buffer);
	t.deepEqual(media?.header, {
		...{type: 'media', isKey: true, isDiscontinuity: true, track: 3, sequence: 0xfffffffe},
		...{presentationUs: -40_000, captureUs: 1_700_000_000_000_000},
	});
	t.deepEqual([...media!.payload], [0xaa, 0xaa, 0xaa]);
});

test('what is too short or of another kind is none, and nothing is thrown', t => {
	fc.assert(
		fc.property(fc.uint8Array({maxLength: 60}), bytes => {
			const media = parseMedia(new Uint8Array(bytes).buffer);
			if (bytes.length < 24 || ![1, 2].includes(bytes[0]!)) t.is(media, undefined);
			else t.is(parseInit(media!.payload).section.length <= media!.payload.length, true);
		}),
	);
});

test('the clock of the server is told by the probe that was there and back the fastest', t => {
	const clock = new ServerClock();
	t.is(clock.offsetUs, undefined);
	clock.add({t1: 1000, t2: 51_000, t3: 51_000, t4: 61_000});
	clock.add({t1: 100_000, t2: 141_000, t3: 142_000, t4: 103_000});
	clock.add({t1: 200_000, t2: 290_000, t3: 290_000, t4: 300_000});
	t.is(clock.offsetUs, 40_000);
	t.is(clock.errorUs, 1000);
});
