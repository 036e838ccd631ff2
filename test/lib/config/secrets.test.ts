import test from 'ava';
import fc from 'fast-check';
import {load} from '../../helpers/config.ts';
import {hideSecrets, restoreSecrets} from '../../../lib/config/secrets.ts';
import {MediaError} from '../../../lib/errors.ts';

test('no password is left in a configuration', t => {
	const {config} = load(`
hlsCDNSecret: secret6
authInternalUsers:
- {user: any, permissions: [{action: read}]}
- {user: admin, pass: secret1}
paths:
  a: {source: rtsp://admin:secret2@camera/x}
  b: {gstreamer: 'rtspsrc location=rtsp://u:secret3@h user-id=me user-pw=secret4 ! srtsink passphrase="secret5 6" ! hubsink'}
`);
	const hidden = hideSecrets(config);
	t.notRegex(JSON.stringify(hidden), /secret\d/);
	t.is(hidden.paths['a']?.source, 'rtsp://admin:***@camera/x');
	t.like(hidden.authInternalUsers, {0: {pass: ''}, 1: {user: 'admin', pass: '***'}});
	t.true(
		hidden.paths['b']?.gstreamer.includes(
			'user-id=me user-pw=*** ! srtsink passphrase=*** ! hubsink',
		),
	);
});

test('what was read and is written back keeps what is stored', t => {
	const stored = {
		source: 'rtsp://admin:secret@camera:554/x',
		users: [{pass: 'p'}],
		gstreamer: 'a user-pw=x ! b',
	};
	t.deepEqual(restoreSecrets(hideSecrets(stored), stored), stored);
});

test('keys of places that a path is sent to are hidden, and kept when they are written back', t => {
	const stored = {
		push: [
			'rtmp://host/live/secret?x=secret',
			'rtsp://u:secret@host/a',
			'srt://host:1?streamid=secret',
		],
	};
	const hidden = hideSecrets(stored);
	t.deepEqual(hidden.push, ['rtmp://host/live/***', 'rtsp://u:***@host/a', 'srt://host:1?***']);
	t.deepEqual(restoreSecrets(hidden, stored), stored);
	t.throws(() => restoreSecrets({push: ['rtmp://evil/live/***']}, stored));
});

test('a URL may change behind the server and keep its password', t => {
	t.deepEqual(
		restoreSecrets(
			{source: 'rtsp://admin:***@camera:554/other?x=1'},
			{source: 'rtsp://admin:se@cr@camera:554/x'},
		),
		{
			source: 'rtsp://admin:se@cr@camera:554/other?x=1',
		},
	);
});

test('a password is never sent to another server, user or scheme than it was stored for', t => {
	const stored = {source: 'rtsps://admin:secret@camera:554/x'};
	for (const source of [
		'rtsps://admin:***@evil:554/x',
		'rtsps://admin:***@camera:555/x',
		'rtsps://root:***@camera:554/x',
		'rtsp://admin:***@camera:554/x',
		'rtsps://admin:***@evil/@camera:554/x',
		'rtsps://admin:***@camera:554/?password=***',
		'test:?x=***',
	]) {
		const error = t.throws(
			() => restoreSecrets({source}, stored),
			{instanceOf: MediaError},
			source,
		);
		t.is(error.code, 'CONFIG_INVALID');
		t.false(error.message.includes('secret'));
	}
	t.throws(() => restoreSecrets({pass: '***'}, {}), {instanceOf: MediaError});
});

test('what has no *** comes back as it is', t => {
	const json = fc.jsonValue().filter(value => !JSON.stringify(value).includes('***'));
	fc.assert(
		fc.property(json, value => {
			t.deepEqual(restoreSecrets(value, {}), value);
		}),
	);
});
