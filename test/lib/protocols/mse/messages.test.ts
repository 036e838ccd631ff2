import test from 'ava';
import fc from 'fast-check';
import {parseMessage} from '../../../../lib/protocols/mse/messages.ts';
import type {ClientMessage} from '../../../../lib/protocols/mse/types.ts';

const message: fc.Arbitrary<ClientMessage> = fc.oneof(
	fc.record({
		type: fc.constant('hello' as const),
		version: fc.constant(1 as const),
		decodes: fc.array(fc.string({maxLength: 64}), {maxLength: 64}),
		audio: fc.boolean(),
	}),
	fc.record({type: fc.constant('audio' as const), audio: fc.boolean()}),
	fc.record({type: fc.constantFrom('pause' as const, 'resume' as const)}),
	fc.record({
		type: fc.constant('time' as const),
		t1: fc.double({noNaN: true, noDefaultInfinity: true}).map(it => it + 0),
	}),
);

test('what a viewer may say is understood, whatever else it says beside', t => {
	fc.assert(
		fc.property(message, fc.string(), (said, more) => {
			const read = parseMessage(JSON.stringify({...said, later: more}));
			t.deepEqual(read, {ok: true, value: said});
		}),
	);
});

test('anything else is refused with a reason, and never thrown', t => {
	fc.assert(
		fc.property(fc.oneof(fc.string(), fc.json()), text => {
			const read = parseMessage(text);
			t.true(read.ok || read.reason.length > 0);
		}),
	);
});

test('the reason says where it lies', t => {
	const read = parseMessage('{"type":"hello","version":1,"decodes":"avc1","audio":true}');
	t.false(read.ok);
	t.regex(read.ok ? '' : read.reason, /^decodes: /);
});
