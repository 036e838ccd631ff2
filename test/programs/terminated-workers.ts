// Workers that are terminated in full flight, one after the other.
import {once} from 'node:events';
import {Worker} from 'node:worker_threads';

for (let round = 0; round < 20; round++) {
	const worker = new Worker(new URL('running.ts', import.meta.url));
	await once(worker, 'message');
	await worker.terminate();
}
process.stdout.write('done\n');
