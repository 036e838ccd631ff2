import test from 'ava';
import {pino} from 'pino';
import {LifeLog} from '../../../lib/observe/life-log.ts';

test('of hundreds of lines in a second a hundred are logged, and how many others there were', t => {
	const lines: string[] = [];
	const log = new LifeLog(pino({base: null}, {write: line => lines.push(line)}));
	for (let index = 0; index < 250; index++) log.info({reader: index}, 'reads 2 of 2 tracks');
	t.is(lines.length, 101);
	t.regex(lines[0]!, /"reader":0,"msg":"reads 2 of 2 tracks"/);
	t.regex(lines[100]!, /"msg":"left out of the log, and others: reads 2 of 2 tracks"/);
	log.close();
	log.close();
	t.is(lines.length, 102);
	t.regex(lines[101]!, /reads 2 of 2 tracks \(149 times\)/);
});
