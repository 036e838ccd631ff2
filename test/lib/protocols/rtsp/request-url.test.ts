import test from 'ava';
import fc from 'fast-check';
import {
	contentBase,
	formatControl,
	parseRequestUrl,
} from '../../../../lib/protocols/rtsp/request-url.ts';

const meanings: [url: string, path: string, query: string, track?: number][] = [
	['*', '', ''],
	['rtsp://host', '', ''],
	['rtsp://host:8554/cam', 'cam', ''],
	['rtsp://host/cam/', 'cam', ''],
	['rtsp://host/site/cam-2/trackID=1', 'site/cam-2', '', 1],
	['rtsp://host/cam/trackID=1/', 'cam', '', 1],
	['rtsp://host/cam?start=fast', 'cam', 'start=fast'],
	['rtsp://host/cam/?start=fast', 'cam', 'start=fast'],
	['rtsp://host/cam?start=fast/trackID=0', 'cam', 'start=fast', 0],
	['rtsp://host/cam/trackID=0?start=fast', 'cam', 'start=fast', 0],
	['rtsp://host/cam?start=fast/', 'cam', 'start=fast'],
	['rtsp://user:pass@host/cam', 'cam', ''],
	['RTSPS://host/c%61m', 'cam', ''],
	['/cam/trackID=2', 'cam', '', 2],
];

for (const [url, path, query, track] of meanings)
	test(`a client may ask for ${url}`, t => {
		t.deepEqual(parseRequestUrl(url), {ok: true, value: {path, query, track}});
	});

for (const url of [
	'cam',
	'http://host/cam',
	'rtsp://',
	'rtsp://host/c%zz',
	'rtsp://host/a%20b',
	'',
])
	test(`${url || 'nothing'} is no URL to ask for`, t => {
		t.false(parseRequestUrl(url).ok);
	});

test('controls are relative to the path, without its query', t => {
	t.is(contentBase('rtsp://host/cam?a=b'), 'rtsp://host/cam/');
	t.is(contentBase('rtsp://host/cam//'), 'rtsp://host/cam/');
});

test('whatever a client writes, the parser returns', t => {
	fc.assert(
		fc.property(fc.string({unit: 'binary'}), text => {
			for (const url of [text, `rtsp://host/${text}`, `rtsp://${text}`]) parseRequestUrl(url);
		}),
	);
	t.pass();
});

test('what is offered is understood', t => {
	const segment = fc.stringMatching(/^[A-Za-z0-9_.~-]{1,10}$/);
	fc.assert(
		fc.property(fc.array(segment, {minLength: 1, maxLength: 4}), fc.nat(999), (segments, track) => {
			const url = contentBase(`rtsp://host/${segments.join('/')}`) + formatControl(track);
			t.deepEqual(parseRequestUrl(url), {
				ok: true,
				value: {path: segments.join('/'), query: '', track},
			});
		}),
	);
});

test('a URL of many slashes is no path, and that is seen at once', t => {
	t.false(parseRequestUrl(`rtsp://host/x${'/'.repeat(1_000_000)}x`).ok);
	t.is(contentBase('rtsp://host/cam//'), 'rtsp://host/cam/');
});
