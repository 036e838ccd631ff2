import {once} from 'node:events';
import {Writable} from 'node:stream';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import type {TakenBlock} from '../../../lib/native/output-block.ts';
import type {RingOutput} from '../../../lib/native/ring-output.ts';
import {
	closeAndWait,
	openStream,
	startNative,
	startTestPicture,
	stopAndWait,
	testPicture,
} from '../../helpers/native.ts';
import {until} from '../../helpers/until.ts';

const tracks = [
	{track: 0, channel: 0, rtcpChannel: 1, payloadType: 96, ssrc: 0x1122_3344},
	{track: 1, channel: 2, rtcpChannel: 3, payloadType: 97, ssrc: 0x5566_7788},
];

/** A test picture as interleaved RTP. */
const startOutput = async (t: ExecutionContext) => {
	const native = startNative(t);
	const stream = openStream(t, native);
	startTestPicture(t, native);
	await once(stream, 'epoch');
	const output = native.openRtp({stream: stream.id, tracks, maxPacketBytes: 1440});
	t.teardown(() => output.close());
	return {native, stream, output};
};

/** The `$` frames of a block; fails when one is cut. */
const framesOf = (block: ArrayBuffer): {channel: number; bytes: Buffer}[] => {
	const frames = [];
	for (let rest = Buffer.from(block); rest.length > 0;) {
		if (rest[0] !== 0x24) throw new Error(`no frame at its place: ${rest[0]}`);
		const end = 4 + rest.readUInt16BE(2);
		frames.push({channel: rest[1]!, bytes: Buffer.from(rest.subarray(4, end))});
		rest = rest.subarray(end);
	}
	return frames;
};

/** The facts of the next `count` blocks, and their frames. */
const nextBlocks = async (output: RingOutput, count: number) => {
	const seen: (Omit<TakenBlock, 'block'> & {frames: ReturnType<typeof framesOf>})[] = [];
	const take = ({block, ...facts}: TakenBlock) =>
		seen.push({...facts, frames: framesOf(block.data)});
	output.on('block', take);
	await until(() => seen.length >= count);
	output.off('block', take);
	return seen;
};

test('each picture is a block of whole packets, numbered without a gap', async t => {
	const {output} = await startOutput(t);
	const blocks = await nextBlocks(output, 12);
	t.deepEqual(
		blocks.map(({number}) => number),
		blocks.map((_, index) => blocks[0]!.number + index),
	);
	t.true(blocks.some(({key, hasVideo}) => key && hasVideo));
	const packets = blocks.flatMap(({frames}) => frames).filter(({channel}) => channel === 0);
	const sequences = packets.map(({bytes}) => bytes.readUInt16BE(2));
	t.deepEqual(
		sequences,
		sequences.map((_, index) => (sequences[0]! + index) & 0xff_ff),
	);
	t.true(packets.every(({bytes}) => bytes.readUInt32BE(8) === 0x1122_3344));
	t.true(blocks.some(({frames}) => frames.some(({channel}) => channel === 2)));
});

test('the ring begins with a key frame and leads up to the block just told', async t => {
	const {output} = await startOutput(t);
	const [{number}] = await once(output, 'block');
	const ring = output.lendRing({compress: false});
	t.true(ring.at(-1)!.number >= number);
	const [first] = ring;
	const [packet] = framesOf(first!.block.data).filter(({channel}) => channel === 0);
	t.is(packet?.bytes.readUInt16BE(2), first?.starts[0]?.sequence);
	t.is(packet?.bytes.readUInt32BE(4), first?.starts[0]?.timestamp);
	for (const {block} of ring) block.release();
	const squeezed = output.lendRing({compress: true});
	t.true(squeezed.at(-1)!.number >= ring.at(-1)!.number);
	for (const {block} of squeezed) block.release();
});

test('a ring is lent whole or not at all, however soon it is asked for', async t => {
	const native = startNative(t);
	const stream = openStream(t, native);
	const pipeline = native.start({...testPicture, frameRate: 100, gop: 1000});
	t.teardown(async () => stopAndWait(pipeline));
	await once(stream, 'epoch');
	const open = () => native.openRtp({stream: stream.id, tracks, maxPacketBytes: 1440});
	await nextBlocks(open(), 100);
	for (let count = 0; count < 10; count++) {
		const output = open();
		let ring = output.lendRing({compress: false});
		while (ring.length === 0) ring = output.lendRing({compress: false});
		const [{number}] = await once(output, 'block');
		t.true(number <= ring.at(-1)!.number + 1, `${number} after ${ring.at(-1)!.number}`);
		for (const {block} of ring) block.release();
		output.close();
	}
});

test('a report tells the wall time of each track', async t => {
	const {native, output} = await startOutput(t);
	await once(output, 'block');
	const report = output.lendReport();
	const frames = framesOf(report!.data);
	report?.release();
	t.deepEqual(
		frames.map(({channel, bytes}) => [channel, bytes[1], bytes.readUInt32BE(4)]),
		[
			[1, 200, 0x1122_3344],
			[3, 200, 0x5566_7788],
		],
	);
	const wall = frames[0]!.bytes.readUInt32BE(8) - 2_208_988_800;
	t.true(Math.abs(native.nowUs() / 1e6 - wall) < 60);
});

test.serial('a block stays whole until its last write is done, then it is detached', async t => {
	const {native, output} = await startOutput(t);
	const done: (() => void)[] = [];
	const slow = () =>
		new Writable({write: (_chunk, _encoding, callback) => void done.push(callback)});
	const [block] = await new Promise<TakenBlock['block'][]>(resolve => {
		output.once('block', ({block: told}) => {
			told.writeTo(slow());
			told.writeTo(slow());
			resolve([told]);
		});
	});
	await once(output, 'block');
	const size = block!.data.byteLength;
	done[0]?.();
	await once(output, 'block');
	t.is(block!.data.byteLength, size);
	done[1]?.();
	await until(() => block!.data.byteLength === 0);
	output.close();
	await until(() => native.stats().blocksOnLoan === 0);
});

test('a block that nobody keeps is detached at once', async t => {
	const {output} = await startOutput(t);
	const [{block}] = await once(output, 'block');
	await until(() => block.data.byteLength === 0);
	t.throws(() => block.retain(), {instanceOf: TypeError});
});

test('an output closes by itself when its stream ends', async t => {
	const native = startNative(t);
	const stream = native.openStream({path: 'cam', ringMaxBytes: 1e6, ringMaxAgeUs: 1e6});
	native.start(testPicture); // ends with its stream
	await once(stream, 'epoch');
	const output = native.openRtp({stream: stream.id, tracks, maxPacketBytes: 1440});
	await once(output, 'block');
	const closed = once(output, 'closed');
	await closeAndWait(stream);
	await closed;
	output.on('closed', () => t.fail());
	output.close();
	t.deepEqual(output.lendRing({compress: false}), []);
	t.is(output.lendReport(), undefined);
});

test('a source with the same tracks goes on, one with others closes it', async t => {
	const native = startNative(t);
	const stream = openStream(t, native);
	const picture = native.start(testPicture);
	await once(stream, 'epoch');
	const output = native.openRtp({stream: stream.id, tracks, maxPacketBytes: 1440});
	await once(output, 'block');
	await stopAndWait(picture);
	const larger = native.start({...testPicture, width: 176, height: 144});
	await once(stream, 'epoch');
	t.is((await once(output, 'block')).length, 1);
	await stopAndWait(larger);
	const silent = native.start({...testPicture, audio: false});
	await once(output, 'closed');
	await stopAndWait(silent);
});

test('an output for what is not there closes at once', async t => {
	const {native, stream} = await startOutput(t);
	const missing = [{...tracks[0]!, track: 9}];
	const output = native.openRtp({stream: stream.id, tracks: missing, maxPacketBytes: 1440});
	t.deepEqual(await once(output, 'closed'), []);
	const nowhere = native.openRtp({stream: 4_000_000_000, tracks, maxPacketBytes: 1440});
	t.deepEqual(await once(nowhere, 'closed'), []);
});
