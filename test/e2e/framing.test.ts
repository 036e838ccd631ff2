// acceptance/rtsp-cameras.md, line 8, in a process of its own.
import {readFileSync} from 'node:fs';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {startScriptedCamera} from '../helpers/scripted-camera.ts';
import {fetchText} from '../helpers/server.ts';
import {childrenOf, startSluice} from '../helpers/sluice.ts';

const residentMegabytes = (pid: number): number =>
	Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

/** Pictures of a minute. */
const minute = 1500;

/** A server that fetches a camera which cuts one frame in 50 at any byte. */
const startCut = async (t: ExecutionContext, rtspEngine: 'native' | 'gstreamer') => {
	let count = 0;
	const camera = await startScriptedCamera(t, {
		hasSound: true,
		pace: 10,
		wire: frames =>
			frames.map(frame =>
				++count % 50 === 0 ? frame.subarray(0, 1 + ((count * 31) % (frame.length - 1))) : frame,
			),
	});
	let sent = 0;
	camera.on('picture', () => sent++);
	const sluice = startSluice(t, [`cam=${camera.url()}`], {
		SLUICE_PATHDEFAULTS_RTSPTRANSPORT: 'tcp',
		SLUICE_PATHDEFAULTS_RTSPENGINE: rtspEngine,
	});
	const hasSent = async (pictures: number) => camera.untilPicture(() => sent >= pictures);
	return {camera, sluice, hasSent};
};

test('line 8: memory stays flat over a minute of media of which frames are cut', async t => {
	const {camera, sluice, hasSent} = await startCut(t, 'native');
	await sluice.said(/source ready/);
	const [server = 0] = childrenOf(sluice.pid);
	await hasSent(minute / 3);
	const before = residentMegabytes(server);
	await hasSent(minute);
	t.true(residentMegabytes(server) - before < 16);
	t.is(camera.sessions.length, 1);
});

test('line 8: the engine gstreamer may lose such a camera, and the server lives on', async t => {
	const {sluice, hasSent} = await startCut(t, 'gstreamer');
	const url = await sluice.url();
	await hasSent(20);
	t.regex(await fetchText(`${url}/v3/paths/list`), /"cam"/);
});
