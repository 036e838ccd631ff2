// acceptance/rtsp-cameras.md, line 27: what becomes of packets on their way over UDP.
import test from 'ava';
import {cite} from '../../../helpers/is-pulled.ts';
import {startWatchedPull, untilFrames} from '../../../helpers/pull.ts';
import type {Packet} from '../../../helpers/rtp.ts';
import {startScriptedCamera} from '../../../helpers/scripted-camera.ts';
import type {Script} from '../../../helpers/scripted-camera.ts';

/** Nothing is lost, and pictures come in their order. */
const comesWhole = test.macro({
	async exec(t, _line: string, script: Script) {
		const camera = await startScriptedCamera(t, {udp: 'announced', ...script});
		const pull = startWatchedPull(t, camera.url(), {rtspTransport: 'udp'});
		await untilFrames(camera, pull, 80);
		t.like(pull.stats(), {damagedFrames: 0, lostPackets: 0, epoch: 1});
		const times = pull.units.map(({ptsUs}) => ptsUs);
		t.deepEqual(
			times,
			times.toSorted((a, b) => a - b),
		);
	},
	title: (_, line) => cite(line as string, 'pictures come whole over UDP from'),
});

const swapped = ([first, second, ...rest]: Packet[]): Packet[] =>
	second ? [second, first!, ...rest] : [first!];

/** The last packet of each picture comes behind the first of the next. */
const overtaking = () => {
	let late: Packet[] = [];
	return (packets: Packet[]): Packet[] => {
		const [first, ...rest] = packets;
		const sent = [first!, ...late, ...rest.slice(0, -1)];
		late = rest.slice(-1);
		return sent;
	};
};

/** What comes before the first packet that is seen cannot be told from what is late. */
const fromSecond =
	(change: (packets: Packet[]) => Packet[]) =>
	(packets: Packet[], index: number): Packet[] =>
		index === 0 ? packets : change(packets);

test(comesWhole, '27: a camera whose packets are reordered', {packets: fromSecond(swapped)});
test(comesWhole, '27: a camera whose pictures overtake each other', {packets: overtaking()});
test(comesWhole, '27: a camera whose packets come in reverse', {
	packets: fromSecond(packets => packets.toReversed()),
});
test(comesWhole, '27: a camera whose packets come twice', {
	packets: packets => packets.flatMap(packet => [packet, packet]),
});
test(comesWhole, '27: a camera whose pictures come twice', {
	packets: packets => [...packets, ...packets],
});
test(comesWhole, '27: a camera that sends from another port than promised', {udp: 'elsewhere'});
