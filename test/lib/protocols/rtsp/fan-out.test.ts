import test from 'ava';
import {FanOuts} from '../../../../lib/protocols/rtsp/fan-out.ts';
import {Slices} from '../../../../lib/readers/slices.ts';
import {manualBlock} from '../../../helpers/blocks.ts';
import {SilentOutput} from '../../../helpers/rtsp-server.ts';
import {until} from '../../../helpers/until.ts';

/** The first of two tracks. */
const choice = (channel = 0, {stream = 1, address = '127.0.0.1'} = {}) => ({
	layout: {
		stream,
		tracks: [{track: 0, channel, rtcpChannel: channel + 1, payloadType: 96, ssrc: 1}],
	},
	trackCount: 2,
	address,
});

const startFanOuts = () => {
	const outputs: SilentOutput[] = [];
	const lateness: string[] = [];
	const native = {
		openRtp: (spec: object) => {
			const output = new SilentOutput(spec);
			outputs.push(output);
			return output;
		},
	};
	const fanOuts = new FanOuts(native, {note: line => void lateness.push(line)});
	return {fanOuts, outputs, lateness};
};

const listener = () => {
	const turns: number[][] = [];
	return {
		turns,
		take: (made: readonly {number: number}[]) => void turns.push(made.map(({number}) => number)),
		missed: (packets: number) => void turns.push([-packets]),
		ended: () => {},
	};
};

/** What native code tells of one block, which is held while it is told. */
const tell = (
	output: SilentOutput,
	{number, key = true, arrivalUs = 0}: {number: number; key?: boolean; arrivalUs?: number},
	onFree?: () => void,
) => {
	const block = manualBlock(10, onFree);
	const rest = {packets: 1, droppable: false, hasVideo: true, captureUs: 0};
	output.emit('block', {number, block, key, arrivalUs, ...rest});
	block.release();
};

test('blocks of one wake-up come to every member at once, and are given back', async t => {
	const {fanOuts, outputs} = startFanOuts();
	const members = [listener(), listener()];
	for (const member of members) fanOuts.join({...choice(), member});
	const freed: number[] = [];
	for (const number of [1, 2, 3]) tell(outputs[0]!, {number}, () => freed.push(number));
	await until(() => freed.length === 3);
	for (const {turns} of members) t.deepEqual(turns, [[1, 2, 3]]);
});

test('who has left is given nothing, and the last one closes the output', async t => {
	const {fanOuts, outputs} = startFanOuts();
	const [first, second] = [listener(), listener()];
	const fanOut = fanOuts.join({...choice(), member: first});
	fanOuts.join({...choice(), member: second});
	let isFreed = false;
	tell(outputs[0]!, {number: 1}, () => (isFreed = true));
	fanOut.leave(first);
	fanOut.leave(first);
	await until(() => isFreed);
	t.deepEqual([first.turns, second.turns], [[], [[1]]]);
	t.false(outputs[0]!.isClosed);
	fanOut.leave(second);
	t.true(outputs[0]!.isClosed);
	t.is(fanOuts.size, 0);
});

test('an output that ends takes its members along; the next one opens another', t => {
	const {fanOuts, outputs} = startFanOuts();
	let ended = 0;
	fanOuts.join({...choice(), member: {...listener(), ended: () => void ended++}});
	outputs[0]!.emit('closed');
	t.is(ended, 1);
	fanOuts.join({...choice(), member: listener()});
	t.is(outputs.length, 2);
});

test('a client makes a path be packaged for so many layouts of its own at most, and keeps nobody out', t => {
	const {fanOuts} = startFanOuts();
	const join = (channel: number, where = {}) =>
		fanOuts.join({...choice(channel, where), member: listener()});
	for (const channel of [2, 4, 6, 8]) join(channel);
	t.throws(() => join(10), {code: 'PATH_TOO_MANY_READERS'});
	join(8);
	join(0);
	join(10, {stream: 2});
	join(10, {address: '10.0.0.1'});
	t.is(fanOuts.size, 7);
});

test('a path is packaged for so many layouts at most, and for the usual ones always', t => {
	const {fanOuts} = startFanOuts();
	const join = (channel: number, address: string) =>
		fanOuts.join({...choice(channel, {address}), member: listener()});
	for (let index = 1; index <= 64; index++) join(2 * index, `10.0.0.${index}`);
	t.throws(() => join(130, '10.0.1.1'), {code: 'PATH_TOO_MANY_READERS'});
	join(0, '10.0.0.1');
	t.is(fanOuts.size, 65);
});

test('what cannot be given away in time is left out up to a key frame, which members are told', async t => {
	const {fanOuts, outputs, lateness} = startFanOuts();
	const member = listener();
	fanOuts.join({...choice(), member});
	const freed: number[] = [];
	const tellAt = (number: number, seconds: number, key: boolean) =>
		tell(outputs[0]!, {number, key, arrivalUs: seconds * 1e6}, () => freed.push(number));
	tellAt(1, 0, true);
	tellAt(2, 1, false);
	tellAt(3, 2.1, false);
	t.deepEqual(freed, [1, 2, 3]);
	tellAt(4, 2.2, true);
	tellAt(5, 2.3, false);
	await until(() => freed.length === 5);
	t.deepEqual(member.turns, [[-3], [4, 5]]);
	t.is(lateness.length, 1);
});

test('work that takes long lets others have their turn, in the order of its coming', async t => {
	const slices = new Slices({sliceMs: 0});
	const done: string[] = [];
	function* work(name: string) {
		for (let step = 1; step <= 3; step++) {
			done.push(`${name}${step}`);
			yield;
		}
	}
	slices.add(work('a'));
	slices.add(work('b'));
	t.deepEqual(done, ['a1']);
	await until(() => done.length === 6);
	t.deepEqual(done, ['a1', 'a2', 'a3', 'b1', 'b2', 'b3']);
});
