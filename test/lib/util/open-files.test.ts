import test from 'ava';
import {limitOf, maxOpenFiles} from '../../../lib/util/open-files.ts';

test('the limit of open files is the soft one of this process', t => {
	t.is(limitOf('Max processes    9\nMax open files            1024    4096   files\n'), 1024);
	t.is(limitOf('Max open files            unlimited    unlimited   files\n'), Infinity);
	t.true(maxOpenFiles() > 100);
});
