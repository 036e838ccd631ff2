import test from 'ava';
import {
	formatMediaPlaylist,
	formatMultivariantPlaylist,
	measureBandwidth,
} from '../../../../lib/protocols/hls/playlist.ts';
import type {SegmentFacts} from '../../../../lib/protocols/hls/playlist.ts';

const segment = (sequence: number, more: Partial<SegmentFacts> = {}): SegmentFacts => ({
	sequence,
	uri: `s${sequence}.m4s`,
	initUri: 'i1.mp4',
	durationUs: 2_000_000,
	captureUs: 1_700_000_000_123_456 + sequence * 2_000_000,
	discontinuity: false,
	bytes: 1000,
	parts: [],
	...more,
});

test('a media playlist names init section, times and segments', t => {
	const segments = [segment(4), segment(5, {durationUs: 1_960_001})];
	t.is(
		formatMediaPlaylist({targetDuration: 2, discontinuitySequence: 1, segments}),
		`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:4
#EXT-X-DISCONTINUITY-SEQUENCE:1
#EXT-X-MAP:URI="i1.mp4"
#EXT-X-PROGRAM-DATE-TIME:2023-11-14T22:13:28.123Z
#EXTINF:2.000000,
s4.m4s
#EXT-X-PROGRAM-DATE-TIME:2023-11-14T22:13:30.123Z
#EXTINF:1.960001,
s5.m4s
`,
	);
});

test('a new init section comes with its discontinuity, before the segment that needs it', t => {
	const segments = [segment(0), segment(1, {initUri: 'i2.mp4', discontinuity: true})];
	t.regex(
		formatMediaPlaylist({targetDuration: 2, discontinuitySequence: 0, segments}),
		/s0\.m4s\n#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI="i2\.mp4"\n#EXT-X-PROGRAM.*\n#EXTINF.*\ns1\.m4s\n$/,
	);
});

test('a multivariant playlist describes its variant', t => {
	const variant = {
		codecs: 'avc1.64001f,mp4a.40.2',
		width: 1920,
		height: 1080,
		frameRate: 30_000 / 1001,
		bandwidth: 3_000_001,
		averageBandwidth: 2_500_000,
		uri: 'stream.m3u8?session=x',
	};
	t.is(
		formatMultivariantPlaylist(variant),
		`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-STREAM-INF:BANDWIDTH=3000001,AVERAGE-BANDWIDTH=2500000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=1920x1080,FRAME-RATE=29.970
stream.m3u8?session=x
`,
	);
});

test('what is not known is not said', t => {
	const variant = {codecs: 'mp4a.40.2', width: 0, height: 0, frameRate: 0};
	const text = formatMultivariantPlaylist({
		...variant,
		bandwidth: 1,
		averageBandwidth: 1,
		uri: 'x',
	});
	t.false(/RESOLUTION|FRAME-RATE/.test(text));
});

test('the bandwidth is that of the largest segment, the average that of all', t => {
	const segments = [
		segment(0, {bytes: 250_000, durationUs: 1_000_000}),
		segment(1, {bytes: 250_000, durationUs: 3_000_000}),
	];
	t.deepEqual(measureBandwidth(segments), {bandwidth: 2_000_000, averageBandwidth: 1_000_000});
});
