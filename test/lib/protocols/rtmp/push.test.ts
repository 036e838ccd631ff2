import {once} from 'node:events';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import type {TrackInfo} from '../../../../lib/native/binding.ts';
import {choosePushTracks} from '../../../../lib/protocols/rtmp/push-tracks.ts';
import {RtmpPush} from '../../../../lib/protocols/rtmp/push.ts';
import {openStream, startNative, startTestPicture} from '../../../helpers/native.ts';
import {startScriptedServer} from '../../../helpers/scripted-rtmp-server.ts';

/** To a server that takes nothing once media comes; so much is on the way that no kernel keeps all of it. */
const startPush = async (t: ExecutionContext) => {
	let breakOff = () => {};
	const url = await startScriptedServer(t, ({socket, status}) => {
		socket.pause();
		status(['status', 'NetStream.Publish.Start']);
		breakOff = () => socket.resetAndDestroy();
	});
	const native = startNative(t);
	const stream = openStream(t, native);
	startTestPicture(t, native);
	const [{tracks}] = (await once(stream, 'epoch')) as [{tracks: TrackInfo[]}];
	const push = new RtmpPush({
		native: {
			openRtmp: spec => {
				const output = native.openRtmp(spec);
				output.write(new Uint8Array(20_000_000));
				return output;
			},
			openRtmpIngest: () => native.openRtmpIngest(),
			streamStats: id => native.streamStats(id),
		},
		...{url, stream: stream.id, tracks, choose: () => choosePushTracks(tracks) ?? {}},
		...{paused: false, durationUs: 0, timeoutMs: 2000},
	});
	const told: string[] = [];
	push.on('eos', () => told.push('eos'));
	push.on('failed', ({code, message}) => told.push(`${code}: ${message}`));
	t.teardown(async () => {
		const stopped = once(push, 'stopped');
		push.stop();
		await stopped;
	});
	await once(push, 'state');
	return {push, told, breakOff: () => breakOff()};
};

test('a server that stands still behind the last frame is given up', async t => {
	const {push, told} = await startPush(t);
	push.finish();
	await once(push, 'failed');
	t.is(told.length, 1);
	t.regex(
		told[0]!,
		/^RTMP_LOST: rtmp:.*\/\*\*\* cannot be written: the server took nothing in 2 s$/,
	);
});

test('an end that a server breaks off before it has all is a failure', async t => {
	const {push, told, breakOff} = await startPush(t);
	push.finish();
	breakOff();
	await Promise.race([once(push, 'failed'), once(push, 'eos')]);
	t.is(told.length, 1);
	// Within moments of its permission it looks as if it were taken back.
	t.regex(told[0]!, /^RTMP_(LOST|REFUSED): /);
});
