import test from 'ava';
import fc from 'fast-check';
import {parseArguments} from '../../../lib/streamer/arguments.ts';

const parse = (line: string) => parseArguments(line.split(' ').filter(Boolean));

test('two words are INPUT and OUTPUT, one is OUTPUT', t => {
	t.like(parse('a.mp4 rtmp://server/live/key'), {
		type: 'stream',
		options: {input: 'a.mp4', output: 'rtmp://server/live/key'},
	});
	t.like(parse('clip.mp4'), {type: 'stream', options: {input: undefined, output: 'clip.mp4'}});
});

test('options stand anywhere, with or without =', t => {
	t.like(parse('--paused --duration 10s rtsp://camera/x --http=:9000 clip.mp4 --reconnect'), {
		type: 'stream',
		options: {paused: true, duration: '10s', http: ':9000', reconnect: true, output: 'clip.mp4'},
	});
});

test('help and version need nothing else', t => {
	t.deepEqual(parse('--help'), {type: 'help'});
	t.deepEqual(parse('-v --paused'), {type: 'version'});
});

const refuses = test.macro({
	exec: (t, line: string, reason: RegExp) => {
		const order = parse(line);
		t.is(order.type, 'wrong');
		if (order.type === 'wrong') t.regex(order.reason, reason);
	},
	title: (_, line) => `"${line}" is refused`,
});

test(refuses, '', /^expected INPUT and OUTPUT, got 0 of them$/);
test(refuses, 'a.mp4 b.mp4 c.mp4', /got 3 of them$/);
test(refuses, 'a.mp4 b.ts --nonsense', /^Unknown option '--nonsense'$/);
test(refuses, 'a.mp4 b.ts --duration', /--duration/);
test(refuses, 'a.mp4 b.ts --duration 10', /^expected a duration such as 10s or 1m30s, got "10"$/);
test(refuses, 'a.mp4 b.ts --duration 0', /^expected a duration/);
test(refuses, 'a.mp4 b.ts --duration=-1s', /^expected a duration/);
test(refuses, 'a.mp4 b.ts --duration -1s', /--duration/);
test(refuses, 'a.mp4 b.ts --http 9000', /^expected an address such as :9000/);
test(refuses, 'a.mp4 b.ts --http :99999', /^expected an address/);
test(refuses, 'a.mp4 b.m3u8 --hls dash', /^expected fmp4 or mpegts for --hls, got "dash"$/);
test(refuses, 'a.mp4 b.ts --hls fmp4', /^expected an OUTPUT that ends with \.m3u8 with --hls$/);
test(refuses, 'rtsp://camera/x b.ts --loop', /with --loop, got rtsp:\/\/$/);
test(refuses, 'ftp://server/a.mp4 b.ts', /as INPUT, got "ftp:\/\/server\/a\.mp4"$/);
test(refuses, 'a.mp4 b.avi', /^expected .* as OUTPUT, got "b\.avi"$/);
test(refuses, 'a.mp4 http://server/x', /as OUTPUT, got "http:/);
test(refuses, 'test:', /as OUTPUT, got "test:"$/);
test(refuses, 'test:?size=1x1 b.ts', /^test: expected size/);
test(refuses, '- b.ts', /^expected .* as INPUT, got -: standard input and output carry no media$/);
test(refuses, 'a.mp4 -', /as OUTPUT, got -/);
test(refuses, 'a.ts ./a.ts', /^expected an OUTPUT other than the INPUT$/);
test(refuses, 'rtmp://server/live/key rtmp://SERVER/live/key', /other than the INPUT$/);

test('a refusal is one line and tells no secret', t => {
	const line = parse('rtmpx://user:secret@server/live/key b.ts');
	t.is(line.type, 'wrong');
	t.notRegex(JSON.stringify(line), /secret/);
});

test('whatever the words, the answer is an order or one reason', t => {
	const word = fc.oneof(
		fc.constantFrom(...['--paused', '--duration', '--http', '--hls', '--', '-', '10s', ':0']),
		fc.constantFrom('a.mp4', 'test:', 'rtsp://c/x', 'rtmp://s/a/k', 'out.m3u8', 'file://x'),
		fc.string(),
	);
	fc.assert(
		fc.property(fc.array(word, {maxLength: 6}), words => {
			const order = parseArguments(words);
			return order.type !== 'wrong' || order.reason.length > 0;
		}),
	);
	t.pass();
});
