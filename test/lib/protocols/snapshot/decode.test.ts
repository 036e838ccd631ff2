import {EventEmitter} from 'node:events';
import test from 'ava';
import {Decoder} from '../../../../lib/protocols/snapshot/decode.ts';
import type {SnapshotPipeline} from '../../../../lib/protocols/snapshot/decode.ts';
import type {SnapshotWish} from '../../../../lib/protocols/snapshot/wish.ts';

const wish = (width: number): SnapshotWish => ({
	format: 'jpg',
	width,
	height: 0,
	quality: 85,
	start: true,
});

/** Pipelines that never have a picture; each can be stopped. */
const startDecoder = () => {
	const pipelines: EventEmitter[] = [];
	const start = (): SnapshotPipeline => {
		const pipeline = new EventEmitter();
		pipelines.push(pipeline);
		return Object.assign(pipeline, {stop: () => pipeline.emit('stopped')});
	};
	return {decoder: new Decoder({start}, 10_000), pipelines};
};

test('few pictures are decoded at the same time, and not more than so many wait', async t => {
	const {decoder, pipelines} = startDecoder();
	const jobs = Array.from({length: 204}, (_, index) =>
		decoder.decode({stream: 1}, 'key', wish(16 + index)),
	);
	const results = Promise.allSettled(jobs);
	await t.throwsAsync(decoder.decode({stream: 1}, 'key', wish(999)), {code: 'SNAPSHOT_BUSY'});
	t.is(pipelines.length, 4);
	decoder.close();
	t.true((await results).every(({status}) => status === 'rejected'));
	t.is(pipelines.length, 4);
});
