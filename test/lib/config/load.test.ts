import {readFileSync} from 'node:fs';
import test from 'ava';
import fc from 'fast-check';
import {load, problemsOf, writeConfig} from '../../helpers/config.ts';
import {findPath} from '../../../lib/config/find-path.ts';
import {loadConfig} from '../../../lib/config/load.ts';
import {MediaError} from '../../../lib/errors.ts';

const fixture = (name: string) => `test/fixtures/config/${name}`;

test("a video management system's file for MediaMTX loads unchanged and without a warning", t => {
	const {config, warnings} = loadConfig({file: fixture('vms.yml'), env: {}});
	t.deepEqual(warnings, []);
	t.like(config, {
		hlsAddress: {host: '::', port: 8888},
		hlsSegmentCount: 6,
		hlsSegmentDuration: 4000,
		hlsSegmentMaxSize: 52_428_800,
		hlsMuxerCloseAfter: 30_000,
		hlsPartDuration: 1000,
		rtspUDPReadBufferSize: 65_536,
		writeQueueSize: 65_536,
	});
	t.like(config.paths['cam_2'], {
		source: 'rtsp://admin:password@127.0.0.1:554/stream1',
		sourceOnDemand: true,
		sourceOnDemandStartTimeout: 10_000,
		sourceOnDemandCloseAfter: 15_000,
		maxReaders: 8,
		rtspTransport: 'tcp',
	});
});

test('a file with most keys of MediaMTX loads, and says once what is lacking', t => {
	const {config, warnings} = loadConfig({file: fixture('mediamtx.yml'), env: {}});
	t.like(config, {
		logLevel: 'debug',
		logFormat: 'json',
		writeTimeout: 90_000,
		hlsAllowOrigins: ['*'],
	});
	t.is(config.authInternalUsers[1]?.pass, '007');
	t.is(config.paths['cam1']?.maxReaders, 20);
	t.is(config.paths['site/cam-2']?.maxReaders, 3);
	t.is(config.paths['old']?.rtspTransport, 'tcp');
	t.deepEqual(
		warnings.map(line => line.replace(/^.*yml:\d+: /, '')),
		[
			'hlsAllowOrigin: is called hlsAllowOrigins now',
			'paths.old.sourceProtocol: is called rtspTransport now',
			'paths.recorded.record: a key of MediaMTX that this version lacks, ignored',
			'paths.recorded.runOnReady: a key of MediaMTX that this version lacks, ignored',
			'logDestinations: 6 keys of MediaMTX that this version lacks, left at the default and ignored',
		],
	);
});

test('no file, an empty one, and one with nothing but a comment are the defaults, open to any name', t => {
	const {config} = loadConfig({env: {}});
	t.deepEqual(Object.keys(config.paths), ['all_others']);
	t.like(config, {logLevel: 'info', httpAddress: {host: '::', port: 8080}, readTimeout: 10_000});
	for (const text of ['', '\uFEFF', '# nothing\n', '---\n...\n', '{}']) {
		t.deepEqual(load(text).config, config, JSON.stringify(text));
	}
});

test('a file with paths takes only the names that it lists', t => {
	t.deepEqual(Object.keys(load('paths: {cam: {source: "test:"}}').config.paths), ['cam']);
	t.deepEqual(Object.keys(load('paths:\n').config.paths), []);
});

test('everything in a configuration is frozen', t => {
	const {config} = load('paths: {cam: }\nauthInternalUsers: []');
	t.throws(() => Object.assign(config.paths['cam'] ?? {}, {maxReaders: 1}), {
		instanceOf: TypeError,
	});
	t.throws(() => (config.trustedProxies as string[]).push('x'), {instanceOf: TypeError});
});

test('every problem is told with its line, what was expected and the nearest known key', t => {
	const text = `
hlsSegmentDuraton: 4s
readTimeout: 10
hlsVariant: off
source: rtsp://camera
paths:
  cam:
    source: rtps://admin:secret@camera/
    sourceOnDemend: yes
    maxReaders: -1
authInternalUsers:
  - user: any
    pas: x
    permissions: [{action: read}, {action: look}]
`;
	t.deepEqual(problemsOf(text), [
		'test.yml:2: hlsSegmentDuraton: unknown key, the nearest known one is hlsSegmentDuration',
		'test.yml:3: readTimeout: expected a duration such as "10s" or "1m30s" of at least 100ms, at most 24d, got "10"',
		'test.yml:4: hlsVariant: expected one of fmp4, lowLatency, mpegts, got "off"',
		'test.yml:5: source: expected in an entry of paths, or in pathDefaults, not here',
		'test.yml:8: paths.cam.source: expected rtsp://..., rtmp://..., file:///..., test:, gstreamer: ..., redirect or publisher, got "rtps://admin:***@camera/"',
		'test.yml:9: paths.cam.sourceOnDemend: unknown key, the nearest known one is sourceOnDemand',
		'test.yml:10: paths.cam.maxReaders: expected a whole number from 0 to 1000000, got "-1"',
		'test.yml:13: authInternalUsers.0.pas: unknown key pas, the nearest known one is pass',
		'test.yml:14: authInternalUsers.0.permissions.1.action: expected one of publish, read, playback, api, metrics, pprof, got "look"',
	]);
});

test('a problem of pathDefaults is told once, where it stands', t => {
	t.deepEqual(problemsOf('pathDefaults:\n  maxReaders: x\npaths:\n  a:\n  b:\n'), [
		'test.yml:2: pathDefaults.maxReaders: expected a whole number from 0 to 1000000, got "x"',
	]);
});

const isLimit = test.macro({
	exec: (t, text: string) => t.regex(problemsOf(text).join('\n'), /limits access/),
	title: (_, text) => `what limits access and is lacking is an error: ${text}`,
});
test(isLimit, 'authMethod: jwt');
test(isLimit, 'externalAuthenticationURL: http://auth');
test(isLimit, 'paths: {cam: {readUser: bob}}');
test(isLimit, 'pathDefaults: {publishIPs: [10.0.0.0/8]}');
test(isLimit, 'paths: {cam: {srtReadPassphrase: 0123456789}}');
test(isLimit, 'hlsEncryption: yes');

test('a fingerprint is 64 hexadecimal digits, and GStreamer knows neither it nor tunnels', t => {
	const digits = 'ab'.repeat(32);
	t.deepEqual(problemsOf(`paths: {cam: {sourceFingerprint: ${digits}}}`), []);
	t.regex(problemsOf('paths: {cam: {sourceFingerprint: abcd}}')[0] ?? '', /64 hexadecimal digits/);
	t.regex(
		problemsOf(`paths: {cam: {sourceFingerprint: ${digits}, rtspEngine: gstreamer}}`)[0] ?? '',
		/cam\.rtspEngine: expected native, which looks at sourceFingerprint/,
	);
	t.regex(
		problemsOf('paths: {cam: {source: rtsp+http://camera/, rtspEngine: gstreamer}}')[0] ?? '',
		/cam\.rtspEngine: expected native, which knows tunnels/,
	);
});

test('encryption that is switched on is no problem when the listeners have a certificate', t => {
	t.deepEqual(problemsOf('hlsEncryption: yes\nhttpServerKey: a\nhttpServerCert: b'), []);
	t.deepEqual(problemsOf('httpServerKey: a'), [
		'test.yml:1: httpServerKey: expected httpServerKey and httpServerCert together',
	]);
});

test('what is said of the same key of many paths is one warning', t => {
	const {warnings} = load(
		'paths:\n  a: {record: yes}\n  b: {record: yes}\n  c: {record: yes, runOnRead: x}\n',
	);
	t.deepEqual(warnings, [
		'test.yml:2: paths.a.record: a key of MediaMTX that this version lacks, ignored (and in 2 more paths)',
		'test.yml:4: paths.c.runOnRead: a key of MediaMTX that this version lacks, ignored',
	]);
});

test('of very many problems a hundred are told', t => {
	const text = Array.from({length: 50_000}, (_, number) => `key${number}: x`).join('\n');
	const problems = problemsOf(text);
	t.is(problems.length, 101);
	t.is(problems[100], 'and perhaps more');
});

test('a source of MediaMTX that this version cannot start is a warning', t => {
	const {config, warnings} = load(
		'paths:\n  a: {source: srt://host:1}\n  b: {source: rpiCamera}\n',
	);
	t.is(config.paths['a']?.source, 'srt://host:1');
	t.deepEqual(warnings, [
		'test.yml:2: paths.a.source: sources of the form srt:// are not supported by this version, the path will fail',
		'test.yml:3: paths.b.source: source rpiCamera is not supported by this version, the path will fail',
	]);
});

test('a redirect leads somewhere, by the groups of its name too', t => {
	t.deepEqual(problemsOf('paths: {a: {source: redirect}}'), [
		'test.yml:1: paths.a.source: expected sourceRedirect, the URL that source: redirect leads to',
	]);
	t.regex(
		problemsOf('paths: {a: {source: redirect, sourceRedirect: "http://x"}}').join(),
		/expected a URL that begins with rtsp:/,
	);
	const {config} = load(
		'paths: {"~^old/(.+)$": {source: redirect, sourceRedirect: "rtsp://new/$G1"}}',
	);
	t.is(findPath(config, 'old/cam')?.config.sourceRedirect, 'rtsp://new/cam');
});

test('a value that this version does not act upon is a warning', t => {
	const {warnings} = load(
		'rtmpAddress: :9554\nrtspAddress: off\npathDefaults: {rtspTransport: udp}',
	);
	t.deepEqual(warnings, []);
});

test('ports that RTP comes in by are two, with an even one and the next between them', t => {
	const {config} = load('pathDefaults: {rtspUDPSourcePortRange: [10000, 10001]}\npaths: {cam: {}}');
	t.deepEqual(config.paths['cam']?.rtspUDPSourcePortRange, [10_000, 10_001]);
	t.is(findPath(load('paths: {cam: {}}').config, 'cam')?.config.rtspMulticastInterface, '');
	for (const range of ['[5000]', '[5001, 5002]', '[6000, 5000]', '[0, 10]', '[1, 2, 3]', 'a', '{}'])
		t.throws(() => load(`pathDefaults: {rtspUDPSourcePortRange: ${range}}`), {
			message: /expected two ports such as \[32768, 60999\]/,
		});
});

test('a launch line takes the place of a source, from wherever that comes', t => {
	const {config} = load(`
pathDefaults: {source: "test:"}
paths:
  a: {gstreamer: videotestsrc ! hubsink}
  b: {source: "gstreamer: videotestsrc ! hubsink"}
  c:
`);
	const launch = {source: 'gstreamer: videotestsrc ! hubsink', gstreamer: 'videotestsrc ! hubsink'};
	t.like(config.paths['a'], launch);
	t.like(config.paths['b'], launch);
	t.is(config.paths['c']?.source, 'test:');
	t.deepEqual(problemsOf('paths: {a: {source: "test:", gstreamer: x ! hubsink}}'), [
		'test.yml:1: paths.a.gstreamer: expected either source or gstreamer, got both',
	]);
});

test('a name that stands for many paths starts its source on demand only', t => {
	const problem = 'expected sourceOnDemand: yes, because the name stands for many paths';
	t.deepEqual(problemsOf('paths: {all_others: {source: "test:"}}'), [
		`test.yml:1: paths.all_others: ${problem}`,
	]);
	t.deepEqual(problemsOf('paths: {"~^x": {source: "test:", sourceOnDemand: on}}'), []);
});

test('reserved and impossible names are refused with the reason', t => {
	t.deepEqual(problemsOf('paths:\n  v3/x:\n  a/live:\n  a b:\n  ~^a(:\n  __proto__:\n'), [
		"test.yml:2: paths.v3/x: names that begin with v3 are taken by the server's own pages",
		'test.yml:3: paths.a/live: names that end with /live are taken: there the server gives the stream itself',
		'test.yml:4: paths.a b: a path name has letters A-Z a-z, digits, _ . ~ - and / only',
		'test.yml:5: paths.~^a(: expected a regular expression after ~, without look-around and back-references',
		'test.yml:6: paths.__proto__: the name __proto__ is reserved',
	]);
});

test('a path may be called like what every object of JavaScript has', t => {
	const {config} = load('paths: {constructor: {source: "test:"}}');
	t.is(config.paths['constructor']?.source, 'test:');
	t.is(load('paths: ').config.paths['constructor'], undefined);
});

test('a file that cannot be read is an error of its own', t => {
	const error = t.throws(() => loadConfig({file: '/nowhere/sluice.yml', env: {}}), {
		instanceOf: MediaError,
	});
	t.is(error.code, 'CONFIG_UNREADABLE');
	t.true(error.message.startsWith('/nowhere/sluice.yml: '));
});

const takesOrRefuses = (text: string): boolean => {
	try {
		load(text);
		return true;
	} catch (error) {
		return error instanceof MediaError && error.code === 'CONFIG_INVALID';
	}
};

test('no text makes the loader fail in any other way than by naming problems', t => {
	const words = [
		'paths:',
		'pathDefaults:',
		' ',
		'\n',
		'  ',
		'cam:',
		'- ',
		'&a ',
		'*a',
		'<<: ',
		'{',
		'}',
		'[',
		']',
		'"',
		"'",
		'|',
		'? ',
		'!!',
		': ',
		'\t',
		'source: ',
		'authInternalUsers:',
		'#',
		'---',
		'%YAML 1.1',
		'~',
	];
	const text = fc
		.array(fc.oneof(fc.constantFrom(...words), fc.string()))
		.map(parts => parts.join(''));
	fc.assert(fc.property(text, takesOrRefuses), {numRuns: 500});
	t.pass();
});

test('no values make the loader fail in any other way than by naming problems', t => {
	const known = fc.constantFrom(
		'paths',
		'pathDefaults',
		'cam',
		'source',
		'maxReaders',
		'authInternalUsers',
		'hlsAllowOrigins',
		'record',
		'sourceProtocol',
		'readTimeout',
		'permissions',
		'user',
		'~^x',
		'__proto__',
		'constructor',
	);
	const {tree} = fc.letrec(tie => ({
		tree: fc.oneof(
			{depthSize: 'small'},
			fc.jsonValue(),
			fc.dictionary(known, tie('tree')),
			fc.array(tie('tree'), {maxLength: 3}),
		),
	}));
	fc.assert(
		fc.property(fc.dictionary(known, tree), value => takesOrRefuses(JSON.stringify(value))),
		{numRuns: 500},
	);
	t.pass();
});

test('what the file says is what the fixture of the scenario says', t => {
	const {file} = writeConfig(t, readFileSync(fixture('vms.yml'), 'utf8'));
	t.deepEqual(
		loadConfig({file, env: {}}).config,
		loadConfig({file: fixture('vms.yml'), env: {}}).config,
	);
});
