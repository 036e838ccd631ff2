// acceptance/rtsp-cameras.md, lines 7, 8, 18 to 24, 26 and 28: what cameras do to their media.
import {Buffer} from 'node:buffer';
import test from 'ava';
import {cite, isPulled} from '../../../helpers/is-pulled.ts';
import {loadPictures, nalType} from '../../../helpers/media.ts';
import type {Picture} from '../../../helpers/media.ts';
import {startPull, startWatchedPull, untilFrames} from '../../../helpers/pull.ts';
import {aggregate, interleave, picturePayloads, senderReport} from '../../../helpers/rtp.ts';
import type {Packet} from '../../../helpers/rtp.ts';
import {startScriptedCamera} from '../../../helpers/scripted-camera.ts';
import type {Script} from '../../../helpers/scripted-camera.ts';
import {until} from '../../../helpers/until.ts';

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
const sei = Buffer.from('0605026f7280', 'hex');
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
	title: (_, line) => cite(line as string, 'pictures keep coming from'),
});

// Line 7.
test(isPulled, '7: a camera that sends data on channels nobody set up', {
	wire: frames => frames.flatMap(frame => [interleave(9, Buffer.alloc(300, 0x24)), frame]),
});
test(isPulled, "7: a camera that sends another session's packets on our channel", {
	packets: (packets, index) =>
		packets.flatMap(packet => [packet, {...packet, ssrc: 99, sequence: index, timestamp: index}]),
});

test('line 7: pictures come from a camera that sends what is left of another session for 65 s, and afterwards', async t => {
	const foreign = 65 * 25;
	const camera = await startScriptedCamera(t, {
		pace: 25,
		packets: (packets, index) =>
			packets.flatMap(packet =>
				index < foreign
					? [{...packet, ssrc: 99, sequence: packet.sequence + 500, timestamp: index}, packet]
					: [packet],
			),
	});
	const pull = startPull(t, camera.url());
	await untilFrames(camera, pull, foreign + 100);
	t.like(pull.stats(), {damagedFrames: 0, lostPackets: 0, resyncs: 0});
	t.is(pull.epochs.length, 2, 'the foreign packets came first, and end');
	t.is(camera.sessions.length, 1);
});
test(isPulled, '7: a camera that sends 20 MB at once in between', {
	wire: (frames, index) =>
		index === 10
			? [...Array.from({length: 320}, () => interleave(9, Buffer.alloc(65_000))), ...frames]
			: frames,
});

// Line 8: habr 213063 and 219491.
test('line 8: a camera that cuts one frame in 50 at any byte loses only those in a minute of media', async t => {
	const minute = 1500;
	const random = randomNumbers(7);
	let sent = 0;
	let cuts = 0;
	const cut = (frame: Buffer): Buffer => {
		if (random(50) !== 0) return frame;
		cuts++;
		return frame.subarray(0, 1 + random(frame.length - 1));
	};
	const camera = await startScriptedCamera(t, {
		hasSound: true,
		pace: 10,
		wire: (frames, index, session) => {
			sent += frames.length;
			if (index === minute) session.stop();
			return index === minute ? frames : frames.map(cut);
		},
	});
	const pull = startPull(t, camera.url());
	await camera.untilPicture(() => camera.sessions[0]?.isPlaying === false && sent > 0);
	await until(() => pull.stats().packets >= sent - cuts);
	t.true(cuts > 100);
	t.is(pull.stats().packets, sent - cuts);
	t.true(pull.stats().lostPackets <= cuts);
	t.true(pull.stats().keyFrames > 30);
	t.is(pull.epochs.length, 1);
	t.is(camera.sessions.length, 1);
});
test(
	goesOn,
	'8: a camera that cuts a frame and answers a question behind it',
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
	'8: a camera that puts garbage between frames',
	{
		wire: (frames, index) =>
			index % 20 === 19 ? [Buffer.from('garbage$\0\x01 and more'), ...frames] : frames,
	},
	({stats}) => stats().frames >= 100,
);

// Lines 18 and 19.
test(isPulled, '18: a camera that sets no marker (FLIR M400)', {
	packets: packets => packets.map(packet => ({...packet, marker: false})),
});
test(isPulled, '19: a camera whose parameter sets have the time of the picture before', {
	packets: packets => {
		const isSet = ({payload}: Packet) => [7, 8].includes(nalType(payload));
		return packets.map(packet =>
			isSet(packet) ? {...packet, timestamp: packet.timestamp - 3600} : packet,
		);
	},
});

test(isPulled, '19: a camera whose time changes within a picture', {
	packets: packets =>
		packets.map((packet, index) =>
			index > 0 && !packet.marker ? {...packet, timestamp: packet.timestamp + 90} : packet,
		),
});

// Line 20.
test(isPulled, '20: a camera with a start code in front of each NAL unit (V380)', {
	payloads: ({nals, ...rest}) =>
		picturePayloads({...rest, nals: nals.filter(nal => nal.length < 1000)}, 2000)
			.map(nal => annexB([nal]))
			.concat(picturePayloads({...rest, nals: nals.filter(nal => nal.length >= 1000)})),
});
test(isPulled, '20: a camera with parameter sets and IDR in one packet', {
	payloads: ({nals}) => [annexB(nals).subarray(startCode.length)],
});
test(isPulled, '20: a camera with start codes inside an aggregate', {
	payloads: ({nals, ...rest}) => {
		const sets = nals.filter(nal => !isSlice(nal));
		const slices = picturePayloads({...rest, nals: nals.filter(isSlice)});
		return sets.length > 0 ? [aggregate([annexB(sets).subarray(4)]), ...slices] : slices;
	},
});
test(isPulled, '20: a camera with start codes inside fragments (V380)', {
	payloads: ({nals, ...rest}) => picturePayloads({...rest, nals: [annexB(nals).subarray(4)]}),
});
test(isPulled, '20: a camera that sends parameter sets as an aggregate', {
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
	'21: a camera that sets the reserved bit of fragments',
	eachFragment(payload => {
		payload[1]! |= 0x20;
	}),
);
test(
	isPulled,
	'21: a camera whose NAL type changes within fragments (Tiandy)',
	eachFragment((payload, isFirst) => {
		if (!isFirst) payload[1] = (payload[1]! & 0xe0) | 1;
	}),
);

// Line 22.
const withoutSets = ({nals, ...rest}: Picture): Buffer[] =>
	picturePayloads({...rest, nals: nals.filter(isSlice)});
test(isPulled, '22: a camera that sends its parameter sets in the description only', {
	payloads: withoutSets,
});

test('line 22: a camera that changes its resolution begins a new epoch', async t => {
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
test('line 23: a camera with four slices and a delimiter in each picture gives one frame a picture', async t => {
	const camera = await startScriptedCamera(t, {pictures: 'slices'});
	const pull = startPull(t, camera.url());
	let sent = 0;
	camera.on('picture', count => (sent = count));
	await untilFrames(camera, pull, 50);
	t.true(pull.stats().frames <= sent);
	t.like(pull.stats(), {damagedFrames: 0});
});
test(isPulled, '23: a camera with packets of 10 KB (Tapo)', {
	payloads: picture => picturePayloads(picture, 10_000),
});

test('line 23: a camera with UDP packets of 10 KB (Tapo) is pulled', async t => {
	const camera = await startScriptedCamera(t, {
		udp: 'announced',
		payloads: picture => picturePayloads(picture, 10_000),
	});
	const pull = startPull(t, camera.url(), {rtspTransport: 'udp'});
	await untilFrames(camera, pull);
	t.like(pull.stats(), {damagedFrames: 0, lostPackets: 0});
});
test(isPulled, '23: a camera with SEI in front of each picture', {
	payloads: ({nals, ...rest}) => picturePayloads({...rest, nals: [sei, ...nals]}),
});

// Line 24.
test(isPulled, '24: a camera that sends payload types it never announced (Geovision)', {
	packets: packets =>
		packets.flatMap(packet => [{...packet, payloadType: 112, ssrc: 5, sequence: 4}, packet]),
});
test(isPulled, '24: a camera whose SSRC is not the one it named', {
	packets: packets => packets.map(packet => ({...packet, ssrc: 0xabcdef})),
});
test(isPulled, '24: a camera that sends a late packet of the session before (Reolink)', {
	packets: (packets, index) =>
		index === 0 ? [{...packets[0]!, ssrc: 1, sequence: 60_000, timestamp: 5}, ...packets] : packets,
});
test(isPulled, '24: a camera with RTCP of an unknown SSRC', {
	wire: frames => [interleave(1, senderReport(77, 1, 1)), ...frames],
});
test(isPulled, '24: a camera with broken RTCP (Hanwha)', {
	wire: frames => [interleave(1, Buffer.from([0x80, 200, 0xff, 0xff, 1])), ...frames],
});

// Line 26.
test(
	goesOn,
	'26: a camera that drops packets itself',
	{packets: (packets, index) => (index % 25 === 10 ? packets.slice(1) : packets)},
	({stats}) => stats().lostPackets > 0 && stats().damagedFrames > 0 && stats().resyncs === 0,
);

// Line 28.
test('line 28: a camera with B-frames is pulled with the number of them', async t => {
	const camera = await startScriptedCamera(t, {pictures: 'bframes'});
	const pull = startPull(t, camera.url());
	await untilFrames(camera, pull, 60);
	const [video] = pull.epochs[0]!.tracks;
	t.true(video?.type === 'h264' && video.maxReorderFrames > 0);
	t.like(pull.stats(), {damagedFrames: 0, epoch: 1});
});

test('line 28: a camera with fourteen B-frames in a row gives every picture', async t => {
	const camera = await startScriptedCamera(t, {pictures: 'reordered'});
	const pull = startWatchedPull(t, camera.url());
	await untilFrames(camera, pull, 100);
	const times = pull.units.slice(0, 75).map(({ptsUs}) => ptsUs);
	const steps = times.toSorted((a, b) => a - b).map((time, index, all) => time - all[index - 1]!);
	t.deepEqual([...new Set(steps.slice(1, 60))], [40_000]);
	t.like(pull.stats(), {damagedFrames: 0, epoch: 1});
});

// Line 29.
test('line 29: a camera with a key frame every twelve seconds is pulled through both', async t => {
	const camera = await startScriptedCamera(t, {pictures: 'rare', pace: 8});
	const pull = startPull(t, camera.url());
	await camera.untilPicture(() => pull.stats().keyFrames >= 2);
	t.true(pull.stats().pictures > 300);
	t.like(pull.stats(), {damagedFrames: 0, lostPackets: 0, epoch: 1});
});
test('line 29: a camera that refreshes its pictures bit by bit begins at a recovery point', async t => {
	const camera = await startScriptedCamera(t, {
		pictures: 'refresh',
		payloads: (picture, index) => (index < 5 ? [] : picturePayloads(picture)),
	});
	const pull = startPull(t, camera.url());
	await camera.untilPicture(() => pull.stats().keyFrames >= 2);
	t.like(pull.epochs[0]?.tracks[0], {type: 'h264', width: 320, height: 240});
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
