import test from 'ava';
import fc from 'fast-check';
import {parseTestSource} from '../../../../lib/protocols/test/options.ts';

test('test: alone is a light picture with a key frame a second', t => {
	t.like(parseTestSource('test:'), {
		ok: true,
		value: {width: 640, height: 360, frameRate: 25, gop: 25, audio: true, bitrateBps: 800_000},
	});
});

test('everything about the picture can be said', t => {
	t.deepEqual(parseTestSource('test:?size=1280x720&rate=30&gop=60&audio=no&bitrate=2M'), {
		ok: true,
		value: {
			width: 1280,
			height: 720,
			frameRate: 30,
			gop: 60,
			audio: false,
			bitrateBps: 2_000_000,
		},
	});
});

test('the distance of key frames follows the frame rate unless it is said', t => {
	t.like(parseTestSource('test:?rate=10'), {ok: true, value: {gop: 10}});
});

const refused = test.macro({
	exec(t, source: string, reason: RegExp) {
		const result = parseTestSource(source);
		t.regex(result.ok ? '' : result.reason, reason);
	},
	title: (_, source) => `${source} is refused with the reason`,
});

test(refused, 'test:?size=1281x720', /even numbers/);
test(refused, 'test:?size=0x0', /even numbers/);
test(refused, 'test:?rate=0', /from 1 to 120/);
test(refused, 'test:?gop=x', /from 1 to 3000/);
test(refused, 'test:?audio=perhaps', /yes or no/);
test(refused, 'test:?bitrate=1T', /a rate/);
test(refused, 'test:?constructor=1', /expected one of size/);

test('whatever is written, the picture stays within bounds', t => {
	fc.assert(
		fc.property(
			fc.constantFrom('size', 'rate', 'gop', 'bitrate'),
			fc.oneof(fc.string(), fc.integer().map(String), fc.tuple(fc.nat(), fc.nat()).map(size)),
			(key, value) => {
				const result = parseTestSource(`test:?${key}=${encodeURIComponent(value)}`);
				if (!result.ok) return result.reason.length > 0;
				const {width, height, frameRate, gop} = result.value;
				return width <= 4096 && height <= 4096 && frameRate <= 120 && gop >= 1;
			},
		),
	);
	t.pass();
});

const size = ([width, height]: [number, number]): string => `${width % 5000}x${height % 5000}`;
