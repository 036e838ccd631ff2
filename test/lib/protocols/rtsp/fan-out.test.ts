import test from 'ava';
import {FanOuts} from '../../../../lib/protocols/rtsp/fan-out.ts';
import {Slices} from '../../../../lib/protocols/rtsp/slices.ts';
import {manualBlock} from '../../../helpers/blocks.ts';
import {SilentOutput} from '../../../helpers/rtsp-server.ts';
import {until} from '../../../helpers/until.ts';

const layout = (channel = 0) => ({
	stream: 1,
	tracks: [{track: 0, channel, rtcpChannel: channel + 1, payloadType: 96, ssrc: 1}],
});

const startFanOuts = () => {
	const outputs: SilentOutput[] = [];
	const fanOuts = new FanOuts({
		openRtp: spec => {
			const output = new SilentOutput(spec);
			outputs.push(output);
			return output;
		},
	});
	return {fanOuts, outputs};
};

const listener = () => {
	const turns: number[][] = [];
	return {
		turns,
		take: (made: readonly {number: number}[]) => void turns.push(made.map(({number}) => number)),
		ended: () => {},
	};
};

/** What native code tells of one block, which is held while it is told. */
const tell = (output: SilentOutput, number: number, onFree?: () => void) => {
	const block = manualBlock(10, onFree);
	const rest = {
		packets: 1,
		key: true,
		droppable: false,
		hasVideo: true,
		arrivalUs: 0,
		captureUs: 0,
	};
	output.emit('block', {number, block, ...rest});
	block.release();
};

test('blocks of one wake-up come to every member at once, and are given back', async t => {
	const {fanOuts, outputs} = startFanOuts();
	const members = [listener(), listener()];
	for (const member of members) fanOuts.join(layout(), member);
	const freed: number[] = [];
	for (const number of [1, 2, 3]) tell(outputs[0]!, number, () => freed.push(number));
	await until(() => freed.length === 3);
	for (const {turns} of members) t.deepEqual(turns, [[1, 2, 3]]);
});

test('who has left is given nothing, and the last one closes the output', async t => {
	const {fanOuts, outputs} = startFanOuts();
	const [first, second] = [listener(), listener()];
	const fanOut = fanOuts.join(layout(), first);
	fanOuts.join(layout(), second);
	let isFreed = false;
	tell(outputs[0]!, 1, () => (isFreed = true));
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
	fanOuts.join(layout(), {take: () => {}, ended: () => void ended++});
	outputs[0]!.emit('closed');
	t.is(ended, 1);
	fanOuts.join(layout(), listener());
	t.is(outputs.length, 2);
});

test('a path is packaged for so many layouts at most', t => {
	const {fanOuts} = startFanOuts();
	for (let index = 0; index < 64; index++) fanOuts.join(layout(2 * index), listener());
	t.throws(() => fanOuts.join(layout(128), listener()), {code: 'PATH_TOO_MANY_READERS'});
	fanOuts.join(layout(0), listener());
	fanOuts.join({...layout(), stream: 2}, listener());
	t.is(fanOuts.size, 65);
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
