// acceptance/rtsp-cameras.md, line 8.
import test from 'ava';
import {startCamera} from '../../../helpers/camera.ts';
import {startDesyncProxy} from '../../../helpers/desync-proxy.ts';
import {startPull} from '../../../helpers/pull.ts';
import {until} from '../../../helpers/until.ts';

test('a camera that cuts every 50th frame short keeps its session, pictures keep coming, and only what was cut is lost', async t => {
	const camera = await startCamera(t, {gop: 10});
	const proxy = await startDesyncProxy(t, camera.port, {every: 50});
	const pull = startPull(t, camera.url.replace(`:${camera.port}`, `:${proxy.port}`));
	await until(() => proxy.cuts() >= 10 && pull.stats().resyncs >= 10);
	const {keyFrames, frames} = pull.stats();
	await until(() => pull.stats().keyFrames > keyFrames && pull.stats().frames > frames + 20);
	// What follows a cut tells that something is missing.
	await until(() => proxy.packetsSinceCut() > 10);
	proxy.hold();
	const whole = proxy.packets() - proxy.cuts();
	await until(() => pull.stats().packets >= whole);
	t.like(pull.stats(), {packets: whole, lostPackets: proxy.cuts()});
	t.is(proxy.connections(), 1);
	t.is(pull.epochs.length, 1);
	t.true(pull.stats().damagedFrames > 0);
});
