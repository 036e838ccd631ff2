import {once} from 'node:events';
import test from 'ava';
import {connectRtmp} from '../../../helpers/rtmp-client.ts';
import {startPaths} from '../../../helpers/server.ts';

const source = 'test:?size=160x120&rate=10&gop=5&bitrate=100k';

test('a player hears that it plays and what comes, pauses, goes on, and plays something else', async t => {
	const {server, said} = await startPaths(t, {'live/cam': {source}, 'live/other': {source}});
	await Promise.all([said(/\[live\/cam\] source ready/), said(/\[live\/other\] source ready/)]);
	const player = await connectRtmp(t, server.rtmpUrl!);
	player.say('getStreamLength', null, 'cam');
	t.deepEqual((await player.result()).values.slice(1), [null, 0]);
	player.say('play', null, 'cam', -2000);
	t.is(await player.status(), 'NetStream.Play.Reset');
	t.is(await player.status(), 'NetStream.Play.Start');
	const {values} = await player.until(({name}) => name === 'onMetaData');
	t.like(values[0], {width: 160, height: 120, videocodecid: 7, audiocodecid: 10});
	t.deepEqual(server.path('live/cam').facts?.readers, [{type: 'rtmpConn', id: 'rtmp-1'}]);
	player.say('play2', null, {streamName: 'other'});
	t.is(await player.status(), 'NetStream.Play.Failed');
	player.say('pause', null, true, 1000);
	t.is(await player.status(), 'NetStream.Pause.Notify');
	player.say('pause', null, false, 1000);
	t.is(await player.status(), 'NetStream.Unpause.Notify');
	player.say('closeStream', null);
	await said(/\[live\/cam\] stopped reading: it has ended its stream/);
	player.say('play', null, 'other');
	t.is(await player.status(), 'NetStream.Play.Reset');
	t.deepEqual(server.path('live/cam').facts?.readers, []);
	await said(/\[live\/other\] reads 2 of 2 tracks over RTMP/);
});

test('what a publisher says of its stream is told to players, and told again when it changes', async t => {
	const {server, said} = await startPaths(t, {all_others: {}});
	const publisher = await connectRtmp(t, server.rtmpUrl!);
	publisher.say('publish', null, 'cam', 'live');
	t.is(await publisher.status(), 'NetStream.Publish.Start');
	publisher.describe({title: 'Gate', audiocodecid: 10, videodatarate: 2500});
	publisher.sound();
	await said(/\[live\/cam\] source ready/);
	const player = await connectRtmp(t, server.rtmpUrl!);
	player.say('play', null, 'cam');
	const first = await player.until(({name}) => name === 'onMetaData');
	t.deepEqual(
		{...(first.values[0] as object)},
		{
			...{encoder: 'Sluice', title: 'Gate', videodatarate: 2500, audiocodecid: 10},
			...{audiosamplerate: 48_000, audiosamplesize: 16, audiochannels: 2, stereo: true},
		},
	);
	publisher.describe({title: 'Yard', encoder: 'OBS'});
	const second = await player.until(({name}) => name === 'onMetaData');
	t.like(second.values[0], {title: 'Yard', encoder: 'OBS', audiosamplerate: 48_000});
});

test('a player of a path that is not there, or has nothing, is told so and hung up on', async t => {
	const {server, said} = await startPaths(t, {all_others: {}});
	const player = await connectRtmp(t, server.rtmpUrl!);
	const closed = once(player.socket, 'close');
	player.say('play', null, 'nothing?token=secret');
	t.is(await player.status(), 'NetStream.Play.StreamNotFound');
	await closed;
	const line = await said(/RTMP player of live\/nothing from 127\.0\.0\.1:\d+ refused/);
	t.notRegex(line, /secret/);
});

test('a player waits for a source that starts when it is wanted', async t => {
	const {server} = await startPaths(t, {'live/cam': {source, sourceOnDemand: true}});
	const player = await connectRtmp(t, server.rtmpUrl!);
	player.say('play', null, 'cam');
	t.is(await player.status(), 'NetStream.Play.Reset');
	t.is(server.path('live/cam').facts?.state, 'ready');
});

test('a player without codecs beyond those of Flash gets the rest, or is told what it lacks', async t => {
	const line = (codec: string) =>
		`gstreamer:videotestsrc is-live=true ! video/x-raw,width=160,height=120,framerate=10/1 ! ${codec} ! hubsink path=live/new`;
	const {server, said} = await startPaths(t, {
		'live/new': {source: line('vp8enc deadline=1 keyframe-max-dist=5')},
	});
	await said(/source ready/);
	const old = await connectRtmp(t, server.rtmpUrl!);
	old.say('play', null, 'new');
	t.is(await old.status(), 'NetStream.Play.Failed');
	await said(/RTMP player of live\/new .* refused: Expected a player that knows VP8/);
	const asked = {videoFourCcInfoMap: {vp08: 1}};
	const modern = await connectRtmp(t, server.rtmpUrl!, {asked});
	modern.say('play', null, 'new');
	t.is(await modern.status(), 'NetStream.Play.Reset');
	const {values} = await modern.until(({name}) => name === 'onMetaData');
	t.like(values[0], {videocodecid: Buffer.from('vp08').readUInt32BE()});
});

test('who may not read a path is refused, and passwords are in no list', async t => {
	const users = [
		{user: 'ann', pass: 'secret', permissions: [{action: 'read', path: 'live/cam'}]},
		{user: 'any', permissions: [{action: 'api'}]},
	];
	const {server, said, url, lines} = await startPaths(
		t,
		{'live/cam': {source}},
		{authInternalUsers: users},
	);
	await said(/source ready/);
	const nobody = await connectRtmp(t, server.rtmpUrl!);
	nobody.say('play', null, 'cam');
	t.is(await nobody.status(), 'NetStream.Play.Failed');
	const ann = await connectRtmp(t, server.rtmpUrl!);
	ann.say('play', null, 'cam?user=ann&pass=secret');
	t.is(await ann.status(), 'NetStream.Play.Reset');
	await said(/reads 2 of 2 tracks/);
	const list = await (await fetch(`${url}/v3/rtmpconns/list`)).text();
	t.regex(list, /"state":"read","path":"live\/cam".*"user":"ann"/);
	t.notRegex(list + lines.join('\n'), /secret/);
});

test('a player is told when its path has ended', async t => {
	const {server, said} = await startPaths(t, {'live/cam': {source}});
	await said(/source ready/);
	const player = await connectRtmp(t, server.rtmpUrl!);
	const closed = once(player.socket, 'close');
	player.say('play', null, 'cam');
	t.is(await player.status(), 'NetStream.Play.Reset');
	await said(/reads 2 of 2/);
	server.path('live/cam').exit();
	t.is(await player.status(), 'NetStream.Play.Start');
	t.is(await player.status(), 'NetStream.Play.UnpublishNotify');
	t.is(await player.status(), 'NetStream.Play.Stop');
	await closed;
});
