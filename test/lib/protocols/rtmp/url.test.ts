import test from 'ava';
import fc from 'fast-check';
import {
	parsePlayedUrl,
	parseRtmpUrl,
	resolveReconnect,
	shownUrl,
} from '../../../../lib/protocols/rtmp/url.ts';

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

const place = (text: string) => {
	const url = parseRtmpUrl(text);
	if (!url.ok) throw new Error(url.reason);
	return url.value;
};

const moved = test.macro({
	exec(t, tcUrl: string, parts: object) {
		const next = resolveReconnect(place('rtmp://server:1936/live/key?a=b'), tcUrl);
		t.true(next.ok);
		t.like(next.ok ? next.value : {}, {name: 'key?a=b', ...parts});
	},
	title: (_, tcUrl) => `"${tcUrl}" is understood where a server asks to connect anew`,
});

test(moved, '', {host: 'server', port: 1936, application: 'live'});
test(moved, 'rtmps://other/app/inst/', {
	isTls: true,
	host: 'other',
	port: 443,
	application: 'app/inst',
});
test(moved, '//other:1/live', {isTls: false, host: 'other', port: 1, application: 'live'});
test(moved, '/backup', {host: 'server', port: 1936, application: 'backup'});
test(moved, 'backup', {host: 'server', port: 1936, application: 'backup'});
test(moved, 'rtmp://other/live?token=x', {
	application: 'live?token=x',
	applicationUrl: 'rtmp://other/live?token=x',
});

for (const tcUrl of [
	'http://other/live',
	'rtmp://other',
	'rtmp://user@other/live',
	'rtmp://',
	'//',
	'/',
])
	test(`"${tcUrl}" is no place to connect anew to`, t =>
		t.false(resolveReconnect(place('rtmp://server/live/key'), tcUrl).ok));

test('the same place is the same, whatever its application is called', t => {
	for (const application of ['my app', 'live/日本', 'a/../b', 'app/']) {
		const now = place(`rtmp://server/${application}/key`);
		t.deepEqual(resolveReconnect(now, ''), {ok: true, value: now});
	}
});

test('what hangs on to an application is not shown', t => {
	const {applicationUrl} = place('rtmp://server/live/key');
	t.is(shownUrl({applicationUrl: `${applicationUrl}?sig=secret`}), 'rtmp://server/live');
});

test('nobody is asked to give up encryption', t => {
	const next = resolveReconnect(place('rtmps://server/live/key'), 'rtmp://server/live');
	t.is(next.ok ? '' : next.reason, 'expected rtmps, since the server had it');
});

test('whatever a server says, the key goes along and encryption stays', t => {
	const texts = fc.oneof(fc.string(), fc.webUrl({validSchemes: ['rtmp', 'rtmps', 'http']}));
	fc.assert(
		fc.property(texts, fc.constantFrom('rtmp', 'rtmps'), (tcUrl, scheme) => {
			const now = place(`${scheme}://server/live/key`);
			const next = resolveReconnect(now, tcUrl);
			if (!next.ok) return;
			t.is(next.value.name, 'key');
			if (now.isTls) t.true(next.value.isTls);
		}),
	);
});
