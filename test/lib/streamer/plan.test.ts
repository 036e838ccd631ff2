import test from 'ava';
import type {PlannedTrack} from '../../../lib/native/binding.ts';
import {describePlan} from '../../../lib/streamer/plan.ts';
import {videoTrack} from '../../helpers/scripted-source.ts';

const track = (kind: PlannedTrack['kind'], from: string, to = from): PlannedTrack => ({
	kind,
	from,
	to,
	transcoded: to !== from && to !== '',
});

const says = test.macro({
	exec: (t, tracks: PlannedTrack[], text: string) => t.is(describePlan(tracks), text),
	title: (_, __, text) => `the plan says: ${text}`,
});

const aac = track('audio', 'MPEG4-GENERIC');
test(says, [track('video', 'H264'), aac], 'H.264 and AAC pass through');
test(says, [track('video', 'VP9', 'H264'), aac], 'AAC passes through; VP9 becomes H.264');
test(
	says,
	[track('video', 'H265', 'H264'), track('audio', 'OPUS', 'MPEG4-GENERIC')],
	'H.265 becomes H.264; Opus becomes AAC',
);
test(
	says,
	[track('video', 'H264'), track('audio', 'MPA'), aac, track('other', 'text/x-raw', '')],
	'H.264, MP3 and AAC pass through; text/x-raw stays out',
);
test(says, [], 'no tracks');

test('the plan names the height where it is known', t => {
	t.is(
		describePlan([track('video', 'H264'), aac], [videoTrack]),
		'H.264 1080p and AAC pass through',
	);
});
