import test from 'ava';
import fc from 'fast-check';
import {
	controlUrls,
	formatRtspUrl,
	parseRtspUrl,
	portOf,
	resolveBase,
	resolveLocation,
} from '../../../../lib/protocols/rtsp/url.ts';
import type {RtspUrl} from '../../../../lib/protocols/rtsp/url.ts';

const parsedUrl = (text: string): RtspUrl => {
	const result = parseRtspUrl(text);
	if (!result.ok) throw new Error(result.reason);
	return result.value;
};

const readsUrl = test.macro({
	exec(
		t,
		text: string,
		expected: {request: string; credentials?: [string, string]; port?: number},
	) {
		const url = parsedUrl(text);
		t.is(formatRtspUrl(url), expected.request);
		t.deepEqual(
			url.credentials && [url.credentials.user, url.credentials.password],
			expected.credentials,
		);
		t.is(portOf(url), expected.port ?? 554);
	},
	title: (_, text) => `the URL ${text} is understood`,
});

test(readsUrl, 'rtsp://camera', {request: 'rtsp://camera'});
test(readsUrl, 'RTSP://camera:8554/', {request: 'rtsp://camera:8554/', port: 8554});
test(readsUrl, 'rtsps://camera/a', {request: 'rtsps://camera/a', port: 322});
test(readsUrl, 'rtsp+http://camera:80/a', {request: 'rtsp://camera:80/a', port: 80});
test(readsUrl, 'RTSPS+WS://camera/a', {request: 'rtsps://camera/a', port: 322});
test(readsUrl, 'rtsp://[fe80::1]:554/a', {request: 'rtsp://[fe80::1]:554/a'});
test(readsUrl, 'rtsp://camera?x=a@b', {request: 'rtsp://camera/?x=a@b'});
test(readsUrl, 'rtsp://camera/user@home/a', {request: 'rtsp://camera/user@home/a'});
test(readsUrl, 'rtsp://admin@camera/a', {
	request: 'rtsp://camera/a',
	credentials: ['admin', ''],
});
test(readsUrl, 'rtsp://admin:a%40b%zz%2F@camera/a', {
	request: 'rtsp://camera/a',
	credentials: ['admin', 'a@b%zz/'],
});
test(readsUrl, 'rtsp://admin:p@ss:w/rd%@192.168.1.64:554/a?b=c&d=e@f', {
	request: 'rtsp://192.168.1.64:554/a?b=c&d=e@f',
	credentials: ['admin', 'p@ss:w/rd%'],
});
test(readsUrl, 'rtsp://admin:p@ss/w@192.168.1.64/a', {
	request: 'rtsp://192.168.1.64/a',
	credentials: ['admin', 'p@ss/w'],
});
test(readsUrl, 'rtsp://admin:1234/5@cam.example/a', {
	request: 'rtsp://cam.example/a',
	credentials: ['admin', '1234/5'],
});
test(readsUrl, 'rtsp://admin:what?@camera/a', {
	request: 'rtsp://camera/a',
	credentials: ['admin', 'what?'],
});

const refusesUrl = test.macro({
	exec(t, text: string) {
		t.false(parseRtspUrl(text).ok);
	},
	title: (_, text) => `the URL ${JSON.stringify(text)} is refused`,
});

test(refusesUrl, 'http://camera/a');
test(refusesUrl, 'rtsp://');
test(refusesUrl, 'rtsp://camera:99999/a');
test(refusesUrl, 'rtsp://camera/a\r\nX: y');

test('a URL reads back as it was written, with any password in its escapes', t => {
	const original = fc.record({
		isTls: fc.boolean(),
		tunnel: fc.constantFrom('none', 'http', 'websocket'),
		host: fc.constantFrom('camera', '10.0.0.1', 'cam.example.org', '2001:db8::1'),
		port: fc.option(fc.integer({min: 1, max: 65_535}), {nil: undefined}),
		credentials: fc.record({user: fc.string(), password: fc.string({unit: 'grapheme'})}),
		path: fc.constantFrom('', '/', '/a/b', '/a?b=c', '/Streaming/Channels/101'),
	});
	fc.assert(
		fc.property(original, url => {
			const {user, password} = url.credentials;
			const userInfo = `${encodeURIComponent(user)}:${encodeURIComponent(password)}@`;
			const around = {none: '', http: '+http', websocket: '+ws'}[url.tunnel];
			t.deepEqual(parsedUrl(formatRtspUrl(url).replace('://', `${around}://${userInfo}`)), url);
		}),
	);
});

test('a camera within a tunnel that sends us elsewhere is followed within the tunnel', t => {
	const result = resolveLocation(parsedUrl('rtsp+http://camera:80/a'), 'rtsp://other:80/b');
	t.like(result, {ok: true, value: {tunnel: 'http', host: 'other', path: '/b'}});
});

test('any text is a URL or a reason, never an exception', t => {
	fc.assert(
		fc.property(fc.string(), fc.string(), (left, right) => {
			for (const text of [left, `rtsp://${left}`, `rtsp://${left}@${right}`]) {
				const result = parseRtspUrl(text);
				if (result.ok) {
					resolveBase(result.value, right);
					controlUrls([result.value], right);
					resolveLocation(result.value, right);
				}
			}
		}),
	);
	t.pass();
});

const resolvesBase = test.macro({
	exec(t, contentBase: string, expected: string) {
		const request = parsedUrl('rtsp://10.0.0.2:8554/live?x=1');
		t.is(formatRtspUrl(resolveBase(request, contentBase)), `rtsp://10.0.0.2:8554${expected}`);
	},
	title: (_, contentBase) => `the Content-Base "${contentBase}" is put right`,
});

test(resolvesBase, 'rtsp://10.0.0.2:8554/live/', '/live/');
test(resolvesBase, '10.0.0.2:8554/live/', '/live/');
test(resolvesBase, 'rtsp://rtsp://10.0.0.2:8554/live/', '/live/');
test(resolvesBase, 'rtsp://192.168.0.9/live/', '/live/');
test(resolvesBase, 'rtsp://fe80::1:8554/live/', '/live/');
test(resolvesBase, '/live/', '/live/');
test(resolvesBase, 'rtsp://10.0.0.2/live?x=1/', '/live?x=1/');
test(resolvesBase, '', '/live?x=1');

const resolvesControl = test.macro({
	exec(t, base: string, control: string | undefined, expected: string[]) {
		const request = parsedUrl(`rtsp://camera${base}`);
		const urls = controlUrls([request], control).map(formatRtspUrl);
		t.deepEqual(
			urls,
			expected.map(path => `rtsp://camera${path}`),
		);
	},
	title: (_, base, control) => `the control "${control}" under "${base}" is found`,
});

test(resolvesControl, '/live', 'trackID=1', ['/live/trackID=1']);
test(resolvesControl, '/live/', 'trackID=1', ['/live/trackID=1']);
test(resolvesControl, '/live', undefined, ['/live']);
test(resolvesControl, '/live', '*', ['/live']);
test(resolvesControl, '/live', 'rtsp://192.168.0.9:554/x/track1?a=b', ['/x/track1?a=b']);
test(resolvesControl, '/live?x=1', 'trackID=1', ['/live?x=1/trackID=1', '/live/trackID=1?x=1']);
test(resolvesControl, '/live?x=1/', 'trackID=1', ['/live?x=1/trackID=1', '/live/trackID=1?x=1/']);
test(resolvesControl, '/live', '/live/track1', ['/live/track1', '/live/live/track1']);
test(resolvesControl, '/live', '/track1', ['/live/track1', '/track1']);
test(resolvesControl, '/live', '?track=1', ['/live?track=1']);

test('a control is tried under every base, and under equal ones once', t => {
	const [a, b] = [parsedUrl('rtsp://camera/a'), parsedUrl('rtsp://camera/b')];
	t.deepEqual(controlUrls([a, b, a], 't').map(formatRtspUrl), [
		'rtsp://camera/a/t',
		'rtsp://camera/b/t',
	]);
});

test('a Location keeps the credentials unless it brings its own', t => {
	const from = parsedUrl('rtsp://admin:secret@camera/a');
	const to = (location: string) => {
		const result = resolveLocation(from, location);
		return result.ok ? [formatRtspUrl(result.value), result.value.credentials?.user] : undefined;
	};
	t.deepEqual(to('/b'), ['rtsp://camera/b', 'admin']);
	t.deepEqual(to('rtsp://other/b'), ['rtsp://other/b', 'admin']);
	t.deepEqual(to('rtsp://x:y@other/b'), ['rtsp://other/b', 'x']);
	t.is(to('http://other/b'), undefined);
});
