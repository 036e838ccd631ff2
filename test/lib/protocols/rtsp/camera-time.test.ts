// acceptance/rtsp-cameras.md, lines 6 and 30 to 32: what cameras do to time.
import test from 'ava';
import type {UnitEvent} from '../../../../lib/native/inspected.ts';
import {startCamera} from '../../../helpers/camera.ts';
import {cite, isPulled, on} from '../../../helpers/is-pulled.ts';
import {startPull, startWatchedPull, untilFrames} from '../../../helpers/pull.ts';
import type {Packet} from '../../../helpers/rtp.ts';
import {startScriptedCamera} from '../../../helpers/scripted-camera.ts';
import type {Script, Track} from '../../../helpers/scripted-camera.ts';
import {until} from '../../../helpers/until.ts';

/** Of the camera's clock; 3.9 billion seconds since 1900 are 2023. */
const noon = 3_900_000_000;
const pictureUs = 40_000;

const shift =
	(ticks: number, which: Track = 'video') =>
	(packets: Packet[], _index: number, track: Track): Packet[] =>
		track === which
			? packets.map(packet => ({...packet, timestamp: packet.timestamp + ticks}))
			: packets;

const timesOf = (units: UnitEvent[], track: number): number[] =>
	units.filter(unit => unit.track === track).map(({ptsUs}) => ptsUs);

/** How much later than in the camera the sound comes against the pictures. */
const soundLagUs = (units: UnitEvent[]): number => timesOf(units, 1)[0]! - timesOf(units, 0)[0]!;

/** One epoch from the beginning on, every picture 40 ms after the one before. */
const keepsTime = test.macro({
	async exec(t, _line: string, script: Script, lagUs?: number) {
		const camera = await startScriptedCamera(t, script);
		const pull = startWatchedPull(t, camera.url());
		await untilFrames(camera, pull, script.hasSound ? 240 : 80);
		const times = timesOf(pull.units, 0);
		const steps = times.slice(1).map((time, index) => time - times[index]!);
		t.deepEqual([...new Set(steps)], [pictureUs]);
		t.like(pull.stats(), {damagedFrames: 0, epoch: 1});
		t.is(camera.sessions.length, 1);
		if (lagUs !== undefined) t.true(Math.abs(soundLagUs(pull.units) - lagUs) <= 1);
	},
	title: (_, line) => cite(line as string, 'pictures come at their times from'),
});

// Line 30.
const hoursOff = (seconds: number): Script => ({
	packets: (packets, index) =>
		index % 40 === 20 ? shift(seconds * 90_000)(packets, index, 'video') : packets,
});
test(keepsTime, '30: a camera with a single picture 9,800 s back (Intelbras)', hoursOff(-9800));
test(keepsTime, '30: a camera with a single picture 37,600 s ahead (Intelbras)', hoursOff(37_600));
test(keepsTime, '30: a camera whose time wraps around after 13 h 15 min', {
	packets: shift(-270_000),
});

test('line 30: a camera whose time begins anew goes on in a new epoch (Tapo)', async t => {
	const camera = await startScriptedCamera(t, {
		packets: (packets, index) => (index < 40 ? shift(3e9)(packets, index, 'video') : packets),
	});
	const pull = startPull(t, camera.url());
	await camera.untilPicture(() => pull.epochs.length === 2);
	await untilFrames(camera, pull, pull.stats().frames + 30);
	t.like(pull.stats(), {damagedFrames: 0, epoch: 2});
	t.is(camera.sessions.length, 1);
});

// Line 31.
const reports = (told: NonNullable<Script['reports']>): Script => ({hasSound: true, reports: told});
test(
	keepsTime,
	'31: a camera with sender reports',
	reports(seconds => noon + seconds),
	0,
);
test(keepsTime, '31: a camera without sender reports', {hasSound: true});
test(
	keepsTime,
	'31: a camera with sender reports on one track only',
	reports((seconds, track) => (track === 'audio' ? noon + seconds : undefined)),
);
test(
	keepsTime,
	'31: a camera whose clock is set by SNTP',
	reports(seconds => (seconds < 1 ? seconds : noon + seconds)),
);
test(
	keepsTime,
	'31: a camera whose sender reports jump (Dahua Starlight)',
	reports((seconds, track) =>
		track === 'video' && Math.floor(seconds) === 2 ? noon + seconds + 3 : noon + seconds,
	),
	0,
);
test(
	keepsTime,
	'31: a camera that does not know the time',
	reports(() => 0),
);
test(
	keepsTime,
	'31: a camera with malformed RTCP (Hanwha)',
	reports(() => Buffer.from([0x80, 200, 0xff, 0xff, 1, 2, 3, 4, 5, 6])),
);

// Line 32.
test(
	keepsTime,
	'32: a camera whose sound and picture begin at different zeros',
	{...reports(seconds => noon + seconds), packets: shift(123_456_789, 'audio')},
	0,
);
test(
	keepsTime,
	'32: a camera whose sound has a clock of another day',
	reports((seconds, track) => noon + seconds + (track === 'audio' ? 86_400 : 0)),
);
test(
	keepsTime,
	'32: a camera whose sound is late, by its sender reports',
	reports((seconds, track) => noon + seconds + (track === 'audio' ? 0.3 : 0)),
	300_000,
);

test(isPulled, '32: a camera whose clock runs 2 % fast', {hasSound: true, clockPpm: 20_000});

// Line 6.
const rtpInfo = (text: string): Script => ({
	hasSound: true,
	reply: on('PLAY', reply => {
		reply.headers.set('RTP-Info', text);
	}),
});
test(
	keepsTime,
	'6: a camera whose sound is late, by its RTP-Info',
	rtpInfo('url=picture;rtptime=90000,url=sound;rtptime=4294952896'),
	300_000,
);
test(
	keepsTime,
	'6: a camera whose RTP-Info is not true (OMNY)',
	rtpInfo('url=picture;seq=0;rtptime=7,url=sound;seq=0;rtptime=3000000000'),
);

test('an ordinary camera with sound is one epoch, whatever its sender reports say', async t => {
	const camera = await startCamera(t, {gop: 10});
	const pull = startWatchedPull(t, camera.url);
	await until(() => pull.stats().pictures >= 75);
	t.is(pull.epochs.length, 1);
});
