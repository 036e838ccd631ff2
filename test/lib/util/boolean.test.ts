import test from 'ava';
import {parseBoolean} from '../../../lib/util/boolean.ts';

test('the words of YAML 1.1 and 1.2 for yes and no count, whatever their capitals', t => {
	t.deepEqual(['yes', 'True', 'ON'].map(parseBoolean), [true, true, true]);
	t.deepEqual(['no', 'False', 'OFF'].map(parseBoolean), [false, false, false]);
});

test('nothing else is yes or no', t => {
	t.deepEqual(['', 'y', '1', 'oui', 'toString'].map(parseBoolean), Array(5).fill(undefined));
});
