import test from 'ava';
import fc from 'fast-check';
import {redactUrl, redactUrls} from '../../../lib/util/redact.ts';

const hides = test.macro({
	exec: (t, text: string, shown: string) => t.is(redactUrls(text), shown),
	title: (_, text) => `the password is hidden in ${text}`,
});

test(hides, 'rtsp://admin:secret@10.0.0.1:554/x?a=b', 'rtsp://admin:***@10.0.0.1:554/x?a=b');
test(hides, 'rtsp://admin:se:cr@et@camera/', 'rtsp://admin:***@camera/');
test(hides, 'rtsp://admin:se#cr/et?@camera/', 'rtsp://admin:***@camera/');
test(hides, 'rtsp://:secret@camera', 'rtsp://:***@camera');
test(hides, 'RTSP://a:secret@h and HTTPS://b:secret@h', 'RTSP://a:***@h and HTTPS://b:***@h');
test(hides, '"rtsp://a:secret@h"', '"rtsp://a:***@h"');
test(hides, 'rtsp://h/?user=a&password=secret&x=1', 'rtsp://h/?user=a&password=***&x=1');
test(
	hides,
	'rtsp://h/user=a_password=secret_channel=1_stream=0',
	'rtsp://h/user=a_password=***_channel=1_stream=0',
);
test(hides, 'rtsp://h/user=a&pwd=secret', 'rtsp://h/user=a&pwd=***');

test('a URL without a password stays as it is', t => {
	for (const url of [
		'rtsp://camera:554/stream',
		'rtsp://admin@camera/',
		'rtsp://[::1]:554/a@b',
		'http://h:80/a@b:c@d',
		'no url: a:b@c',
		'',
	]) {
		t.is(redactUrl(url), url);
	}
});

test('what is hidden once is hidden the same way twice', t => {
	fc.assert(fc.property(fc.string(), text => redactUrls(redactUrls(text)) === redactUrls(text)));
	t.pass();
});

test('no password of any characters is left in a URL', t => {
	const password = fc
		.string({minLength: 4})
		.filter(text => !/[\s"'<>`]|:\/\/|\*/.test(text))
		// What looks like host, port and path is no password to anybody.
		.filter(text => !/^\d*([/?#]|$)|@.*[/?#]/.test(text))
		.map(text => `${text}Z9`);
	fc.assert(
		fc.property(
			password,
			secret => !redactUrls(`x rtsp://user:${secret}@camera/ y`).includes(secret),
		),
	);
	t.pass();
});
