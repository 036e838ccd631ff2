import test from 'ava';
import {loadAddon} from '../../../lib/native/load.ts';

const binding = loadAddon();
// Whatever type a caller without a type checker could send.
const call = (name: keyof typeof binding, ...values: unknown[]): unknown =>
	(binding[name] as (...all: unknown[]) => unknown)(...values);

test('the door is these functions and no more', t => {
	t.deepEqual(Object.getOwnPropertyNames(binding).sort(), [
		'closeIngest',
		'closeOutput',
		'closeStream',
		'command',
		'feed',
		'lend',
		'listen',
		'open',
		'openIngest',
		'openOutput',
		'openStream',
		'pipelineStats',
		'release',
		'send',
		'start',
		'stats',
		'stop',
		'streamStats',
		'tcpInfo',
		'version',
	]);
});

test.serial('nothing can be opened before the event queue', t => {
	const spec = {domain: 'd', path: 'cam', ringMaxBytes: 1, ringMaxAgeUs: 1};
	t.throws(() => binding.openStream(spec), {message: /open\(\) to be called first/});
	binding.open(() => {});
	t.throws(() => binding.open(() => {}), {message: /open\(\) to be called once/});
});

const track = {
	kind: 'video',
	codec: 'H264',
	clockRateHz: 90_000,
	channels: 1,
	payloadType: 96,
	encoding: 'H264/90000',
	fmtp: '',
	channel: 0,
	rtcpChannel: 1,
	parameterSets: [],
	config: new Uint8Array(),
	configInBand: true,
	sizeLength: 13,
	indexLength: 3,
	indexDeltaLength: 3,
	takesPictureLoss: false,
};
const stream = {domain: 'd', path: 'cam', ringMaxBytes: 1, ringMaxAgeUs: 1};
const hls = {type: 'hls', stream: 1, segmentDurationUs: 1, partDurationUs: 1};

const refuses = test.macro({
	exec(t, name: keyof typeof binding, values: unknown[], message: RegExp) {
		t.throws(() => call(name, ...values), {instanceOf: TypeError, message});
	},
	title: (_, name, values) => `${name}(${JSON.stringify(values).slice(1, -1)}) is a TypeError`,
});

test.serial(refuses, 'open', [], /`onEvents` to be a function, got undefined/);
test.serial(refuses, 'openStream', [], /`spec` to be an object, got undefined/);
test.serial(refuses, 'openStream', [{...stream, path: 7}], /`spec\.path` to be a string, got 7/);
test.serial(
	refuses,
	'openStream',
	[{...stream, ringMaxBytes: -1}],
	/`spec\.ringMaxBytes`.* got -1/,
);
test.serial(refuses, 'openStream', [{...stream, colour: 1}], /no key `spec\.colour`/);
test.serial(refuses, 'openIngest', [{type: 'srt'}], /`spec\.type` to be rtsp or rtmp/);
const udpTrack = {
	rtpFd: 1000,
	rtcpFd: 1001,
	host: '',
	rtpPort: 0,
	rtcpPort: 0,
	group: '',
	interface: '',
};
const overUdp = (tracks: object[]) => ({
	type: 'rtsp',
	stream: 1,
	tracks: [track],
	inspect: false,
	udp: {tracks, receiveBufferBytes: 0},
});
test.serial(
	refuses,
	'openIngest',
	[overUdp([])],
	/`spec\.udp\.tracks` to be as many as the ingest has, got 0/,
);
test.serial(
	refuses,
	'openIngest',
	[overUdp([{...udpTrack, host: 'camera'}])],
	/`spec\.udp\.tracks\[0\]\.host` to be an IP address or empty, got camera/,
);
const snapshot = {domain: 'd', type: 'snapshot', format: 'jpg', width: 0, height: 0, quality: 80};
test.serial(refuses, 'start', [snapshot], /`spec\.stream` to be an integer/);
test.serial(refuses, 'start', [{...snapshot, stream: 1, pipeline: 1}], /no key `spec\.stream`/);
test.serial(
	refuses,
	'openIngest',
	[{type: 'rtsp', stream: 1, tracks: [{...track, channel: 256}]}],
	/`spec\.tracks\[0\]\.channel` to be an integer of 0 to 255, got 256/,
);
test.serial(
	refuses,
	'openIngest',
	[{type: 'rtsp', stream: 1, tracks: [{...track, parameterSets: ['x']}]}],
	/`spec\.tracks\[0\]\.parameterSets\[0\]` to be a Uint8Array, got x/,
);
test.serial(
	refuses,
	'openIngest',
	[{type: 'rtsp', stream: 1, tracks: []}],
	/`spec\.inspect` to be a boolean, got undefined/,
);
test.serial(refuses, 'feed', [1, 'bytes', 5], /`buffer` to be a Uint8Array, got bytes/);
test.serial(refuses, 'feed', [1, new Uint8Array(4), 5], /`length` to be at most/);
test.serial(
	refuses,
	'openOutput',
	[{type: 'dash', stream: 1}],
	/`spec\.type` to be flv, hls, hubsrc, live, rtmp, rtp or udp/,
);
test.serial(refuses, 'openOutput', [hls], /`spec\.segmentCount`/);
test.serial(
	refuses,
	'openOutput',
	[{type: 'rtp', stream: 1, tracks: [{track: 0, channel: 256}], maxPacketBytes: 1440}],
	/`spec\.tracks\[0\]\.channel` to be an integer of 0 to 255, got 256/,
);
const rtmp = {type: 'rtmp', stream: 1, messageStream: 1, paused: false, durationUs: 0};
test.serial(
	refuses,
	'openOutput',
	[{...rtmp, chunkBytes: 65_537}],
	/`spec\.chunkBytes` to be an integer of 0 to 65536, got 65537/,
);
test.serial(refuses, 'start', [{domain: 'd', type: 'nonsense'}], /`spec\.type`/);
test.serial(
	refuses,
	'command',
	[1, {type: 'jump'}],
	/`command\.type` to be play, pause, finish, accept, refuse, add, remove, read, write, check, place, publish or expect/,
);
test.serial(
	refuses,
	'command',
	[1, {type: 'place', starts: [{track: 0, rtpTime: -1}]}],
	/`command\.starts\[0\]\.rtpTime` to be an integer/,
);
test.serial(refuses, 'command', [1, {type: 'read', fd: -1}], /`command\.fd` to be an integer/);
test.serial(refuses, 'closeStream', ['1'], /`id` to be an id, got 1/);
test.serial(
	refuses,
	'lend',
	[{output: 1, type: 'piece', number: 0}],
	/`request\.type` to be init, part, segment, ring or report/,
);
test.serial(refuses, 'release', [5], /`ids` to be an array, got 5/);
test.serial(refuses, 'send', [1, -1], /`fd` to be an id, got -1/);
test.serial(refuses, 'tcpInfo', [-1], /`fd` to be an id, got -1/);

test.serial('unknown ids are ignored', t => {
	const nobody = 4_000_000_000;
	binding.closeStream(nobody);
	binding.stop(nobody);
	binding.command(nobody, {type: 'pause'});
	binding.release([nobody]);
	t.is(binding.send(nobody, 1_000_000), 0);
	t.true(binding.feed(nobody, new Uint8Array(10), 10));
	t.is(binding.streamStats(nobody), undefined);
	t.is(binding.pipelineStats(nobody), undefined);
	t.is(binding.lend({output: nobody, type: 'init', number: 1}), undefined);
	t.is(binding.lend({output: nobody, type: 'part', number: 1}), undefined);
	t.is(binding.lend({output: nobody, type: 'ring', compress: true}), undefined);
	t.is(binding.lend({output: nobody, type: 'report'}), undefined);
	t.is(binding.tcpInfo(1_000_000), undefined);
});

test.serial('a port that is taken is a system error with its code', t => {
	const spec = {
		protocol: 'tcp',
		host: '127.0.0.1',
		port: 0,
		notSentLowWater: 131_072,
		reusePort: false,
	} as const;
	const {port} = binding.listen(spec);
	t.throws(() => binding.listen({...spec, port}), {code: 'EADDRINUSE'});
	t.throws(() => binding.listen({...spec, host: 'localhost'}), {message: /expected an IP address/});
});

test.serial('the versions are those of the package and of GStreamer', t => {
	t.regex(binding.version().sluice, /^\d+\.\d+\.\d+/);
	t.regex(binding.version().gstreamer, /^1\.\d+\.\d+$/);
});
