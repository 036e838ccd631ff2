import test from 'ava';
import {parsePlayedUrl, parseRtmpUrl} from '../../../../lib/protocols/rtmp/url.ts';

const understood = test.macro({
	exec(t, text: string, parts: object) {
		const url = parseRtmpUrl(text);
		t.true(url.ok);
		t.like(url.ok ? url.value : {}, parts);
	},
	title: (_, text) => `${text} is understood`,
});

test(understood, 'rtmp://server/live/key', {
	isTls: false,
	host: 'server',
	port: 1935,
	application: 'live',
	name: 'key',
	applicationUrl: 'rtmp://server/live',
});
test(understood, 'rtmps://Server:80/app/inst/key?a=b/c&d', {
	isTls: true,
	host: 'server',
	port: 80,
	application: 'app/inst',
	name: 'key?a=b/c&d',
	applicationUrl: 'rtmps://Server:80/app/inst',
});
test(understood, 'rtmps://server/live/key', {port: 443});
test(understood, 'rtmp://[::1]:1936/live/key', {host: '::1', port: 1936});

const refused = test.macro({
	exec(t, text: string) {
		t.false(parseRtmpUrl(text).ok);
	},
	title: (_, text) => `${text} is refused`,
});

test(refused, 'rtmp://server/key');
test(refused, 'rtmp://server/live/');
test(refused, 'rtmp://user:password@server/live/key');
test(refused, 'rtmp://server:99999/live/key');
test(refused, 'http://server/live/key');

test('what is played may have an application alone, and its query', t => {
	const nameOf = (text: string) => {
		const url = parsePlayedUrl(text);
		return url.ok ? [url.value.application, url.value.name] : url.reason;
	};
	t.deepEqual(nameOf('rtmp://server/cam'), ['cam', '']);
	t.deepEqual(nameOf('rtmp://server:1936/cam/?user=a'), ['cam', '?user=a']);
	t.deepEqual(nameOf('rtmp://server/live/cam?a'), ['live', 'cam?a']);
	t.regex(String(nameOf('rtmp://ann:secret@server/cam')), /^expected a URL such as/);
	t.regex(String(nameOf('rtmp://server/')), /^expected/);
});
