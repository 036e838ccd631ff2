// acceptance/rtsp-cameras.md, lines 17, 20 to 22, 25 and 28 with H.265.
import test from 'ava';
import {isPulled} from '../../../helpers/is-pulled.ts';
import {hevcType} from '../../../helpers/media.ts';
import type {Picture} from '../../../helpers/media.ts';
import {startPull, untilFrames} from '../../../helpers/pull.ts';
import {hevcPayloads} from '../../../helpers/rtp.ts';
import {startScriptedCamera} from '../../../helpers/scripted-camera.ts';
import type {Script} from '../../../helpers/scripted-camera.ts';

const hevc = (script: Script = {}): Script => ({pictures: 'hevc', ...script});

test(isPulled, 'a camera with H.265', hevc());
test(isPulled, 'a camera with H.265 and sound', hevc({hasSound: true}));

const fmtp = (change: (text: string) => string): Script =>
	hevc({sdp: sdp => sdp.replace(/^a=fmtp:96 .*$/m, change)});
test(
	isPulled,
	'17: a camera with H.265 whose fmtp lacks the PPS',
	fmtp(text => text.replace(/;sprop-pps=[^;]*/, '')),
);
test(
	isPulled,
	'17: a camera with H.265 whose fmtp has the SPS alone',
	fmtp(text => text.replace(/sprop-vps=[^;]*;/, '').replace(/;sprop-pps=[^;]*/, '')),
);
test(
	isPulled,
	'17: a camera with H.265 and an empty fmtp',
	fmtp(() => 'a=fmtp:96'),
);

const isSet = (nal: Buffer): boolean => [32, 33, 34].includes(hevcType(nal));
test(
	isPulled,
	'20: a camera with H.265 and start codes inside its packets',
	hevc({
		payloads: ({nals, ...rest}) => {
			const sets = nals.filter(isSet);
			const slices = hevcPayloads({...rest, nals: nals.filter(nal => !isSet(nal))});
			const joined = sets.flatMap((nal, index) => (index > 0 ? [startCode, nal] : [nal]));
			return sets.length > 0 ? [Buffer.concat(joined), ...slices] : slices;
		},
	}),
);
const startCode = Buffer.from([0, 0, 0, 1]);

/** A whole NAL unit as its only fragment. */
const inOneFragment = (nal: Buffer): Buffer =>
	Buffer.concat([
		Buffer.from([(nal[0]! & 0x81) | (49 << 1), nal[1]!, 0xc0 | hevcType(nal)]),
		nal.subarray(2),
	]);
test(
	isPulled,
	'21: a camera with H.265 whose fragments begin and end at once (OpenIPC)',
	hevc({
		payloads: ({nals, ...rest}) =>
			nals.flatMap(nal =>
				nal.length < 1200 ? [inOneFragment(nal)] : hevcPayloads({...rest, nals: [nal]}),
			),
	}),
);
test(
	isPulled,
	'22: a camera with H.265 that sends its parameter sets in the description only',
	hevc({
		payloads: ({nals, ...rest}: Picture) =>
			hevcPayloads({...rest, nals: nals.filter(nal => !isSet(nal))}),
	}),
);

test('line 25: temporal layers, scaling lists, B-frames and slices of H.265 are understood', async t => {
	const camera = await startScriptedCamera(t, {pictures: 'hevc-sets'});
	const pull = startPull(t, camera.url());
	await untilFrames(camera, pull, 80);
	const [video] = pull.epochs[0]!.tracks;
	t.like(video, {type: 'h265', width: 320, height: 240});
	t.true(video?.type === 'h265' && video.maxReorderFrames > 0);
	t.like(pull.stats(), {damagedFrames: 0, lostPackets: 0, epoch: 1});
});
