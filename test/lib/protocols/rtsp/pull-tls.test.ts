import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {fileURLToPath} from 'node:url';
import test from 'ava';
import {startPull, untilFrames} from '../../../helpers/pull.ts';
import {startScriptedCamera} from '../../../helpers/scripted-camera.ts';
import {fingerprintOf, makeCertificate, selfSigned, startTls} from '../../../helpers/tls.ts';

const pullOnce = fileURLToPath(new URL('../../../helpers/pull-once.ts', import.meta.url));

test('a camera behind TLS with a certificate of its own making is refused, and what would take it is said', async t => {
	const camera = await startScriptedCamera(t);
	const port = await startTls(t, camera.port);
	const error = await startPull(t, `rtsps://127.0.0.1:${port}/live`).failure();
	t.is(error?.code, 'RTSP_CONNECT');
	t.regex(error!.message, /certificate that no known authority signed; sourceFingerprint: /);
	const [, sourceFingerprint = ''] = /sourceFingerprint: ([0-9a-f]{64})/.exec(error!.message) ?? [];
	t.deepEqual(camera.asked, []);
	const pull = startPull(t, `rtsps://127.0.0.1:${port}/live`, {sourceFingerprint});
	await untilFrames(camera, pull, 10);
	t.is(pull.stats().lostPackets, 0);
});

test('line 12: a fingerprint may be written as openssl prints it', async t => {
	const camera = await startScriptedCamera(t);
	const port = await startTls(t, camera.port);
	const sourceFingerprint = fingerprintOf(selfSigned());
	t.regex(sourceFingerprint, /^[0-9A-F]{2}:/);
	await untilFrames(
		camera,
		startPull(t, `rtsps://127.0.0.1:${port}/live`, {sourceFingerprint}),
		10,
	);
	t.pass();
});

test('a camera that shows another certificate than the one that is expected is refused', async t => {
	const camera = await startScriptedCamera(t);
	const port = await startTls(t, camera.port);
	const sourceFingerprint = fingerprintOf(makeCertificate());
	const url = `rtsps://user:secret@127.0.0.1:${port}/live`;
	const error = await startPull(t, url, {sourceFingerprint}).failure();
	t.regex(error!.message, /not the one of sourceFingerprint: its own is [0-9a-f]{64}/);
	t.deepEqual(camera.asked, []);
});

test('a camera behind TLS that a known authority vouches for is pulled', async t => {
	const camera = await startScriptedCamera(t);
	const port = await startTls(t, camera.port);
	const child = spawn(process.execPath, [pullOnce, `rtsps://localhost:${port}/live`], {
		env: {...process.env, NODE_EXTRA_CA_CERTS: selfSigned().certFile},
		stdio: ['ignore', 'inherit', 'inherit'],
	});
	const [code] = (await once(child, 'close')) as [number];
	t.is(code, 0);
	t.is(camera.methods().at(-1), 'TEARDOWN');
});
