import test from 'ava';
import fc from 'fast-check';
import {formatAmf0} from '../../../../lib/protocols/rtmp/amf0.ts';
import {StreamMetadata} from '../../../../lib/protocols/rtmp/stream-metadata.ts';

test('what a publisher says is kept until it is forgotten, without what each player is told of its own tracks', t => {
	const metadata = new StreamMetadata();
	metadata.note(7, {
		title: 'Gate',
		videodatarate: 2500,
		interlaced: false,
		width: 1920,
		duration: 0,
	});
	t.deepEqual(metadata.of(7), {title: 'Gate', videodatarate: 2500, interlaced: false});
	t.deepEqual(metadata.of(8), {});
	metadata.forget(7);
	t.deepEqual(metadata.of(7), {});
});

test('who follows a stream is told of each change, until it has enough', t => {
	const metadata = new StreamMetadata();
	const titles: unknown[] = [];
	const end = metadata.follow(7, () => titles.push(metadata.of(7)['title']));
	metadata.note(7, {title: 'one'});
	metadata.note(8, {title: 'of another'});
	metadata.note(7, {title: 'two'});
	end();
	metadata.note(7, {title: 'three'});
	t.deepEqual(titles, ['one', 'two']);
});

test('whatever strangers say takes little room', t => {
	const value = fc.oneof(
		fc.string({maxLength: 3000}),
		fc.double(),
		fc.boolean(),
		fc.constant(null),
		fc.array(fc.integer()),
		fc.dictionary(fc.string(), fc.integer()),
	);
	const names = fc.string({maxLength: 200});
	fc.assert(
		fc.property(fc.dictionary(names, value, {maxKeys: 200, noNullPrototype: false}), said => {
			const metadata = new StreamMetadata();
			metadata.note(1, said);
			return formatAmf0([metadata.of(1)]).length < 64 * (3 * 64 + 3 * 1024 + 16);
		}),
	);
	t.pass();
});
