import test from 'ava';
import {checkSource, isLocalSource, lackOfSource} from '../../../lib/config/sources.ts';

test('what this version can start is taken', t => {
	for (const source of [
		'publisher',
		'test:',
		'test:?size=640x360',
		'test:?size=$G1',
		'file:///film.mp4',
		'gstreamer: videotestsrc ! hubsink',
		'rtsp://camera',
		'rtsps://camera/',
		'rtmp://host/live',
		'rtmps://host/live/key?token=x',
		'rtsp+http://camera:80/stream',
		'rtsps+ws://camera:443/stream',
		'RTSP://admin:p%40ss@[fe80::1]:554/Streaming/Channels/101',
		'rtsp://admin:password@10.0.0.1/cam/realmonitor?channel=1&subtype=0',
		'rtsp://root:password@10.0.0.1/axis-media/media.amp',
		'rtsp://host:$G1/$G2',
	]) {
		t.is(checkSource(source), undefined, source);
		t.is(lackOfSource(source), undefined, source);
	}
});

test('what MediaMTX can start and this version cannot is taken, with what is lacking', t => {
	for (const source of [
		'https://host/live.m3u8',
		'srt://host:1',
		'http://host/x.m3u8',
		'udp+mpegts://0.0.0.0:1',
		'whep://host/x',
		'rpiCamera',
	]) {
		t.is(checkSource(source), undefined, source);
		t.regex(lackOfSource(source) ?? '', /not supported by this version$/, source);
	}
});

test('anything else is refused with the forms that are known, and without a password', t => {
	for (const source of [
		'',
		'camera',
		'ftp://u:secret@host/',
		'rtsp:/x',
		'rtsp://',
		'rtsp://u:secret#x@host/',
		'file://film.mp4',
		'file:film.mp4',
		'gstreamer:',
		'toString:',
		'test:?size=9x9',
		'test:?siez=640x360',
	]) {
		const reason = checkSource(source) ?? '';
		t.regex(reason, /^expected /, source);
		t.false(reason.includes('secret'), reason);
	}
});

test('what opens something on this machine is known, whatever its capitals', t => {
	for (const source of ['file:///x', 'FILE:///x', 'gstreamer: x', 'unix+mpegts://x'])
		t.true(isLocalSource(source), source);
	for (const source of ['rtsp://x', 'test:', 'publisher', '', undefined, 1])
		t.false(isLocalSource(source));
});
