import test from 'ava';
import fc from 'fast-check';
import type {AmfObject} from '../../../../lib/protocols/rtmp/amf0.ts';
import {understoodBy} from '../../../../lib/protocols/rtmp/codecs.ts';

test('a client understands what it lists, or says that it decodes', t => {
	const understands = understoodBy({
		fourCcList: ['av01'],
		videoFourCcInfoMap: {hvc1: 3, vp09: 2},
		audioFourCcInfoMap: {Opus: 1},
	});
	const asked = ['av01', 'hvc1', 'Opus', 'vp09', 'fLaC'];
	t.deepEqual(
		asked.map(name => understands(name)),
		[true, true, true, false, false],
	);
	t.true(understoodBy({fourCcList: ['*']})('av01'));
	t.true(understoodBy({audioFourCcInfoMap: {'*': 1}})('Opus'));
	t.false(understoodBy({})('av01'));
});

test('whatever a client says of itself, it is asked without an error', t => {
	const anything = fc.oneof(
		fc.anything({maxDepth: 2}),
		fc.array(fc.string()),
		fc.dictionary(fc.string(), fc.integer()),
	);
	const keys = ['fourCcList', 'videoFourCcInfoMap', 'audioFourCcInfoMap'];
	fc.assert(
		fc.property(fc.record(Object.fromEntries(keys.map(key => [key, anything]))), asked => {
			return typeof understoodBy(asked as AmfObject)('hvc1') === 'boolean';
		}),
	);
	t.pass();
});
