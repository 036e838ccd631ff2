// acceptance/rtsp-cameras.md, lines 7, 8, 18 to 24, 26 and 28: what cameras do to their media.
import {Buffer} from 'node:buffer';
import test from 'ava';
import {isPulled} from '../../../helpers/is-pulled.ts';
import {loadPictures, nalType} from '../../../helpers/media.ts';
import type {Picture} from '../../../helpers/media.ts';
import {startPull, untilFrames} from '../../../helpers/pull.ts';
import {aggregate, interleave, picturePayloads, senderReport} from '../../../helpers/rtp.ts';
import type {Packet} from '../../../helpers/rtp.ts';
import {startScriptedCamera} from '../../../helpers/scripted-camera.ts';
import type {Script} from '../../../helpers/scripted-camera.ts';

/** Numbers that look random and are the same every time. */
const randomNumbers = (seed: number) => {
	let state = seed;
	return (below: number): number => {
		state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
		return (state >>> 8) % below;
	};
};

const startCode = Buffer.from([0, 0, 0, 1]);
const annexB = (nals: Buffer[]): Buffer => Buffer.concat(nals.flatMap(nal => [startCode, nal]));
const isSlice = (nal: Buffer): boolean => nalType(nal) === 1 || nalType(nal) === 5;

/** Pictures keep coming, on the first connection, whatever is lost. */
const goesOn = test.macro({
	async exec(
		t,
		_line: string,
		script: Script,
		checked: (pull: ReturnType<typeof startPull>) => boolean,
	) {
		const camera = await startScriptedCamera(t, script);
		const pull = startPull(t, camera.url());
		await untilFrames(camera, pull, 100);
		t.true(checked(pull), JSON.stringify(pull.stats()));
		t.true(pull.stats().keyFrames >= 3);
		t.is(pull.epochs.length, 1);
		t.is(camera.sessions.length, 1);
	},
	title: (_, line) => `pictures keep coming from ${line}`,
});

// Line 7.
test(isPulled, 'a camera that sends data on channels nobody set up', {
	wire: frames => frames.flatMap(frame => [interleave(9, Buffer.alloc(300, 0x24)), frame]),
});
test(isPulled, "a camera that sends another session's packets on our channel", {
	packets: (packets, index) =>
		packets.flatMap(packet => [packet, {...packet, ssrc: 99, sequence: index, timestamp: index}]),
});

test(isPulled, 'a camera that sends 20 MB at once in between', {
	wire: (frames, index) =>
		index === 10
			? [...Array.from({length: 320}, () => interleave(9, Buffer.alloc(65_000))), ...frames]
			: frames,
});

// Line 8: habr 213063 and 219491.
const cut = randomNumbers(7);
test(
	goesOn,
	'a camera that cuts every 50th frame at any byte',
	{
		wire: frames =>
			frames.map(frame => (cut(50) === 0 ? frame.subarray(0, 1 + cut(frame.length - 1)) : frame)),
	},
	({stats}) => stats().resyncs > 0,
);
test(
	goesOn,
	'a camera that cuts a frame and answers a question behind it',
	{
		wire: (frames, index) => {
			const answer = Buffer.from('RTSP/1.0 200 OK\r\nCSeq: 9999\r\n\r\n');
			return index % 25 === 12 ? [frames[0]!.subarray(0, 50), answer, ...frames.slice(1)] : frames;
		},
	},
	({stats}) => stats().damagedFrames > 0,
);
test(
	goesOn,
	'a camera that puts garbage between frames',
	{
		wire: (frames, index) =>
			index % 20 === 19 ? [Buffer.from('garbage$\0\x01 and more'), ...frames] : frames,
	},
	({stats}) => stats().frames >= 100,
);

// Lines 18 and 19.
test(isPulled, 'a camera that sets no marker (FLIR M400)', {
	packets: packets => packets.map(packet => ({...packet, marker: false})),
});
test(isPulled, 'a camera whose parameter sets have the time of the picture before', {
	packets: packets => {
		const isSet = ({payload}: Packet) => [7, 8].includes(nalType(payload));
		return packets.map(packet =>
			isSet(packet) ? {...packet, timestamp: packet.timestamp - 3600} : packet,
		);
	},
});

// Line 20.
test(isPulled, 'a camera with a start code in front of each NAL unit (V380)', {
	payloads: ({nals, ...rest}) =>
		picturePayloads({...rest, nals: nals.filter(nal => nal.length < 1000)}, 2000)
			.map(nal => annexB([nal]))
			.concat(picturePayloads({...rest, nals: nals.filter(nal => nal.length >= 1000)})),
});
test(isPulled, 'a camera with parameter sets and IDR in one packet', {
	payloads: ({nals}) => [annexB(nals).subarray(startCode.length)],
});
test(isPulled, 'a camera with start codes inside an aggregate', {
	payloads: ({nals, ...rest}) => {
		const sets = nals.filter(nal => !isSlice(nal));
		const slices = picturePayloads({...rest, nals: nals.filter(isSlice)});
		return sets.length > 0 ? [aggregate([annexB(sets).subarray(4)]), ...slices] : slices;
	},
});
test(isPulled, 'a camera that sends parameter sets as an aggregate', {
	payloads: ({nals, ...rest}) => {
		const sets = nals.filter(nal => !isSlice(nal));
		const slices = picturePayloads({...rest, nals: nals.filter(isSlice)});
		return sets.length > 0 ? [aggregate(sets), ...slices] : slices;
	},
});

// Line 21.
const eachFragment = (change: (payload: Buffer, isFirst: boolean) => void): Script => ({
	payloads: picture =>
		picturePayloads(picture).map(payload => {
			if (nalType(payload) !== 28) return payload;
			const changed = Buffer.from(payload);
			change(changed, (payload[1]! & 0x80) !== 0);
			return changed;
		}),
});
test(
	isPulled,
	'a camera that sets the reserved bit of fragments',
	eachFragment(payload => {
		payload[1]! |= 0x20;
	}),
);
test(
	isPulled,
	'a camera whose NAL type changes within fragments (Tiandy)',
	eachFragment((payload, isFirst) => {
		if (!isFirst) payload[1] = (payload[1]! & 0xe0) | 1;
	}),
);

// Line 22.
const withoutSets = ({nals, ...rest}: Picture): Buffer[] =>
	picturePayloads({...rest, nals: nals.filter(isSlice)});
test(isPulled, 'a camera that sends its parameter sets in the description only', {
	payloads: withoutSets,
});

test('a camera that changes its resolution begins a new epoch', async t => {
	const other = loadPictures('other');
	const camera = await startScriptedCamera(t, {
		payloads: (picture, index) => picturePayloads(index < 50 ? picture : other[index % 100]!),
	});
	const pull = startPull(t, camera.url());
	await camera.untilPicture(() => pull.epochs.length === 2);
	t.like(pull.epochs[1]!.tracks[0], {type: 'h264', width: 640, height: 360});
	await untilFrames(camera, pull, pull.stats().frames + 30);
	t.like(pull.stats(), {damagedFrames: 0, epoch: 2});
	t.is(camera.sessions.length, 1);
});

// Line 23.
test('a camera with four slices and a delimiter in each picture gives one frame a picture', async t => {
	const camera = await startScriptedCamera(t, {pictures: 'slices'});
	const pull = startPull(t, camera.url());
	let sent = 0;
	camera.on('picture', count => (sent = count));
	await untilFrames(camera, pull, 50);
	t.true(pull.stats().frames <= sent);
	t.like(pull.stats(), {damagedFrames: 0});
});
test(isPulled, 'a camera with packets of 10 KB (Tapo)', {
	payloads: picture => picturePayloads(picture, 10_000),
});

// Line 24.
test(isPulled, 'a camera that sends payload types it never announced (Geovision)', {
	packets: packets =>
		packets.flatMap(packet => [{...packet, payloadType: 112, ssrc: 5, sequence: 4}, packet]),
});
test(isPulled, 'a camera whose SSRC is not the one it named', {
	packets: packets => packets.map(packet => ({...packet, ssrc: 0xabcdef})),
});
test(isPulled, 'a camera that sends a late packet of the session before (Reolink)', {
	packets: (packets, index) =>
		index === 0 ? [{...packets[0]!, ssrc: 1, sequence: 60_000, timestamp: 5}, ...packets] : packets,
});
test(isPulled, 'a camera with RTCP of an unknown SSRC', {
	wire: frames => [interleave(1, senderReport(77, 1, 1)), ...frames],
});
test(isPulled, 'a camera with broken RTCP (Hanwha)', {
	wire: frames => [interleave(1, Buffer.from([0x80, 200, 0xff, 0xff, 1])), ...frames],
});

// Line 26.
test(
	goesOn,
	'a camera that drops packets itself',
	{packets: (packets, index) => (index % 25 === 10 ? packets.slice(1) : packets)},
	({stats}) => stats().lostPackets > 0 && stats().damagedFrames > 0 && stats().resyncs === 0,
);

// Line 28.
test('a camera with B-frames is pulled with the number of them', async t => {
	const camera = await startScriptedCamera(t, {pictures: 'bframes'});
	const pull = startPull(t, camera.url());
	await untilFrames(camera, pull, 60);
	const [video] = pull.epochs[0]!.tracks;
	t.true(video?.type === 'h264' && video.maxReorderFrames > 0);
	t.like(pull.stats(), {damagedFrames: 0, epoch: 1});
});

test(
	goesOn,
	'a camera whose sequence numbers wrap around',
	{packets: packets => packets.map(packet => ({...packet, sequence: packet.sequence + 64_500}))},
	({stats}) => stats().damagedFrames === 0 && stats().lostPackets === 0,
);

test('a picture is passed on unharmed through any fragment size', async t => {
	for (const maxBytes of [60, 333, 60_000]) {
		const camera = await startScriptedCamera(t, {
			payloads: picture => picturePayloads(picture, maxBytes),
		});
		const pull = startPull(t, camera.url());
		await untilFrames(camera, pull, 10);
		t.like(pull.stats(), {damagedFrames: 0, lostPackets: 0});
	}
});
