import test from 'ava';
import type {TrackInfo} from '../../../../lib/native/binding.ts';
import {chooseTracks} from '../../../../lib/protocols/mse/choose-tracks.ts';

const track = (kind: string, codec: string, playable: string, more: object = {}) =>
	({kind, codec, playable, fmp4: playable, ...more}) as TrackInfo;

const tracks = [
	track('other', 'VND.ONVIF.METADATA', ''),
	track('video', 'H265', 'hvc1.1.6.L93.B0', {width: 640, height: 480}),
	track('video', 'H264', 'avc1.64001f', {width: 320, height: 240}),
	track('audio', 'MPEG4-GENERIC', 'mp4a.40.2'),
];

test('the first picture and the first sound that the viewer decodes are chosen', t => {
	t.deepEqual(chooseTracks(tracks, {decodes: ['avc1', 'mp4a'], audio: true}), {
		tracks: [
			{track: 2, kind: 'video', codec: 'avc1.64001f', width: 320, height: 240},
			{track: 3, kind: 'audio', codec: 'mp4a.40.2'},
		],
		lacks: ['H265'],
	});
	const {tracks: chosen} = chooseTracks(tracks, {decodes: ['HVC1', 'avc1'], audio: true});
	t.deepEqual(
		chosen.map(it => it.track),
		[1],
	);
});

test('sound is left out where it is not wanted', t => {
	const {tracks: chosen} = chooseTracks(tracks, {decodes: ['avc1', 'mp4a'], audio: false});
	t.deepEqual(
		chosen.map(it => it.track),
		[2],
	);
});

test('the beginning of a name ends at a dot', t => {
	const {tracks: chosen} = chooseTracks(tracks, {decodes: ['mp4a.40.29', 'mp4', 'a'], audio: true});
	t.deepEqual(chosen, []);
});
