import test from 'ava';
import fc from 'fast-check';
import {
	formatRtpInfo,
	matchRtpInfo,
	parseRtpInfo,
} from '../../../../lib/protocols/rtsp/rtp-info.ts';
import {formatSession, parseSession} from '../../../../lib/protocols/rtsp/session-header.ts';
import {formatTransport, parseTransport} from '../../../../lib/protocols/rtsp/transport.ts';
import type {Transport} from '../../../../lib/protocols/rtsp/transport.ts';

const optional = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, {nil: undefined});
const pair = (max: number) =>
	optional(fc.tuple(fc.integer({min: 0, max}), fc.integer({min: 0, max})));
const word = optional(fc.stringMatching(/^[\w.:]{1,20}$/));

const transport: fc.Arbitrary<Transport> = fc.record({
	profile: fc.constantFrom('RTP/AVP', 'RTP/SAVP', 'RTP/AVPF'),
	lower: fc.constantFrom('TCP', 'UDP', undefined),
	cast: fc.constantFrom('unicast', 'multicast', undefined),
	interleaved: pair(255),
	clientPort: pair(65_535),
	serverPort: pair(65_535),
	port: pair(65_535),
	ttl: optional(fc.integer({min: 0, max: 255})),
	ssrc: optional(fc.nat({max: 0xffff_ffff})),
	mode: word,
	source: word,
	destination: word,
});

const parsedTransport = (text: string): Transport => {
	const result = parseTransport(text);
	if (!result.ok) throw new Error(result.reason);
	return result.value;
};

test('a Transport reads back as it was written', t => {
	fc.assert(
		fc.property(transport, original => {
			t.deepEqual(parsedTransport(formatTransport(original)), original);
		}),
	);
});

const readsTransport = test.macro({
	exec(t, text: string, expected: Partial<Transport>) {
		t.like(parsedTransport(text), expected);
	},
	title: (_, text) => `the Transport "${text}" is understood`,
});

test(readsTransport, 'RTP/AVP/TCP;unicast;interleaved=4-5;mode="PLAY"', {
	lower: 'TCP',
	interleaved: [4, 5],
	mode: 'PLAY',
});
test(readsTransport, 'RTP/AVP/TCP;unicast;interleaved=0', {interleaved: [0, 1]});
test(readsTransport, 'ssrc= 6A2B ;RTP/AVP/TCP;unicast; interleaved = 2-3 ;x-dynamic-rate=1', {
	ssrc: 0x6a2b,
	interleaved: [2, 3],
});
test(readsTransport, 'rtp/avp;unicast;interleaved=0-1', {
	profile: 'RTP/AVP',
	lower: undefined,
	interleaved: [0, 1],
});
test(readsTransport, 'RTP/AVP;unicast;client_port=3056-3057;server_port=', {
	clientPort: [3056, 3057],
	serverPort: undefined,
});
test(readsTransport, 'RTP/AVP/TCP;interleaved=300-301;ssrc=xyz', {
	interleaved: undefined,
	ssrc: undefined,
});

test('a Session reads back as it was written', t => {
	const session = fc.record({
		id: fc.stringMatching(/^[\w$.+-]{1,40}$/),
		timeoutMs: optional(fc.integer({min: 1, max: 100_000}).map(seconds => seconds * 1000)),
	});
	fc.assert(
		fc.property(session, original => {
			t.deepEqual(parseSession(formatSession(original)), {ok: true, value: original});
		}),
	);
});

const readsSession = test.macro({
	exec(t, text: string, id: string, timeoutMs: number | undefined) {
		t.deepEqual(parseSession(text), {ok: true, value: {id, timeoutMs}});
	},
	title: (_, text) => `the Session "${text}" is understood`,
});

test(readsSession, ' 12345678 ; Timeout = 30 ', '12345678', 30_000);
test(readsSession, 'abc;timeout=0', 'abc', undefined);
test(readsSession, 'abc;timeout=soon;x', 'abc', undefined);

test('a Session without an identifier is refused', t => {
	t.false(parseSession(';timeout=5').ok);
});

test('an RTP-Info reads back as it was written', t => {
	const entry = fc.record({
		url: fc.constantFrom('rtsp://h/a?x=1&y=2', 'trackID=0', '/stream'),
		sequence: optional(fc.nat({max: 0xffff})),
		timestamp: optional(fc.nat({max: 0xffff_ffff})),
	});
	fc.assert(
		fc.property(fc.array(entry, {maxLength: 4}), original => {
			t.deepEqual(parseRtpInfo(formatRtpInfo(original)), original);
		}),
	);
});

test('an RTP-Info with a trailing separator, without rtptime and with commas in the URL is understood', t => {
	t.deepEqual(parseRtpInfo('url="rtsp://h/a,b";seq=1;, url=rtsp://h/c;seq=;rtptime=-5;'), [
		{url: 'rtsp://h/a,b', sequence: 1, timestamp: undefined},
		{url: 'rtsp://h/c', sequence: undefined, timestamp: undefined},
	]);
});

const entriesOf = (text: string, controls: string[]) =>
	matchRtpInfo(parseRtpInfo(text), controls).map(entry => entry?.sequence);
test('entries of RTP-Info are told apart by their controls', t => {
	const text = 'url=rtsp://h/live/trackID=2;seq=2,url=rtsp://h/live/trackID=1;seq=1';
	t.deepEqual(entriesOf(text, ['trackID=1', 'trackID=2']), [1, 2]);
	t.deepEqual(entriesOf(text, ['/live/trackID=1', 'rtsp://h/live/trackID=2']), [1, 2]);
});
test('entries of RTP-Info whose URLs say nothing are taken in order, where there are as many as tracks', t => {
	t.deepEqual(entriesOf('url=x;seq=2,url=x;seq=1', ['a', 'b']), [2, 1]);
	t.deepEqual(entriesOf('url=x;seq=2', ['a', 'b']), [undefined, undefined]);
	t.deepEqual(entriesOf('', ['a']), [undefined]);
});

test('any header text gives a value or a reason, never an exception', t => {
	fc.assert(
		fc.property(fc.string({maxLength: 200}), text => {
			parseTransport(text);
			parseTransport(`RTP/AVP;${text}`);
			parseSession(text);
			parseRtpInfo(`url=${text}`);
		}),
	);
	t.pass();
});
