import test from 'ava';
import {nearest} from '../../../lib/util/nearest.ts';

test('a slip of the finger leads to the word that was meant', t => {
	t.is(nearest('sourceOnDemend', ['source', 'sourceOnDemand', 'maxReaders']), 'sourceOnDemand');
	t.is(nearest('MAXREADERS', ['source', 'maxReaders']), 'maxReaders');
	t.is(nearest('x', []), undefined);
});

test('a word that has nothing to do with any leads nowhere', t => {
	t.is(nearest('foo', ['moq', 'hls', 'rtsp']), undefined);
	t.is(nearest('bananas', ['source', 'maxReaders']), undefined);
});
