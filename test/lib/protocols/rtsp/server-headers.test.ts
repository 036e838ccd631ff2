import test from 'ava';
import fc from 'fast-check';
import {fitOffer} from '../../../../lib/protocols/rtsp/carriage.ts';
import type {Carriage} from '../../../../lib/protocols/rtsp/carriage.ts';
import {chooseChannels} from '../../../../lib/protocols/rtsp/channels.ts';
import type {Headers} from '../../../../lib/protocols/rtsp/message.ts';
import {formatRange, parseRange} from '../../../../lib/protocols/rtsp/range.ts';
import {
	compactNtp,
	parseReceiverReports,
	roundTripOf,
} from '../../../../lib/protocols/rtsp/receiver-report.ts';
import {nextRequest} from '../../../../lib/protocols/rtsp/splitter.ts';
import {parseTransports} from '../../../../lib/protocols/rtsp/transport.ts';
import type {Pair} from '../../../../lib/protocols/rtsp/transport.ts';

test('ranges of all units are read, others refused', t => {
	t.deepEqual(parseRange('npt=0.000-'), {ok: true, value: {unit: 'npt', from: '0.000', to: ''}});
	t.deepEqual(parseRange(' NPT = now- '), {ok: true, value: {unit: 'npt', from: 'now', to: ''}});
	t.deepEqual(parseRange('clock=19961108T142300Z-19961108T143520Z;time=19970123T143720Z'), {
		ok: true,
		value: {unit: 'clock', from: '19961108T142300Z', to: '19961108T143520Z'},
	});
	t.deepEqual(parseRange('smpte-30-drop=10:07:00-10:07:33:05.01'), {
		ok: true,
		value: {unit: 'smpte', from: '10:07:00', to: '10:07:33:05.01'},
	});
	for (const text of ['', 'npt', 'bytes=0-', 'npt=0']) t.false(parseRange(text).ok, text);
});

test('ranges survive being written and read', t => {
	const unit = fc.constantFrom('npt' as const, 'clock' as const, 'smpte' as const);
	const point = fc.stringMatching(/^[\w:.]{0,12}$/);
	fc.assert(
		fc.property(fc.record({unit, from: point, to: point}), range => {
			t.deepEqual(parseRange(formatRange(range)), {ok: true, value: range});
		}),
	);
});

test('the first transport that is served is taken, wherever it stands', t => {
	const fit = (text: string, given: Carriage[] = ['tcp']) => {
		const headers: Headers = [['Transport', text]];
		return fitOffer({type: 'request', method: 'SETUP', url: '', headers, body: ''}, given);
	};
	const channels = (text: string) => fit(text)?.transport.interleaved;
	t.deepEqual(channels('RTP/AVP;unicast;client_port=1-2,rtp/avp/tcp;interleaved=4-5'), [4, 5]);
	t.deepEqual(channels('RTP/AVP/TCP;unicast;interleaved=0-1,RTP/AVP/TCP;interleaved=2-3'), [0, 1]);
	t.is(fit('RTP/AVP/TCP;multicast;interleaved=0-1'), undefined);
	t.is(fit('RAW/RAW/UDP;unicast;client_port=1-2', ['udp']), undefined);
	t.is(fit('RTP/SAVP;unicast;client_port=1-2', ['udp']), undefined);
	t.is(fit('RTP/AVP;unicast', ['udp']), undefined);
	t.is(fit('RTP/AVP;unicast;client_port=0-1', ['udp']), undefined);
	const all: Carriage[] = ['tcp', 'multicast', 'udp'];
	const offered = 'RTP/AVP;unicast;client_port=6000,RTP/AVP;multicast,RTP/AVP/TCP;unicast';
	t.like(fit(offered, all), {carriage: 'udp', transport: {clientPort: [6000, 6001]}});
	t.is(fit(offered, ['tcp', 'multicast'])?.carriage, 'multicast');
});

test('channels never meet', t => {
	const pair = fc.tuple(fc.nat(255), fc.nat(255)) as fc.Arbitrary<Pair>;
	fc.assert(
		fc.property(fc.array(fc.option(pair, {nil: undefined}), {maxLength: 120}), wishes => {
			const taken: Pair[] = [];
			for (const wish of wishes) {
				const chosen = chooseChannels(wish, taken);
				if (chosen) taken.push(chosen);
			}
			const all = taken.flat();
			t.is(new Set(all).size, all.length);
		}),
	);
});

// A receiver report, and the name that goes with it.
const report = Buffer.from(
	'81c9000700000001deadbeef00fffffe0000a5f3000000420bcd000000010000' +
		'81ca00050000000101096c6f63616c686f7374000000',
	'hex',
);

test('a receiver report is read', t => {
	t.deepEqual(parseReceiverReports(report), [
		{
			ssrc: 0xdeadbeef,
			lost: -2,
			jitter: 0x42,
			lastReport: 0x0bcd0000,
			delay: 0x00010000,
		},
	]);
	t.deepEqual(parseReceiverReports(report.subarray(0, 20)), []);
});

test('no more blocks of a compound packet are read than there can be tracks', t => {
	const block = '11223344'.padEnd(48, '0');
	const report = Buffer.from(
		`9fc9${(1 + 31 * 6).toString(16).padStart(4, '0')}00000001${block.repeat(31)}`,
		'hex',
	);
	t.is(parseReceiverReports(report).length, 31);
	t.is(parseReceiverReports(Buffer.concat([report, report, report])).length, 64);
});

test('there and back is the time since the report less the time it lay with the reader', t => {
	const sentUs = 1_700_000_000_000_000;
	const block = {ssrc: 1, lost: 0, jitter: 0, lastReport: compactNtp(sentUs), delay: 65_536};
	t.is(Math.round(1000 * roundTripOf(block, sentUs + 1_250_000)!), 250);
	t.is(roundTripOf({...block, lastReport: 0}, sentUs), undefined);
	t.is(roundTripOf(block, sentUs + 600_000_000), undefined);
	t.is(roundTripOf(block, sentUs + 999_999), 0);
});

test('whatever a client sends, the parsers return', t => {
	const head = fc.constantFrom(
		'',
		'$\0\0\u0001',
		'OPTIONS * RTSP/1.0\r\n',
		'\r\n',
		'\x81\xc9\0\x07',
	);
	fc.assert(
		fc.property(head, fc.uint8Array({maxLength: 200}), (beginning, rest) => {
			const bytes = Buffer.concat([Buffer.from(beginning, 'latin1'), rest]);
			const text = bytes.toString('latin1');
			parseReceiverReports(bytes);
			parseRange(text);
			parseTransports(text);
			const piece = nextRequest(bytes);
			if ('end' in piece) t.true(piece.end > 0 && piece.end <= bytes.length);
		}),
	);
	t.pass();
});

test('what is cut anywhere is the same request once it is whole', t => {
	const whole = Buffer.from('OPTIONS rtsp://host/cam RTSP/1.0\r\nCSeq: 1\r\n\r\n');
	for (let length = 1; length < whole.length; length++)
		t.is(nextRequest(whole.subarray(0, length)).type, 'more', `${length}`);
	t.deepEqual(nextRequest(whole), {
		type: 'message',
		text: whole.toString(),
		end: whole.length,
	});
});

for (const text of [
	'PUT / HTTP/1.1\r\n',
	'\0\0\0',
	'OPTIONS',
	`${'A'.repeat(5000)}`,
	'RTSP/1.0 200 OK\r\n',
])
	test(`${JSON.stringify(text.slice(0, 20))} is no request`, t => {
		const {type} = nextRequest(Buffer.from(text));
		t.is(type, text === 'OPTIONS' ? 'more' : 'bad');
	});

test('a request that announces a body of more than a description is not waited for', t => {
	const head = 'ANNOUNCE rtsp://h/p RTSP/1.0\r\nCSeq: 1\r\nContent-Length: ';
	t.is(nextRequest(Buffer.from(`${head}131072\r\n\r\n`)).type, 'more');
	t.is(nextRequest(Buffer.from(`${head}131073\r\n\r\n`)).type, 'bad');
});
