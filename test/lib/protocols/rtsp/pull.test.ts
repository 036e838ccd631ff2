import {once} from 'node:events';
import net from 'node:net';
import type {AddressInfo} from 'node:net';
import test from 'ava';
import {startCamera} from '../../../helpers/camera.ts';
import {startPull, untilFrames} from '../../../helpers/pull.ts';
import {parameterSets} from '../../../helpers/camera-sdp.ts';
import {startScriptedCamera} from '../../../helpers/scripted-camera.ts';
import type {Script} from '../../../helpers/scripted-camera.ts';
import {until} from '../../../helpers/until.ts';

test('a camera made of gst-rtsp-server is pulled with picture and sound', async t => {
	const camera = await startCamera(t);
	const pull = startPull(t, camera.url);
	await until(() => pull.stats().keyFrames >= 2 && pull.epochs.length > 0);
	const [video, audio] = pull.epochs[0]!.tracks;
	t.like(video, {type: 'h264', width: 320, height: 240, maxReorderFrames: 0});
	t.like(audio, {type: 'aac', sampleRateHz: 48_000, channels: 2});
	t.like(pull.stats(), {damagedFrames: 0, lostPackets: 0, resyncs: 0});
});

const asksForPassword = test.macro({
	async exec(t, auth: 'basic' | 'digest') {
		const [user, password] = ['admin', 'p@ss:w/rd%'];
		const camera = await startCamera(t, {auth, user, password});
		const pull = startPull(t, camera.url.replace('//', `//${user}:${password}@`));
		await until(() => pull.stats().keyFrames >= 1);
		t.false(pull.log().includes(password));
	},
	title: (_, auth) => `gst-rtsp-server gets a password with @ : / % in it by ${auth}`,
});
test(asksForPassword, 'basic');
test(asksForPassword, 'digest');

test('a wrong password is told without saying it', async t => {
	const camera = await startCamera(t, {user: 'admin', password: 'right'});
	const pull = startPull(t, camera.url.replace('//', '//admin:wr0ng@'));
	const error = await pull.failure();
	t.is(error?.code, 'RTSP_UNAUTHORIZED');
	t.false(JSON.stringify([error, error?.message, error?.context, pull.log()]).includes('wr0ng'));
});

test('a path that the camera does not have is told', async t => {
	const camera = await startCamera(t);
	const error = await startPull(t, camera.url.replace('/live', '/other')).failure();
	t.is(error?.code, 'RTSP_NOT_FOUND');
});

test('a camera that is killed is lost', async t => {
	const camera = await startCamera(t);
	const pull = startPull(t, camera.url);
	await until(() => pull.stats().keyFrames >= 1);
	await camera.stop();
	t.is((await pull.failure())?.code, 'RTSP_LOST');
});

test('nobody at the address is told with host and port', async t => {
	const server = net.createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const {port} = server.address() as AddressInfo;
	server.close();
	await once(server, 'close');
	const error = await startPull(t, `rtsp://admin:secret@127.0.0.1:${port}/`).failure();
	t.is(error?.code, 'RTSP_CONNECT');
	t.regex(error!.message, new RegExp(`127.0.0.1 port ${port}`));
	t.notRegex(error!.message, /secret/);
});

test('a camera that does not answer is told', async t => {
	const camera = await startScriptedCamera(t, {reply: () => ''});
	const error = await startPull(t, camera.url(), {readTimeoutMs: 2000}).failure();
	t.is(error?.code, 'RTSP_TIMEOUT');
});

test('closing says TEARDOWN and ends the connection', async t => {
	const camera = await startScriptedCamera(t);
	const pull = startPull(t, camera.url());
	await untilFrames(camera, pull, 5);
	await pull.close();
	t.deepEqual(camera.methods(), ['OPTIONS', 'DESCRIBE', 'SETUP', 'PLAY', 'TEARDOWN']);
	t.is(await pull.failure(), undefined);
	await until(() => camera.sessions[0]!.socket.destroyed);
	pull.source.close();
});

test('closing at any moment of the dialogue stops it once', async t => {
	for (const method of ['OPTIONS', 'DESCRIBE', 'SETUP', 'PLAY']) {
		const camera = await startScriptedCamera(t, {
			reply: (_, asked) => (asked.method === method ? '' : undefined),
		});
		const pull = startPull(t, camera.url());
		let count = 0;
		pull.source.on('stopped', () => count++);
		await camera.heard(method);
		await pull.close();
		pull.source.close();
		t.is(count, 1);
	}
});

test('closing while the connection is made stops it', async t => {
	const pull = startPull(t, 'rtsp://127.0.0.1:9/');
	await pull.close();
	t.is(await pull.failure(), undefined);
});

test('closing after its stream is gone says TEARDOWN all the same', async t => {
	const camera = await startScriptedCamera(t);
	const pull = startPull(t, camera.url());
	await untilFrames(camera, pull, 5);
	pull.stream.close();
	await once(pull.stream, 'closed');
	await pull.close();
	await camera.heard('TEARDOWN');
	t.is(await pull.failure(), undefined);
});

test('pause and play are said to the camera, and media comes again', async t => {
	const camera = await startScriptedCamera(t);
	const pull = startPull(t, camera.url());
	await untilFrames(camera, pull, 5);
	pull.source.pause();
	await camera.heard('PAUSE');
	pull.source.play();
	await camera.heard('PLAY', 2);
	await untilFrames(camera, pull, pull.stats().frames + 10);
	t.is(camera.sessions.length, 1);
});

test('a camera has its time again after a pause', async t => {
	let [silent, pictures] = [false, 0];
	const camera = await startScriptedCamera(t, {
		reply: (reply, {method}) => {
			if (method === 'PAUSE') reply.status = '405 Method Not Allowed';
		},
		wire: frames => (silent ? [] : frames),
	});
	camera.on('picture', () => pictures++);
	const pass = async (count: number) => {
		const end = pictures + count;
		await camera.untilPicture(() => pictures >= end);
	};
	const pull = startPull(t, camera.url(), {readTimeoutMs: 1000});
	await untilFrames(camera, pull, 5);
	pull.source.pause();
	await camera.heard('PAUSE');
	silent = true;
	await pass(30);
	pull.source.play();
	// Almost as long as it may be silent.
	await pass(21);
	silent = false;
	await untilFrames(camera, pull, pull.stats().frames + 30);
	t.is(camera.sessions.length, 1);
});

test('a source that is paused before it is ready says PAUSE after PLAY', async t => {
	const camera = await startScriptedCamera(t);
	startPull(t, camera.url()).source.pause();
	await camera.heard('PAUSE');
	t.deepEqual(camera.methods().slice(-2), ['PLAY', 'PAUSE']);
});

test('a camera that knows no PAUSE goes on', async t => {
	const camera = await startScriptedCamera(t, {
		reply: (reply, {method}) => {
			if (method === 'PAUSE') reply.status = '405 Method Not Allowed';
		},
	});
	const pull = startPull(t, camera.url());
	await untilFrames(camera, pull, 5);
	pull.source.pause();
	pull.source.play();
	await untilFrames(camera, pull, pull.stats().frames + 10);
	t.is(camera.sessions.length, 1);
});

const redirects = test.macro({
	async exec(t, status: number) {
		const camera = await startScriptedCamera(t);
		const first = await startScriptedCamera(t, {
			reply: (reply, {method}) => {
				if (method !== 'DESCRIBE') return;
				reply.status = `${status} Elsewhere`;
				reply.headers.set('Location', camera.url('/there'));
			},
		});
		const pull = startPull(t, first.url());
		await untilFrames(camera, pull, 5);
		t.is(camera.asked[0]?.url, camera.url('/there'));
	},
	title: (_, status) => `line 14: a DESCRIBE answered by ${status} is followed`,
});
for (const status of [301, 302, 303, 307, 308]) test(redirects, status);

test('a camera that moves again and again is followed as long as media comes in between', async t => {
	const camera = await startScriptedCamera(t);
	const pull = startPull(t, camera.url());
	for (let moves = 0; moves < 7; moves++) {
		await camera.heard('PLAY', moves + 1);
		const {packets} = pull.stats();
		await camera.untilPicture(() => pull.stats().packets > packets);
		const request = 'REDIRECT * RTSP/1.0\r\nCSeq: 7';
		camera.sessions.at(-1)!.write(`${request}\r\nLocation: ${camera.url()}\r\n\r\n`);
	}
	await camera.heard('PLAY', 8);
	t.is(camera.sessions.length, 8);
});

test('redirects in a circle end', async t => {
	const camera = await startScriptedCamera(t, {
		reply: (reply, {method, url}) => {
			if (method !== 'DESCRIBE') return;
			reply.status = '302 Found';
			reply.headers.set('Location', url);
		},
	});
	t.is((await startPull(t, camera.url()).failure())?.code, 'RTSP_REFUSED');
	t.is(camera.sessions.length, 6);
});

test('the password of a redirected source goes to another host, but never in plain words', async t => {
	const challenges = ['Basic realm="r"'];
	const camera = await startScriptedCamera(t, {auth: {user: 'u', password: 'p', challenges}});
	const first = await startScriptedCamera(t, {
		reply: (reply, {method}) => {
			if (method !== 'DESCRIBE') return;
			reply.status = '302 Found';
			reply.headers.set('Location', camera.url().replace('127.0.0.1', 'localhost'));
		},
	});
	const error = await startPull(t, first.url('/live', 'u:p@')).failure();
	t.is(error?.code, 'RTSP_UNAUTHORIZED');
	t.true(camera.asked.every(({headers}) => !headers.has('authorization')));
});

test('a REDIRECT of the camera is followed, and the old session torn down', async t => {
	const next = await startScriptedCamera(t);
	const camera = await startScriptedCamera(t);
	const pull = startPull(t, camera.url());
	await untilFrames(camera, pull, 5);
	camera.sessions[0]!.write(`REDIRECT * RTSP/1.0\r\nCSeq: 7\r\nLocation: ${next.url()}\r\n\r\n`);
	await camera.heard('TEARDOWN');
	await untilFrames(next, pull, pull.stats().frames + 10);
	t.regex(camera.sessions[0]!.answers[0]!, /^RTSP\/1.0 200 OK\r\nCSeq: 7/);
	t.is(pull.epochs.length, 2);
});

const answersRequest = test.macro({
	async exec(t, method: string, status: number) {
		const camera = await startScriptedCamera(t);
		const pull = startPull(t, camera.url());
		await untilFrames(camera, pull, 5);
		const [session] = camera.sessions;
		session!.write(`${method} ${camera.url()} RTSP/1.0\r\nCSeq: 12\r\n\r\n`);
		while (session!.answers.length === 0) await once(camera, 'asked');
		t.regex(session!.answers[0]!, new RegExp(`^RTSP/1.0 ${status} .*\r\nCSeq: 12`));
		await untilFrames(camera, pull, pull.stats().frames + 5);
	},
	title: (_, method, status) => `${method} of the camera is answered by ${status}`,
});
test(answersRequest, 'OPTIONS', 200);
test(answersRequest, 'SET_PARAMETER', 200);
test(answersRequest, 'GET_PARAMETER', 200);
test(answersRequest, 'DESCRIBE', 501);

const announcement = (sdp: string): string =>
	`ANNOUNCE * RTSP/1.0\r\nCSeq: 5\r\nContent-Length: ${sdp.length}\r\n\r\n${sdp}`;

test('an ANNOUNCE with other parameters begins a new epoch on the same connection', async t => {
	const camera = await startScriptedCamera(t, {
		wire: (frames, index, session) => {
			if (index !== 30) return frames;
			session.camera.pictures.splice(0, Infinity, ...other.pictures);
			return [Buffer.from(announcement(announced)), ...frames];
		},
	});
	const other = await startScriptedCamera(t, {pictures: 'other'});
	const announced = `v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 sprop-parameter-sets=${parameterSets(other)}\r\na=control:picture\r\n`;
	const pull = startPull(t, camera.url());
	await camera.untilPicture(() => pull.epochs.length === 2);
	t.like(pull.epochs[1]!.tracks[0], {type: 'h264', width: 640, height: 360});
	await untilFrames(camera, pull, pull.stats().frames + 10);
	t.is(camera.sessions.length, 1);
});

test('an ANNOUNCE with other tracks begins a new dialogue', async t => {
	const script: Script = {};
	const camera = await startScriptedCamera(t, script);
	const pull = startPull(t, camera.url());
	await untilFrames(camera, pull, 5);
	script.hasSound = true;
	const sdp =
		'v=0\r\nm=video 0 RTP/AVP 96\r\na=control:picture\r\nm=audio 0 RTP/AVP 97\r\na=control:sound\r\n';
	camera.sessions[0]!.write(announcement(sdp));
	await camera.untilPicture(() => pull.epochs.at(-1)?.tracks.length === 2);
	t.is(camera.sessions.length, 2);
});

test('an ANNOUNCE with numbers that RTP does not have leaves the server whole', async t => {
	const camera = await startScriptedCamera(t);
	const pull = startPull(t, camera.url());
	await untilFrames(camera, pull, 5);
	const sdp = 'v=0\r\nm=video 0 RTP/AVP\r\na=rtpmap:999 H264/90000\r\na=control:picture\r\n';
	camera.sessions[0]!.write(announcement(sdp));
	await camera.untilPicture(() => camera.sessions.length === 2);
	await untilFrames(camera, pull, pull.stats().frames + 5);
	t.is(camera.sessions.length, 2);
});

test('a TEARDOWN of the camera ends the source', async t => {
	const camera = await startScriptedCamera(t);
	const pull = startPull(t, camera.url());
	await untilFrames(camera, pull, 5);
	camera.sessions[0]!.write('TEARDOWN * RTSP/1.0\r\nCSeq: 1\r\n\r\n');
	t.is((await pull.failure())?.code, 'RTSP_LOST');
});
