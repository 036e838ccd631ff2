import test from 'ava';
import type {TrackInfo} from '../../../../lib/native/binding.ts';
import {describe, payloadTypeOf} from '../../../../lib/protocols/rtsp/describe.ts';
import {aacTrack, h264Track} from '../../../helpers/rtsp-server.ts';

const sound = (codec: string, clockRateHz: number, channels = 1): TrackInfo => ({
	...{kind: 'audio', type: 'audio', codec, clockRateHz, channels},
	...{sampleRateHz: clockRateHz, fmp4: '', playable: ''},
});
const stranger = (payloadType: number): TrackInfo => ({
	...{kind: 'audio', type: 'opaque', codec: 'GSM', clockRateHz: 8000, encoding: 'GSM/8000'},
	...{fmtp: '', payloadType, fmp4: '', playable: ''},
});

const isMarkedBy = test.macro({
	exec(t, tracks: TrackInfo[], types: number[]) {
		t.deepEqual(
			tracks.map((_, index) => payloadTypeOf(tracks, index)),
			types,
		);
		const described = [
			...describe('cam', tracks, '127.0.0.1').matchAll(/^m=\w+ 0 RTP\/AVP (\d+)/gm),
		];
		t.deepEqual(
			described.map(([, type]) => Number(type)),
			types,
		);
	},
	title: (_, tracks: TrackInfo[], types: number[]) =>
		`${tracks.map(({codec, clockRateHz}) => `${codec}/${clockRateHz}`).join(', ')} have the payload types ${types.join(', ')}`,
});

test(isMarkedBy, [h264Track, aacTrack], [96, 97]);
test(isMarkedBy, [h264Track, sound('PCMU', 8000), sound('PCMA', 8000)], [96, 0, 8]);
test(isMarkedBy, [sound('PCMU', 8000), sound('PCMU', 8000)], [0, 97]);
test(isMarkedBy, [sound('PCMU', 16_000), sound('MPA', 90_000, 2)], [96, 14]);
test(
	isMarkedBy,
	[sound('L16', 44_100, 2), sound('L16', 44_100), sound('L16', 48_000)],
	[10, 11, 98],
);
test(isMarkedBy, [stranger(3), stranger(3), stranger(99), stranger(0)], [3, 97, 98, 99]);

test('however many tracks there are, payload types are of seven bits', t => {
	const tracks = Array.from({length: 64}, () => h264Track);
	t.true(tracks.every((_, index) => payloadTypeOf(tracks, index) < 128));
});
