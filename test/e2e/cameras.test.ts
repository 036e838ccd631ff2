import test from 'ava';
import {startCamera} from '../helpers/camera.ts';
import {
	fetchError,
	fetchText,
	mediaPlaylistUrl,
	mediaSequence,
	startPaths,
	untilAnswer,
} from '../helpers/server.ts';
import {startScriptedCamera} from '../helpers/scripted-camera.ts';

for (const rtspEngine of ['native', 'gstreamer']) {
	test(`a camera is served over HLS by the engine ${rtspEngine}`, async t => {
		const camera = await startCamera(t);
		const {url, said} = await startPaths(t, {cam: {source: camera.url, rtspEngine}});
		await said(/\[cam\] source ready: 2 tracks \(H264 320x240/);
		const playlist = await fetchText(await mediaPlaylistUrl(url, 'cam'));
		t.regex(playlist, /#EXTINF/);
	});

	test(`a wrong password is told by the engine ${rtspEngine} and not tried again at once`, async t => {
		const camera = await startCamera(t, {user: 'admin', password: 'right'});
		const source = camera.url.replace('//', '//admin:wrong@');
		const {url, said, lines} = await startPaths(t, {cam: {source, rtspEngine}});
		await said(/\[cam\] source failed/);
		t.like(await fetchError(`${url}/cam/index.m3u8`), {
			status: 404,
			code: 'PATH_FAILED',
			context: {reason: 'RTSP_UNAUTHORIZED'},
		});
		t.false(lines.some(line => line.includes('wrong@')));
	});

	test(`a camera that does not answer and one that answers and sends nothing are told apart by the engine ${rtspEngine}`, async t => {
		const mute = await startScriptedCamera(t, {
			reply: (_, {method}) => (method === 'DESCRIBE' ? '' : undefined),
		});
		const frozen = await startScriptedCamera(t, {wire: () => []});
		const cameras = {
			mute: {source: mute.url(), rtspEngine},
			frozen: {source: frozen.url(), rtspEngine},
		};
		const {said} = await startPaths(t, cameras, {readTimeout: '2s'});
		await said(/\[mute\] source failed: .*does not answer/);
		await said(/\[frozen\] source failed: .*(sends no media|got nothing for)/);
		t.pass();
	});

	test(`an HLS reader goes on when its camera was killed and is back, by the engine ${rtspEngine}`, async t => {
		const first = await startCamera(t);
		const {url, said, server} = await startPaths(t, {cam: {source: first.url, rtspEngine}});
		await said(/\[cam\] source ready/);
		const playlistUrl = await mediaPlaylistUrl(url, 'cam');
		const before = mediaSequence(await fetchText(playlistUrl));
		await first.stop();
		await said(/\[cam\] source lost/);
		await startCamera(t, {port: first.port});
		await said(/\[cam\] source is back/);
		const playlist = await untilAnswer(
			() => fetchText(playlistUrl),
			text => /#EXT-X-DISCONTINUITY\n/.test(text),
		);
		t.true(mediaSequence(playlist) >= before);
		t.like(server.paths()[0], {state: 'ready', reconnects: 1});
	});
}
