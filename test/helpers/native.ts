import {once} from 'node:events';
import type {ExecutionContext} from 'ava';
import {openNative} from '../../lib/native/native.ts';
import type {HlsOutput} from '../../lib/native/hls-output.ts';
import type {Native, NativeStream, Pipeline} from '../../lib/native/native.ts';

/** Native code in a domain of this test's own. */
export const startNative = (t: ExecutionContext): Native => {
	const native = openNative();
	t.teardown(() => native.close());
	return native;
};

/** An open stream that is closed, and has said so, when the test is over. */
export const openStream = (t: ExecutionContext, native: Native, path = 'cam'): NativeStream => {
	const stream = native.openStream({path, ringMaxBytes: 20_000_000, ringMaxAgeUs: 30_000_000});
	closeAtEnd(t, stream);
	return stream;
};

export const testPicture = {
	type: 'test',
	path: 'cam',
	width: 160,
	height: 120,
	frameRate: 25,
	gop: 5,
	audio: true,
	bitrateBps: 200_000,
} as const;

/** A test picture that feeds the stream of its path, stopped when the test is over. */
export const startTestPicture = (t: ExecutionContext, native: Native, path = 'cam'): Pipeline => {
	const pipeline = native.start({...testPicture, path});
	// It may have stopped by itself when the test is over.
	const stopped = once(pipeline, 'stopped');
	t.teardown(async () => {
		pipeline.stop();
		await stopped;
	});
	return pipeline;
};

export const openHls = (t: ExecutionContext, native: Native, stream: NativeStream): HlsOutput => {
	const output = native.openHls({
		stream: stream.id,
		segmentDurationUs: 400_000,
		partDurationUs: 200_000,
		segmentCount: 3,
		segmentMaxBytes: 10_000_000,
	});
	closeAtEnd(t, output);
	return output;
};

const closeAtEnd = (t: ExecutionContext, it: NativeStream | HlsOutput): void => {
	const closed = once(it, 'closed');
	t.teardown(async () => {
		it.close();
		await closed;
	});
};

export const closeAndWait = async (it: NativeStream | HlsOutput): Promise<void> => {
	const closed = once(it, 'closed');
	it.close();
	await closed;
};

export const stopAndWait = async (pipeline: Pipeline): Promise<void> => {
	const stopped = once(pipeline, 'stopped');
	pipeline.stop();
	await stopped;
};
