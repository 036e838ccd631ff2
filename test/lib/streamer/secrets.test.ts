import test from 'ava';
import fc from 'fast-check';
import {createRedactor, redactEndpoint} from '../../../lib/streamer/secrets.ts';

const shows = test.macro({
	exec: (t, text: string, shown: string) => t.is(redactEndpoint(text), shown),
	title: (_, text) => `${text} is shown without its secret`,
});

test(shows, 'rtmp://server/live/abcd-1234', 'rtmp://server/live/***');
test(shows, 'rtmps://user:secret@server:443/app/key?auth=1', 'rtmps://user:***@server:443/app/***');
test(shows, 'rtmp://server/app', 'rtmp://server/app');
test(shows, 'rtsp://user:secret@camera/x', 'rtsp://user:***@camera/x');
test(
	shows,
	'srt://server:9000?passphrase=longsecret&latency=50&streamid=publish:a:b:c',
	'srt://server:9000?***',
);
test(shows, 'http://server/a.m3u8?token=secret', 'http://server/a.m3u8?***');
test(
	shows,
	'https://bucket/a.mp4?X-Amz-Credential=AKIA&X-Amz-Signature=0123abcd',
	'https://bucket/a.mp4?***',
);
test(shows, 'https://cdn/a.m3u8?hdnts=exp=9~acl=/*~hmac=ab', 'https://cdn/a.m3u8?***');
test(shows, 'rtsp://server/x?wmsAuthSign=c2VydmVy', 'rtsp://server/x?***');
test(shows, 'rtmp://server/app?x=1/KEY-1234', 'rtmp://server/app?***');
test(shows, 'srt://server:9000?streamid=two words', 'srt://server:9000?***');
test(shows, 'file:///what?.mp4', 'file:///what?.mp4');
test(shows, 'what?.mp4', 'what?.mp4');
test(shows, 'film.mp4', 'film.mp4');

test('what others say of an endpoint tells none of its secrets', t => {
	const redact = createRedactor([
		'rtmp://server/live/abcd-1234?backup=1',
		'srt://server:9000?passphrase=long%20secret&mode=listener',
		'rtmp://server/app?x=1/KEY-of-OBS',
		'https://bucket/a.mp4?X-Amz-Signature=0123abcd&part=2',
	]);
	for (const [text, shown] of [
		['refused: rtmp://server/live/abcd-1234?backup=1', 'refused: rtmp://server/live/***'],
		['stream abcd-1234 is in use', 'stream *** is in use'],
		['xabcd-1234 is another', 'xabcd-1234 is another'],
		['"abcd-1234?backup=1"', '"***"'],
		['no such passphrase: long secret', 'no such passphrase: ***'],
		['http://a:b@c', 'http://a:***@c'],
		['no listener for KEY-of-OBS', 'no listener for ***'],
		['signature 0123abcd is old', 'signature *** is old'],
		['https://bucket/a.mp4?X-Amz-Signature=0123abcd&part=2: no', 'https://bucket/a.mp4?***: no'],
		['(http://cdn/b.ts?s=xyz), and file:///b?c', '(http://cdn/b.ts?***), and file:///b?c'],
	] as const)
		t.is(redact(text), shown);
});

test('a key of any characters stays hidden', t => {
	const key = fc.stringMatching(/^[A-Za-z0-9.*+$()|[\]^-]{4,20}$/);
	fc.assert(
		fc.property(key, secret => {
			const redact = createRedactor([`rtmp://server/live/${secret}`]);
			t.is(redact(`publish ${secret} failed`), 'publish *** failed');
		}),
	);
});
