import test from 'ava';
import type {TrackInfo} from '../../../../lib/native/binding.ts';
import {
	choosePushTracks,
	describeMedia,
	planPush,
} from '../../../../lib/protocols/rtmp/push-tracks.ts';
import {videoTrack} from '../../../helpers/scripted-source.ts';

const aac = {
	...{kind: 'audio', codec: 'MPEG4-GENERIC', type: 'aac', clockRateHz: 48_000},
	...{sampleRateHz: 48_000, channels: 2},
} as TrackInfo;
const other = (kind: string, codec: string) => ({kind, codec, type: kind}) as TrackInfo;
const metadata = other('other', 'VND.ONVIF.METADATA');

const chosen = test.macro({
	exec(t, tracks: TrackInfo[], expected: object | undefined) {
		t.deepEqual(choosePushTracks(tracks), expected);
	},
	title: (_, tracks: TrackInfo[]) => `of ${tracks.map(({codec}) => codec).join(', ') || 'nothing'}`,
});

test(chosen, [], undefined);
test(chosen, [metadata, aac, videoTrack], {video: 2, audio: 1});
test(chosen, [videoTrack, videoTrack], {video: 0});
test(chosen, [aac], {audio: 0});
test(chosen, [videoTrack, other('audio', 'PCMU')], undefined);
test(chosen, [other('video', 'H265'), aac], undefined);
test(chosen, [metadata], undefined);

test('what stays out is told', t => {
	t.deepEqual(
		planPush([videoTrack, aac, metadata], {video: 0, audio: 1}).map(({to}) => to),
		['H264', 'MPEG4-GENERIC', ''],
	);
});

test('players are told of pictures and sound that there are', t => {
	t.deepEqual(describeMedia([aac], {audio: 0}), {
		audiocodecid: 10,
		audiosamplerate: 48_000,
		audiosamplesize: 16,
		audiochannels: 2,
		stereo: true,
		encoder: 'Sluice',
	});
	t.like(describeMedia([videoTrack], {video: 0}), {videocodecid: 7});
});
