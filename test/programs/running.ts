// Everything at work: a test picture, a stream, a muxer. Says `running` when segments come.
import {parentPort} from 'node:worker_threads';
import {openNative} from '../../lib/native/native.ts';

const native = openNative();
const stream = native.openStream({path: 'cam', ringMaxBytes: 20_000_000, ringMaxAgeUs: 30_000_000});
native.start({
	type: 'test',
	path: 'cam',
	width: 160,
	height: 120,
	frameRate: 25,
	gop: 5,
	audio: true,
	bitrateBps: 200_000,
});
const output = native.openHls({
	stream: stream.id,
	segmentDurationUs: 200_000,
	partDurationUs: 200_000,
	segmentCount: 3,
	segmentMaxBytes: 10_000_000,
});
output.on('segment', () => {
	if (parentPort) parentPort.postMessage('running');
	else process.stdout.write('running\n');
});
