import {once} from 'node:events';
import {connect, createServer} from 'node:net';
import type {AddressInfo} from 'node:net';
import test from 'ava';
import {
	closeAndWait,
	openHls,
	openStream,
	startNative,
	startTestPicture,
	stopAndWait,
	testPicture,
} from '../../helpers/native.ts';
import type {EventOf} from '../../../lib/native/binding.ts';
import {plainDescriptor} from '../../../lib/readers/socket-info.ts';
import {until} from '../../helpers/until.ts';

test('a stream tells its tracks when the first key frame is in', async t => {
	const native = startNative(t);
	const stream = openStream(t, native);
	startTestPicture(t, native);
	const [{number, tracks}] = await once(stream, 'epoch');
	t.is(number, 1);
	t.like(tracks, [
		{type: 'h264', width: 160, height: 120, maxReorderFrames: 0},
		{type: 'aac', sampleRateHz: 48_000},
	]);
	const [video, audio] = tracks;
	t.deepEqual(
		video?.type === 'h264' && video.parameterSets.map(([head = 0]) => head & 0x1f),
		[7, 8],
	);
	t.is(audio?.type === 'aac' && audio.config.length >= 2, true);
	await until(() => (stream.stats()?.keyFrames ?? 0) >= 2);
	t.is(stream.stats()?.damagedFrames, 0);
});

test('segments come with their init section, in order, and can be borrowed', async t => {
	const native = startNative(t);
	const stream = openStream(t, native);
	startTestPicture(t, native);
	const output = openHls(t, native, stream);
	const [init] = await once(output, 'init');
	t.regex(init.codecs, /^avc1\.[0-9a-f]{6},mp4a\.40\.2$/);
	const [first] = await once(output, 'segment');
	const [second] = await once(output, 'segment');
	t.is(second.number, first.number + 1);
	t.is(second.startUs, first.startUs + first.durationUs);
	const blocks = output.lend({type: 'segment', number: first.number}) ?? [];
	t.is(
		blocks.reduce((sum, block) => sum + block.data.byteLength, 0),
		first.bytes,
	);
	for (const block of blocks) block.release();
});

test.serial('a block is detached after its last holder, and nothing stays on loan', async t => {
	const native = startNative(t);
	const stream = openStream(t, native);
	startTestPicture(t, native);
	const output = openHls(t, native, stream);
	const [{number}] = await once(output, 'segment');
	const before = native.stats();
	const lent = output.lend({type: 'segment', number}) ?? [];
	const again = output.lend({type: 'segment', number}) ?? [];
	t.deepEqual(again, lent);
	for (const block of lent) block.release();
	t.true(lent.every(block => block.data.byteLength > 0));
	for (const block of lent) block.release();
	await until(() => lent.every(block => block.data.byteLength === 0));
	t.throws(() => lent[0]?.release(), {instanceOf: TypeError});
	await until(() => native.stats().blocksOnLoan === before.blocksOnLoan);
	t.is(native.stats().bytesOnLoan, before.bytesOnLoan);
});

test.serial('a block lent again in the turn in which it was given back stays whole', async t => {
	const native = startNative(t);
	const stream = openStream(t, native);
	startTestPicture(t, native);
	const output = openHls(t, native, stream);
	const [{number, init}] = await once(output, 'segment');
	const other = output.lend({type: 'init', number: init}) ?? [];
	for (const block of output.lend({type: 'segment', number}) ?? []) block.release();
	for (const block of other) block.release();
	const again = output.lend({type: 'segment', number}) ?? [];
	await until(() => other.every(block => block.data.byteLength === 0));
	t.true(again.length > 0 && again.every(block => block.data.byteLength > 0));
	for (const block of again) block.release();
	await until(() => again.every(block => block.data.byteLength === 0));
});

test('parts come before their segment, and are its bytes', async t => {
	const native = startNative(t);
	const stream = openStream(t, native);
	startTestPicture(t, native);
	const output = openHls(t, native, stream);
	const parts: EventOf<'part'>[] = [];
	output.on('part', part => parts.push(part));
	const [{number, bytes}] = await once(output, 'segment');
	const own = parts.filter(({segment}) => segment === number);
	t.deepEqual(
		own.map(part => part.number),
		own.map((_, index) => index + 1),
	);
	t.true(own.every(({durationUs, targetUs}) => durationUs <= targetUs));
	t.is(
		own.reduce((sum, part) => sum + part.bytes, 0),
		bytes,
	);
	const lent = own.flatMap(part => output.lend({type: 'part', number: part.number}) ?? []);
	const whole = output.lend({type: 'segment', number}) ?? [];
	t.deepEqual(
		lent.map(({id}) => id),
		whole.map(({id}) => id),
	);
	for (const block of [...lent, ...whole]) block.release();
	t.true(stream.stats()!.keyDistanceUs > 0);
});

test('a segment that has left the window is not there any more', async t => {
	const native = startNative(t);
	const stream = openStream(t, native);
	startTestPicture(t, native);
	const output = openHls(t, native, stream);
	const [{number}] = await once(output, 'segment');
	await until(() => output.lend({type: 'segment', number})?.map(it => it.release()) === undefined);
	t.is(output.lend({type: 'segment', number}), undefined);
});

test('a paused stream takes nothing, and plays on with continuous time', async t => {
	const native = startNative(t);
	const stream = openStream(t, native);
	startTestPicture(t, native);
	const output = openHls(t, native, stream);
	await once(output, 'segment');
	stream.pause();
	stream.play();
	const [{number}] = await once(stream, 'epoch');
	t.is(number, 2);
	const [spliced] = await once(output, 'segment');
	t.like(spliced, {init: 1});
});

test('what is closed says so once, and takes calls without harm', async t => {
	const native = startNative(t);
	const stream = native.openStream({path: 'cam', ringMaxBytes: 1, ringMaxAgeUs: 1});
	await closeAndWait(stream);
	stream.on('closed', () => t.fail());
	stream.close();
	stream.pause();
	stream.play();
	t.is(stream.stats(), undefined);
	const ingest = stream.openIngest([]);
	await once(ingest, 'closed');
	t.true(ingest.feed(new Uint8Array(4), 4));
	ingest.close();
	const output = native.openHls({
		stream: stream.id,
		segmentDurationUs: 1,
		partDurationUs: 1,
		segmentCount: 1,
		segmentMaxBytes: 1,
	});
	await once(output, 'closed');
	t.is(output.lend({type: 'init', number: 1}), undefined);
});

test('an ingest gives RTSP messages back and says when there is room again', async t => {
	const native = startNative(t);
	const ingest = openStream(t, native).openIngest([]);
	const message = 'RTSP/1.0 200 OK\r\nCSeq: 4\r\nContent-Length: 2\r\n\r\nhi';
	const bytes = Buffer.from(message);
	ingest.feed(bytes.subarray(0, 20), 20);
	ingest.feed(bytes.subarray(20), bytes.length - 20);
	t.deepEqual(await once(ingest, 'text'), [message]);
	const burst = Buffer.alloc(1_100_000, '\r\n');
	t.false(ingest.feed(burst, burst.length));
	await once(ingest, 'drained');
	ingest.close();
	await once(ingest, 'closed');
});

test('an ingest reads a connection by itself, while others write to it', async t => {
	const native = startNative(t);
	const server = createServer(socket => socket.pipe(socket)).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').pause();
	t.teardown(() => {
		socket.destroy();
		server.close();
	});
	await once(socket, 'connect');
	const ingest = openStream(t, native).openIngest([]);
	ingest.read(plainDescriptor(socket) ?? -1);
	const message = 'RTSP/1.0 200 OK\r\nCSeq: 4\r\n\r\n';
	socket.write(message);
	t.deepEqual(await once(ingest, 'text'), [message]);
	socket.end();
	t.deepEqual(await once(ingest, 'ended'), ['']);
	ingest.close();
	await once(ingest, 'closed');
});

test('fifty pipelines at once each stop exactly once', async t => {
	const native = startNative(t);
	const pipelines = Array.from({length: 50}, () =>
		native.start({
			type: 'launch',
			launch: 'fakesrc is-live=true ! fakesink',
			path: '',
			paused: false,
		}),
	);
	let stops = 0;
	for (const pipeline of pipelines) pipeline.on('stopped', () => stops++);
	await Promise.all(pipelines.map(stopAndWait));
	t.is(stops, 50);
});

test('a hubsink asks before it publishes to a path that is not its own', async t => {
	const native = startNative(t);
	const stream = openStream(t, native, 'guest');
	const pipeline = native.start({
		type: 'launch',
		launch: 'videotestsrc is-live=true ! x264enc tune=zerolatency ! hubsink path=guest',
		path: '',
		paused: false,
	});
	const [offer] = await once(native, 'offered');
	t.is(offer.path, 'guest');
	offer.accept(stream.id);
	await once(stream, 'epoch');
	const failed = once(pipeline, 'failed');
	const withdrawn = once(offer, 'withdrawn');
	offer.refuse('somebody else publishes');
	const [{message}] = await failed;
	t.is(message, 'somebody else publishes');
	await withdrawn;
});

test('two domains do not meet', async t => {
	const one = startNative(t);
	const other = startNative(t);
	const quiet = openStream(t, other);
	const stream = openStream(t, one);
	startTestPicture(t, one);
	await once(stream, 'epoch');
	t.is(quiet.stats()?.frames, 0);
	const lost = other.start({...testPicture, path: 'nobody'});
	const failed = once(lost, 'failed');
	await once(lost, 'stopped');
	t.truthy(await failed);
});

test('the server clock is wall time', t => {
	const native = startNative(t);
	t.true(Math.abs(native.nowUs() / 1000 - Date.now()) < 60_000);
});
