import test from 'ava';
import {filesFor, limitOf, maxOpenFiles, shares} from '../../../lib/util/open-files.ts';

test('the limit of open files is the soft one of this process', t => {
	t.is(limitOf('Max processes    9\nMax open files            1024    4096   files\n'), 1024);
	t.is(limitOf('Max open files            unlimited    unlimited   files\n'), Infinity);
	t.true(maxOpenFiles() > 100);
});

test('what strangers may take of the files leaves a part to the others', t => {
	const sum = Object.values(shares).reduce((all, share) => all + share, 0);
	t.true(sum < 1);
	t.true(filesFor('publisherPorts') < maxOpenFiles());
});
