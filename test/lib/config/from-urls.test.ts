import test from 'ava';
import fc from 'fast-check';
import {checkPathName} from '../../../lib/config/path-name.ts';
import {configFromUrls, isSourceArgument} from '../../../lib/config/from-urls.ts';
import {MediaError} from '../../../lib/errors.ts';

const names = (...args: string[]) =>
	Object.keys(configFromUrls(args).paths).filter(name => name !== 'all_others');

test('a source is called after its host', t => {
	t.deepEqual(names('rtsp://user:p@camera.local:554/x'), ['camera.local']);
	t.deepEqual(names('rtsp://192.168.1.10/a'), ['192.168.1.10']);
	t.deepEqual(names('rtsp://[fe80::1]:554/a'), ['fe80--1']);
	t.deepEqual(names('rtsp://h_1/?x=a:b@c'), ['h_1']);
	t.deepEqual(names('test:'), ['test']);
	t.deepEqual(names('test:?size=640x360'), ['test']);
	t.deepEqual(names('file:///films/My%20film.mp4'), ['My-20film']);
});

test('a name that is taken gets a number', t => {
	t.deepEqual(names('test:', 'test:', 'test:'), ['test', 'test-2', 'test-3']);
	t.deepEqual(names('test:', 'test=rtsp://a/'), ['test', 'test-2']);
	t.deepEqual(names('rtsp://metrics/'), ['metrics-2']);
});

test('a name may be given', t => {
	const config = configFromUrls(['door=rtsp://user:a=b@camera/x?y=z']);
	t.is(config.paths['door']?.source, 'rtsp://user:a=b@camera/x?y=z');
	t.is(config.origins['door'], 'file');
	t.true('all_others' in config.paths);
});

test('what is wrong is told, without the password', t => {
	const error = t.throws(
		() => configFromUrls(['v3=rtsp://a:secret@b/', 'c d=test:', 'e=test:', 'e=test:']),
		{
			instanceOf: MediaError,
		},
	);
	t.is(error.code, 'CONFIG_INVALID');
	t.deepEqual(
		error.message.split('\n').map(line => line.split(':')[0]),
		['v3=rtsp', 'c d=test', 'e=test'],
	);
	t.false(error.message.includes('secret'));
	t.throws(() => configFromUrls(['gopher://a']), {
		message: /^command line: paths\.a\.source: expected rtsp/,
	});
});

test('files are told from sources on the command line', t => {
	for (const word of ['rtsp://a', 'test:', 'name=rtsp://a', 'file:///a'])
		t.true(isSourceArgument(word), word);
	for (const word of ['sluice.yml', './a=b.yml', '/etc/x.yml', ''])
		t.false(isSourceArgument(word), word);
});

test('whatever the URL, its name is one', t => {
	fc.assert(
		fc.property(
			fc.array(
				fc.oneof(
					fc.webUrl(),
					fc.string().map(text => `rtsp://h${text}`),
				),
			),
			urls => {
				try {
					return Object.keys(configFromUrls(urls).paths).every(
						name => checkPathName(name) === undefined,
					);
				} catch (error) {
					return error instanceof MediaError;
				}
			},
		),
	);
	t.pass();
});
